// The files of people: found, read and replaced beneath one folder, never through a link, and never
// over words that nobody has seen.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/git/file_stat.hpp"
#include "bridges/git/trouble.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::git {

/// A file that is not committed, and why. `path` from the top of the repository.
struct Skipped {
  std::string path;
  std::string reason;

  bool operator==(const Skipped&) const = default;
};

struct Scan {
  std::map<std::string, FileStat> files;
  std::vector<Skipped> skipped;
  /// A file that was changed at this time of the file system or later may be changed once more
  /// without showing it.
  std::int64_t taken_ns = 0;
};

struct FileBytes {
  std::string bytes;
  FileStat stat;
};

/// Told the name of each step before it is taken; tests kill there. May be empty.
using Step = std::function<void(std::string_view)>;

/// Not thread-safe.
class WorkTree {
 public:
  /// `swap` is a folder of ours on the same file system.
  static Outcome<WorkTree> open(const std::filesystem::path& root, std::filesystem::path swap,
                                Step step);

  /// All regular files below `prefix` ("" or "Vault/") that may be shared.
  Outcome<Scan> scan(const std::string& prefix) const;
  /// Nothing if there is no such file; `uncommitted` for a link, a folder or what lies beneath one.
  Outcome<std::optional<FileBytes>> read(const std::string& path) const;

  /// Puts `fresh` (nothing: no file) where `expected` is (nothing: no file). False, and nothing has
  /// changed, if something else is there by then.
  Outcome<bool> replace(const std::string& path, const std::optional<std::string>& expected,
                        const std::optional<std::string>& fresh, bool executable);

  /// Puts `bytes` beside `path` under a name that tells of the conflict.
  Outcome<std::string> keep_beside(const std::string& path, std::string_view bytes);

  /// What a killed process left in the middle of `replace`: whatever `is_known` does not know is
  /// kept beside its file. Returns those names.
  Outcome<std::vector<std::string>> recover(const std::function<bool(std::string_view)>& is_known);

 private:
  WorkTree(runtime::Descriptor root, std::filesystem::path swap, Step step)
      : root_(std::move(root)), swap_(std::move(swap)), step_(std::move(step)) {}

  struct Spot {
    runtime::Descriptor folder;
    std::string name;
  };
  Outcome<Spot> spot_of(const std::string& path) const;
  Outcome<std::filesystem::path> write_swap(const std::string& path, std::string_view bytes,
                                            bool executable) const;
  Outcome<bool> put_new(const Spot& spot, const std::filesystem::path& swap) const;
  Outcome<bool> exchange(const Spot& spot, const std::string& path,
                         const std::filesystem::path& swap, std::string_view expected,
                         std::string_view fresh);
  Outcome<bool> take_away(const Spot& spot, const std::string& path, std::string_view expected);
  void step(std::string_view name) const {
    if (step_) step_(name);
  }

  runtime::Descriptor root_;
  std::filesystem::path swap_;
  Step step_;
};

}  // namespace nightshift::bridges::git
