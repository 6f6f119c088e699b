// The living tree: start, stop, and what edges ask of it.
#include "runtime/host/tree.hpp"

#include <utility>

#include "messages/nearest.hpp"
#include "runtime/host/duty.hpp"

namespace nightshift::runtime::host {
namespace {

constexpr std::string_view root_path = "node";
constexpr std::string_view journal_path = "storage/journal";
constexpr std::string_view entities_prefix = "entities/";

/// `/node/work/effects` and `/work/effects` mean `work/effects`.
std::string_view plain(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return root_path;
  if (path.starts_with("node/")) path.remove_prefix(5);
  return path;
}

}  // namespace

LivingTree::LivingTree(Parts parts)
    : parts_(std::move(parts)),
      world_{.actors = parts_.actors,
             .clock = parts_.clock,
             .board = board_,
             .report = parts_.report,
             .stuck = parts_.stuck} {}

template <class Ready>
void LivingTree::wait(std::unique_lock<std::mutex>& lock, Ready ready) {
  while (!ready()) {
    if (!parts_.step) {
      changed_.wait(lock);
      continue;
    }
    lock.unlock();
    parts_.step();
    lock.lock();
  }
}

Result<void> LivingTree::start(Branch root) {
  const auto tell = [this](auto change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  };
  std::unique_lock lock(mutex_);
  root_ = Supervisor::start(
      world_, std::make_shared<Branch>(std::move(root)), std::string(root_path),
      {.up = [this, tell] { tell([this] { up_ = true; }); },
       .cannot_start = [this, tell](Error error) { tell([&] { error_ = std::move(error); }); },
       .ended = [this](const Ending& ending) { ended(ending); }});
  wait(lock, [this] { return up_ || ended_; });
  if (up_) return {};
  return std::unexpected(*error_);
}

void LivingTree::ended(const Ending& ending) {
  bool by_itself = false;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    by_itself = up_ && !stopping_;
    changed_.notify_all();
  }
  if (!by_itself) return;
  parts_.gave_up({ErrorCode::bug, "supervision gave up: " + ending.why, std::string(root_path)});
}

void LivingTree::stop() {
  std::unique_lock lock(mutex_);
  if (!root_) return;
  stopping_ = true;
  root_->shut_down(supervision::Exit::shutdown);
  wait(lock, [this] { return ended_; });
  root_.reset();
}

void LivingTree::abandon() {
  world_.abandoned = true;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ended_ = true;
    root_.reset();
  }
  for (const auto& plate : board_.all()) {
    if (const auto strand = plate->strand()) strand->end({supervision::Exit::asked, {}});
  }
}

std::vector<supervision::PartView> LivingTree::view() const {
  std::vector<supervision::PartView> all;
  bool among_entities = false;
  const auto add_entities = [&] {
    for (auto& entity : parts_.entities()) all.push_back(std::move(entity));
  };
  for (const auto& plate : board_.all()) {
    const bool entities = plate->path().starts_with("entities");
    if (std::exchange(among_entities, entities) && !entities) add_entities();
    all.push_back(plate->view());
  }
  if (among_entities) add_entities();
  return all;
}

Error LivingTree::unknown(std::string_view path) const {
  std::vector<std::string> paths;
  for (const auto& plate : board_.all()) paths.push_back(plate->path());
  return {ErrorCode::not_found,
          "nothing runs at \"" + std::string(path) + "\"; did you mean " + nearest(path, paths) +
              "? An entity is entities/KIND/ID, the whole tree is shown by `nightshift tree`",
          std::string(path)};
}

Result<EntityRef> LivingTree::entity_at(std::string_view path) const {
  auto name = path;
  if (name.starts_with(entities_prefix)) name.remove_prefix(entities_prefix.size());
  auto entity = parse_entity(std::string(name));
  if (!entity) return std::unexpected(unknown(path));
  return *entity;
}

Result<void> LivingTree::kill(std::string_view path) {
  path = plain(path);
  if (path == root_path || path == "storage" || path == journal_path) {
    parts_.asked({ErrorCode::stopping,
                  std::string(path) + " was killed on request: the process begins anew",
                  std::string(path)});
    return {};
  }
  if (const auto plate = board_.find(path)) {
    if (const auto supervisor = plate->supervisor()) {
      supervisor->shut_down(supervision::Exit::asked);
    } else if (const auto strand = plate->strand()) {
      strand->end({supervision::Exit::asked, {}});
    }
    return {};
  }
  const auto entity = entity_at(path);
  if (!entity) return std::unexpected(entity.error());
  auto killed = parts_.kill_entity(*entity);
  // More likely a part that was misspelt.
  if (!killed && !path.starts_with(entities_prefix)) return std::unexpected(unknown(path));
  return killed;
}

Result<void> LivingTree::resume(std::string_view path) {
  const auto entity = entity_at(plain(path));
  if (!entity) return std::unexpected(entity.error());
  return parts_.resume_entity(*entity);
}

Result<void> LivingTree::add(std::string_view branch, supervision::Part part) {
  const auto plate = board_.find(branch);
  auto supervisor = plate ? plate->supervisor() : nullptr;
  if (!supervisor) return std::unexpected(unknown(branch));
  std::optional<Result<void>> result;
  const auto tell = [&, this](Result<void> done) {
    const std::lock_guard lock(mutex_);
    result = std::move(done);
    changed_.notify_all();
  };
  const auto dropped = [tell, path = std::string(branch) + "/" + part.name] {
    tell(fail(ErrorCode::unavailable, path + " was ended before it ran; add it again", path));
  };
  supervisor->add(std::move(part),
                  [tell, duty = std::make_shared<Duty>(dropped)](Result<void> done) {
                    duty->done();
                    tell(std::move(done));
                  });
  // Held no longer: with the supervisor goes what it has not answered.
  supervisor.reset();
  std::unique_lock lock(mutex_);
  wait(lock, [&] { return result.has_value(); });
  return *result;
}

std::uint64_t LivingTree::restarts() const {
  std::uint64_t sum = 0;
  for (const auto& plate : board_.all()) sum += plate->restarts();
  return sum;
}

}  // namespace nightshift::runtime::host
