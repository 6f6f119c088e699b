// Log files of processes, as they grow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/descriptor.hpp"

namespace nightshift::bridges::cli {

/// The last lines of a file, at most so many, and of at most 1 MiB; none where there is no file.
std::vector<std::string> last_lines(const std::filesystem::path& file, std::size_t count);

/// Reads what is added to a file, over its rotation and truncation, and once it appears.
class GrowingFile {
 public:
  /// Begins at the file's present end.
  explicit GrowingFile(std::filesystem::path file);

  /// Whole lines that have come since. A line longer than 64 KiB comes in pieces.
  std::vector<std::string> read();

 private:
  void open();
  void take(std::vector<std::string>& lines);

  std::filesystem::path file_;
  runtime::Descriptor descriptor_;
  std::uint64_t inode_ = 0;
  std::string rest_;
};

}  // namespace nightshift::bridges::cli
