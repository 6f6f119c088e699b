// One thread that waits for the hour or a wish.
#include "runtime/upkeep/keeper.hpp"

#include <algorithm>

#include "runtime/upkeep/backup.hpp"
#include "runtime/upkeep/daily.hpp"
#include "runtime/upkeep/rehearsal.hpp"
#include "runtime/upkeep/staging.hpp"
#include "storage/rocks.hpp"

namespace nightshift::runtime::upkeep {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view name_prefix = "nightshift-";
constexpr std::string_view rehearsal_folder = "nightshift-rehearsal";
constexpr std::chrono::hours retry_after{1};

// `nightshift-2026-11-22T020000Z`: sorts by time, and every file system takes it.
std::string name_at(Time time) {
  auto text = to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
  std::erase(text, ':');
  return std::string(name_prefix) + text;
}

bool is_ours(const fs::path& path) { return path.filename().string().starts_with(name_prefix); }

std::string text_of(const Error& error) { return std::string(error.message()); }

}  // namespace

BackupKeeper::BackupKeeper(KeeperOptions options)
    : options_(std::move(options)), routine_(*options_.clock, [this] { return turn(); }) {
  view_.folder = options_.plan.folder;
}

Result<void> BackupKeeper::begin(const fs::path& target) {
  if (!target.is_absolute())
    return fail(ErrorCode::invalid,
                "name the folder of the backup by its whole path, not \"" + target.string() + "\"");
  {
    const std::lock_guard lock(mutex_);
    if (view_.asked && view_.asked->state == BackupRun::State::running) {
      if (view_.asked->path == target) return {};
      return fail(ErrorCode::overloaded, "a backup into " + view_.asked->path.string() +
                                             " is under way; ask again when it is done");
    }
    view_.asked = BackupRun{.path = target, .state = BackupRun::State::running, .error = {}};
  }
  routine_.wake();
  return {};
}

BackupsView BackupKeeper::view() const {
  std::unique_lock lock(mutex_);
  auto view = view_;
  lock.unlock();
  if (view.folder.empty()) return view;
  view.items = list_backups(view.folder);
  return view;
}

std::optional<std::chrono::microseconds> BackupKeeper::turn() {
  using std::chrono::microseconds;
  if (run_asked() || run_scheduled()) return microseconds(0);
  if (options_.plan.folder.empty()) return std::nullopt;
  return std::max(microseconds(0), due() - options_.clock->now());
}

bool BackupKeeper::run_asked() {
  std::unique_lock lock(mutex_);
  if (!view_.asked || view_.asked->state != BackupRun::State::running) return false;
  const auto target = view_.asked->path;
  lock.unlock();
  const auto made = make_backup(options_.folder, options_.log, target, options_.clock->now());
  finish(view_.asked, made ? Result<void>() : std::unexpected(made.error()));
  return true;
}

Time BackupKeeper::due() const {
  const auto all = list_backups(options_.plan.folder);
  const auto newest =
      std::ranges::find_if(all, [](const Backup& backup) { return is_ours(backup.path); });
  const std::lock_guard lock(mutex_);
  const bool failed = view_.scheduled && view_.scheduled->state == BackupRun::State::failed;
  if (failed && tried_at_) return *tried_at_ + retry_after;
  return newest == all.end() ? Time{}
                             : next_daily(newest->made_at, options_.plan.at, options_.plan.zone);
}

bool BackupKeeper::run_scheduled() {
  if (options_.plan.folder.empty()) return false;
  const auto now = options_.clock->now();
  const auto next = due();
  {
    const std::lock_guard lock(mutex_);
    view_.next_at = std::max(next, now);
    if (next > now) return false;
    tried_at_ = now;
    view_.scheduled = BackupRun{.path = options_.plan.folder / name_at(now),
                                .state = BackupRun::State::running,
                                .error = {}};
  }
  const auto target = view_.scheduled->path;
  finish(view_.scheduled, make_scheduled(target));
  return true;
}

Result<void> BackupKeeper::make_scheduled(const fs::path& target) {
  remove_leftovers();
  auto made = make_backup(options_.folder, options_.log, target, options_.clock->now());
  if (!made) return std::unexpected(made.error());
  rehearse(target);
  prune();
  return {};
}

void BackupKeeper::rehearse(const fs::path& target) {
  const auto rehearsal =
      upkeep::rehearse(target, options_.plan.folder / rehearsal_folder, *options_.catalog,
                       *options_.clock, [this] { return routine_.stopping(); });
  if (rehearsal && rehearsal->error.empty())
    return options_.report(false, "restored and replayed for a rehearsal: " + target.string());
  options_.report(true, "the backup " + target.string() + " is of no use: its rehearsal failed: " +
                            (rehearsal ? rehearsal->error : text_of(rehearsal.error())));
  const std::lock_guard lock(mutex_);
  ++view_.rehearsals_failed;
}

// Good ones make room for good ones alone.
void BackupKeeper::prune() {
  std::size_t good = 0;
  std::size_t others = 0;
  for (const auto& backup : list_backups(options_.plan.folder)) {
    if (!is_ours(backup.path) || backup.node != options_.log.identity().node()) continue;
    const bool passed = backup.rehearsal && backup.rehearsal->error.empty();
    if (++(passed ? good : others) <= options_.plan.keep) continue;
    if (auto removed = remove_folder(backup.path); !removed)
      options_.report(true, "an old backup stays: " + text_of(removed.error()));
  }
}

// What a process that was killed had not finished.
void BackupKeeper::remove_leftovers() {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator it(options_.plan.folder, error), end; !error && it != end;
       it.increment(error))
    if (is_ours(it->path()) && (it->path().string().ends_with(partial_suffix) ||
                                it->path().filename() == rehearsal_folder))
      found.push_back(it->path());
  for (const auto& path : found) fs::remove_all(path, error);
}

void BackupKeeper::finish(std::optional<BackupRun>& run, const Result<void>& result) {
  std::string path;
  {
    const std::lock_guard lock(mutex_);
    path = run->path.string();
    run->state = result ? BackupRun::State::done : BackupRun::State::failed;
    if (!result) run->error = result.error();
    // Who asks for what cannot be is told; nobody else has to know.
    if (result || result.error().code != ErrorCode::invalid) ++(result ? view_.made : view_.failed);
  }
  if (result)
    options_.report(false, "backup made: " + path);
  else
    options_.report(true, "the backup into " + path + " failed: " + text_of(result.error()));
}

}  // namespace nightshift::runtime::upkeep
