// Reads log files from their end on.
#include "bridges/cli/processes/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace nightshift::bridges::cli {
namespace {

constexpr std::size_t tail_bytes_max = 1u << 20;
constexpr std::size_t line_bytes_max = 64u << 10;
/// Of one file at a time, so that a loud one does not keep the others from being read.
constexpr std::size_t turn_bytes_max = 4u << 20;

void split(std::string& rest, std::vector<std::string>& lines) {
  std::size_t begin = 0;
  for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n', begin)) {
    lines.push_back(rest.substr(begin, end - begin));
    begin = end + 1;
  }
  rest.erase(0, begin);
  if (rest.size() < line_bytes_max) return;
  lines.push_back(std::move(rest));
  rest.clear();
}

}  // namespace

std::vector<std::string> last_lines(const std::filesystem::path& file, std::size_t count) {
  const runtime::Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about{};
  if (!descriptor || ::fstat(descriptor.get(), &about) != 0 || !S_ISREG(about.st_mode)) return {};
  const auto size = static_cast<std::size_t>(about.st_size);
  const auto begin = size > tail_bytes_max ? size - tail_bytes_max : 0;
  std::string text(size - begin, '\0');
  const auto got = ::pread(descriptor.get(), text.data(), text.size(), static_cast<off_t>(begin));
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  std::vector<std::string> lines;
  split(text, lines);
  if (!text.empty()) lines.push_back(std::move(text));
  if (begin > 0 && !lines.empty()) lines.erase(lines.begin());
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<long>(count));
  return lines;
}

GrowingFile::GrowingFile(std::filesystem::path file) : file_(std::move(file)) {
  open();
  if (descriptor_) ::lseek(descriptor_.get(), 0, SEEK_END);
}

void GrowingFile::open() {
  descriptor_ = runtime::Descriptor(::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about{};
  if (!descriptor_ || ::fstat(descriptor_.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
    descriptor_.close();
    return;
  }
  inode_ = about.st_ino;
}

void GrowingFile::take(std::vector<std::string>& lines) {
  if (!descriptor_) return;
  struct stat about{};
  const auto at = ::lseek(descriptor_.get(), 0, SEEK_CUR);
  if (::fstat(descriptor_.get(), &about) == 0 && about.st_size < at) {
    ::lseek(descriptor_.get(), 0, SEEK_SET);
  }
  std::array<char, 65536> buffer;
  std::size_t taken = 0;
  while (taken < turn_bytes_max) {
    const auto count = ::read(descriptor_.get(), buffer.data(), buffer.size());
    if (count <= 0) return;
    taken += static_cast<std::size_t>(count);
    rest_.append(buffer.data(), static_cast<std::size_t>(count));
    split(rest_, lines);
  }
}

std::vector<std::string> GrowingFile::read() {
  std::vector<std::string> lines;
  take(lines);
  struct stat about{};
  const bool there = ::stat(file_.c_str(), &about) == 0;
  if (lines.empty() && there && (!descriptor_ || about.st_ino != inode_)) {
    open();
    take(lines);
  }
  return lines;
}

}  // namespace nightshift::bridges::cli
