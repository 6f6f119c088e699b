// The index of a repository that people use as well: kept in step with what we commit, while what
// they have staged stays theirs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>

#include "bridges/git/file_stat.hpp"
#include "bridges/git/link_lock.hpp"
#include "bridges/git/memory.hpp"

namespace nightshift::bridges::git {

/// Locked against git from `open` to `write` or destruction; not thread-safe.
class IndexFile {
 public:
  /// `locked`, `unresolved` (a merge of git's is unfinished), `sparse`, `unsupported`.
  static Outcome<IndexFile> open(const std::filesystem::path& git_folder);
  IndexFile(IndexFile&&) noexcept = default;
  IndexFile& operator=(IndexFile&&) = delete;

  /// What is staged for the path; nothing if nothing is.
  std::optional<FileRef> find(const std::string& path) const;

  /// `staged` if something else than `before` or `after` is staged at one of the paths.
  Outcome<void> check_free(const std::string& path, const std::optional<FileRef>& before,
                           const std::optional<FileRef>& after) const;

  Outcome<void> put(const std::string& path, const FileRef& file, const FileStat& stat);
  void remove(const std::string& path);
  Outcome<void> write();

 private:
  IndexFile(LinkLock lock, std::filesystem::path work, Index index)
      : lock_(std::move(lock)), work_(std::move(work)), index_(std::move(index)) {}

  LinkLock lock_;
  /// Our copy, of which the new one is made.
  std::filesystem::path work_;
  Index index_;
};

/// Adds the files of which the index proves what they hold as long as their stats stay.
void seed_from_index(const std::filesystem::path& git_folder,
                     std::unordered_map<std::string, KnownFile>& known);

}  // namespace nightshift::bridges::git
