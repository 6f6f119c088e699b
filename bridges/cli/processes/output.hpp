// Log files of processes, as they grow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/descriptor.hpp"

namespace nightshift::bridges::cli {

/// The last lines of a file, at most so many, and of at most 1 MiB; none where there is no file.
std::vector<std::string> last_lines(const std::filesystem::path& file, std::size_t count);

/// Reads what is added to a file, over its rotation and truncation, and once it appears: whoever is
/// slow finds what was put aside meanwhile (`FILE.1`, `FILE.2`).
class GrowingFile {
 public:
  /// Begins at the file's present end.
  explicit GrowingFile(std::filesystem::path file);

  /// Whole lines that have come since. A line longer than 64 KiB comes in pieces.
  std::vector<std::string> read();
  /// True once where files were gone before they could be read: lines may be missing before those
  /// that `read` gave last.
  bool take_gap() { return std::exchange(gap_, false); }

 private:
  void open(const std::filesystem::path& path);
  void open_next();
  void take(std::vector<std::string>& lines);
  /// `FILE` for 0, else `FILE.AGE`.
  std::filesystem::path aged(std::size_t age) const;
  /// Where a file lies now; nothing where it is gone.
  std::optional<std::size_t> age_of(std::uint64_t inode) const;

  std::filesystem::path file_;
  runtime::Descriptor descriptor_;
  std::uint64_t inode_ = 0;
  /// Of the file that was put aside before this one; held, so that its number stays its own.
  runtime::Descriptor before_;
  bool gap_ = false;
  std::string rest_;
};

/// Waits for something to be added to files, or to take their place.
class FileNews {
 public:
  explicit FileNews(const std::vector<std::filesystem::path>& files);

  /// Returns after a while in any case: not all news can be had everywhere.
  void wait() const;

 private:
  runtime::Descriptor notes_;
  bool whole_ = true;
};

}  // namespace nightshift::bridges::cli
