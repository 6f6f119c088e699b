// git's locks (`index.lock`, `refs/heads/main.lock`), taken so that one left by a killed process is
// provably ours: it is a link to a file of our own that is locked as long as its owner lives.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "bridges/git/library.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::git {

/// Where our own files lie in a repository.
std::filesystem::path own_folder(const std::filesystem::path& git_folder);

/// Removes what a killed writer of packs (libgit2) left half written: files of its own in
/// `objects/pack/` that nobody has touched since `before`.
void clear_old_packs(const std::filesystem::path& git_folder,
                     std::filesystem::file_time_type before);

/// Held from `take` to `replace` or destruction. Not thread-safe.
class LinkLock {
 public:
  /// `name` is relative to the repository: `index`. `locked` where somebody else holds it.
  static Outcome<LinkLock> take(const std::filesystem::path& git_folder, const std::string& name);
  LinkLock(LinkLock&& other) noexcept = default;
  LinkLock& operator=(LinkLock&&) = delete;
  ~LinkLock();

  /// Puts `bytes`, durably, in the place of the file, and gives the lock back.
  Outcome<void> replace(std::string_view bytes);

 private:
  LinkLock(std::filesystem::path own, std::filesystem::path target, runtime::Descriptor file)
      : own_(std::move(own)), target_(std::move(target)), file_(std::move(file)) {}

  std::filesystem::path own_;
  std::filesystem::path target_;
  runtime::Descriptor file_;
};

/// Takes away the locks whose owners, processes of ours, have died. Those of git stay.
void clear_dead_locks(const std::filesystem::path& git_folder);

/// Writes all of it; false with errno where the system refused.
bool write_all(int file, std::string_view bytes);

/// Puts a whole file in the place of another, or none, durably.
Outcome<void> put_file(const std::filesystem::path& path, std::string_view bytes);
/// Nothing where it is absent or cannot be read.
std::optional<std::string> get_file(const std::filesystem::path& path);

}  // namespace nightshift::bridges::git
