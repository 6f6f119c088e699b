// Stamps of files, compared; a queue of those that are not at rest yet.
#include "bridges/vault/rounds.hpp"

#include <algorithm>

#include "bridges/vault/names.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::size_t entries_max = 200'000;
constexpr std::chrono::seconds pause_max{60};

struct Split {
  std::string folder;
  std::string name;
};

Split split_path(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {.folder = "", .name = path};
  return {.folder = path.substr(0, slash), .name = path.substr(slash + 1)};
}

}  // namespace

std::vector<Rounds::Trouble> Rounds::look_everywhere(Moment now) {
  std::vector<Trouble> troubles;
  for (const auto& path : folders_) {
    const auto folder = root_.sub(path, true);
    const auto names = folder ? folder->names(entries_max)
                              : Result<std::vector<std::string>>(std::unexpected(folder.error()));
    if (!names) {
      troubles.push_back({.folder = path, .error = names.error()});
      continue;
    }
    std::set<std::string> gone;
    const std::string prefix = path + "/";
    for (auto at = files_.lower_bound(prefix); at != files_.end() && at->first.starts_with(prefix);
         ++at) {
      if (at->first.find('/', prefix.size()) == std::string::npos) gone.insert(at->first);
    }
    for (const auto& name : *names) {
      if (!is_draft_name(name)) continue;
      gone.erase(prefix + name);
      see(prefix + name, folder->stat(name), now, false);
    }
    for (const auto& file : gone) forget(file);
  }
  return troubles;
}

void Rounds::look(const std::string& path, Moment now) {
  const auto [folder, name] = split_path(path);
  if (!is_draft_name(name) || std::ranges::find(folders_, folder) == folders_.end()) return;
  const auto at = root_.sub(folder);
  see(path, at ? at->stat(name) : Result<Stamp>(std::unexpected(at.error())), now, true);
}

/// What was `heard` of is read again even if it looks the same: a writer can set the time back.
void Rounds::see(const std::string& path, const Result<Stamp>& stamp, Moment now, bool heard) {
  if (!stamp && stamp.error().code == ErrorCode::not_found) {
    // It came and went before it was looked at.
    if (heard && !files_.contains(path)) gone_.push_back(path);
    return forget(path);
  }
  const Stamp found = stamp ? *stamp : Stamp{};
  const auto [entry, is_new] = files_.try_emplace(path, File{.stamp = found});
  File& file = entry->second;
  if (!is_new && !heard && file.stamp == found) return;
  file.stamp = found;
  file.postponed = 0;
  await(path, file, now + stable_for_);
}

std::vector<std::string> Rounds::rested(Moment now, std::size_t most) {
  std::vector<std::string> all;
  while (!queue_.empty() && queue_.begin()->first <= now && all.size() < most) {
    const std::string path = queue_.begin()->second;
    const auto [folder, name] = split_path(path);
    const auto at = root_.sub(folder);
    const auto stamp = at ? at->stat(name) : Result<Stamp>(std::unexpected(at.error()));
    if (!stamp && stamp.error().code == ErrorCode::not_found) {
      forget(path);
      continue;
    }
    File& file = files_.at(path);
    if (file.stamp != stamp.value_or(Stamp{})) {
      see(path, stamp, now, false);
      continue;
    }
    queue_.erase(queue_.begin());
    file.due.reset();
    all.push_back(path);
  }
  return all;
}

void Rounds::taken(const std::string& path) {
  if (const auto file = files_.find(path); file != files_.end()) file->second.postponed = 0;
}

void Rounds::postpone(const std::string& path, Moment now) {
  const auto entry = files_.find(path);
  if (entry == files_.end()) return;
  File& file = entry->second;
  constexpr unsigned doublings_max = 16;
  const Moment pause = stable_for_ * (1u << std::min(file.postponed++, doublings_max));
  await(path, file, now + std::min<Moment>(pause, pause_max));
}

std::optional<Rounds::Moment> Rounds::next() const {
  if (queue_.empty()) return std::nullopt;
  return queue_.begin()->first;
}

void Rounds::await(const std::string& path, File& file, Moment due) {
  if (file.due) queue_.erase({*file.due, path});
  file.due = due;
  queue_.emplace(due, path);
}

void Rounds::forget(const std::string& path) {
  const auto entry = files_.find(path);
  if (entry == files_.end()) return;
  if (entry->second.due) queue_.erase({*entry->second.due, path});
  files_.erase(entry);
  gone_.push_back(path);
}

}  // namespace nightshift::bridges::vault
