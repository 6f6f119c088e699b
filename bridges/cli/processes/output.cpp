// Reads log files from their end on.
#include "bridges/cli/processes/output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

namespace nightshift::bridges::cli {
namespace {

constexpr std::size_t tail_bytes_max = 1u << 20;
constexpr std::size_t line_bytes_max = 64u << 10;
/// Of one file at a time, so that a loud one does not keep the others from being read.
constexpr std::size_t turn_bytes_max = 4u << 20;

constexpr int wait_ms = 1'000;
/// Where not every folder can be watched.
constexpr int wait_ms_blind = 100;

std::optional<std::uint64_t> inode_of(const std::filesystem::path& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  return about.st_ino;
}

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
  open(file_);
  if (descriptor_) ::lseek(descriptor_.get(), 0, SEEK_END);
}

std::filesystem::path GrowingFile::aged(std::size_t age) const {
  return age == 0 ? file_ : std::filesystem::path(file_.string() + "." + std::to_string(age));
}

std::optional<std::size_t> GrowingFile::age_of(std::uint64_t inode) const {
  for (std::size_t age = 0; const auto found = inode_of(aged(age)); ++age) {
    if (*found == inode) return age;
  }
  return std::nullopt;
}

void GrowingFile::open(const std::filesystem::path& path) {
  descriptor_ = runtime::Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about{};
  if (!descriptor_ || ::fstat(descriptor_.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
    descriptor_.close();
    return;
  }
  inode_ = about.st_ino;
  const auto age = age_of(inode_);
  before_ = runtime::Descriptor(age ? ::open(aged(*age + 1).c_str(), O_PATH | O_CLOEXEC) : -1);
}

/// The file that took the place of the one that was read to its end.
void GrowingFile::open_next() {
  if (!descriptor_) return open(file_);
  if (age_of(inode_) == 0u) return;
  // Held, so that no other file gets its number meanwhile.
  const auto last = inode_;
  const auto held = std::move(descriptor_), before = std::move(before_);
  constexpr int tries = 16;
  for (int i = 0; i < tries; ++i) {
    const auto age = age_of(last);
    if (age && *age > 0) {
      open(aged(*age - 1));
      // It may have been put aside in between.
      if (age_of(last) == age) return;
      continue;
    }
    std::size_t oldest = 0;
    while (inode_of(aged(oldest + 1))) ++oldest;
    // Somebody removed it; else everything that lies there is newer.
    struct stat about{};
    const bool removed = before && ::fstat(before.get(), &about) == 0 && age_of(about.st_ino);
    if (oldest == 0 || removed) return open(file_);
    gap_ = true;
    return open(aged(oldest));
  }
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
  if (!lines.empty()) return lines;
  const auto there = inode_of(file_);
  if (!there || (descriptor_ && *there == inode_)) return lines;
  // What was added before it was put aside; nothing is added after that.
  take(lines);
  if (!lines.empty()) return lines;
  open_next();
  take(lines);
  return lines;
}

FileNews::FileNews(const std::vector<std::filesystem::path>& files)
    : notes_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  std::set<std::filesystem::path> folders;
  for (const auto& file : files) folders.insert(file.parent_path());
  for (const auto& folder : folders) {
    const int watch =
        ::inotify_add_watch(notes_.get(), folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO);
    whole_ = whole_ && watch >= 0;
  }
}

void FileNews::wait() const {
  pollfd watched{notes_.get(), POLLIN, 0};
  if (::poll(&watched, 1, whole_ ? wait_ms : wait_ms_blind) <= 0) return;
  std::array<char, 16384> ignored;
  while (::read(notes_.get(), ignored.data(), ignored.size()) > 0) continue;
}

}  // namespace nightshift::bridges::cli
