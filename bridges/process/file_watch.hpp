// Files and folders that are watched for changes, by inotify(7).
#pragma once

#include <poll.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridges/process/probe.hpp"
#include "messages/error.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

/// Folders with all that is in them. What is moved to the place of a watched path is watched from
/// then on; so is what comes to be there later, if its folder exists. Symbolic links below a
/// watched folder are not followed. Used by one thread.
class FileWatch {
 public:
  struct Wanted {
    /// Absolute.
    std::vector<std::string> paths;
    /// As docs/formats/process.md has them.
    std::vector<std::string> ignored;
    /// Files whose changes never count, and what is put aside of them (`FILE.1`).
    std::vector<std::string> own_files;
    /// A burst of changes counts once, when nothing has changed for so long.
    std::chrono::milliseconds quiet{0};
  };
  /// Error `config`: something that cannot be watched, with the reason.
  static Result<FileWatch> open(Wanted wanted);

  int descriptor() const { return notes_.get(); }
  /// When a change that was seen counts; nothing where there is none.
  std::optional<Moment> due_at() const { return due_at_; }
  /// The path that has changed last; empty where none has, or not yet for long enough.
  std::string look(Moment now);

 private:
  /// What of a folder counts.
  struct Watched {
    std::filesystem::path folder;
    /// Which of the wanted paths it is for.
    std::size_t root = 0;
    /// The one name that counts; empty: all of them.
    std::string only;
  };

  explicit FileWatch(Wanted wanted);

  Result<void> add(const Watched& watched);
  Result<void> add_root(std::size_t root);
  Result<void> add_all(const std::filesystem::path& folder, std::size_t root);
  void forget(const std::filesystem::path& path);
  void read_notes(Moment now);
  void take(int watch, std::uint32_t what, const std::string& name, Moment now);
  bool is_ignored(const std::filesystem::path& path, std::size_t root) const;

  Wanted wanted_;
  runtime::Descriptor notes_;
  std::multimap<int, Watched> watched_;
  std::optional<Moment> due_at_;
  std::string changed_;
};

/// True if a pattern fits a path below a watched folder, or one of the folders on the way to it.
bool ignores(const std::string& pattern, const std::filesystem::path& root,
             const std::filesystem::path& path);

}  // namespace nightshift::bridges::process
