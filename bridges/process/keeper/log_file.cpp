// Writes, and rotates by renaming: FILE, FILE.1, FILE.2, ...
#include "bridges/process/keeper/log_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace nightshift::bridges::process {

Result<LogFile> LogFile::open(const keeper::OutputFile& file) {
  LogFile log;
  log.file_ = file;
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(file.path()).parent_path(), ignored);
  if (log.reopen()) return log;
  return fail(ErrorCode::io,
              "its output cannot be kept: " + file.path() + ": " + std::strerror(errno),
              file.path());
}

bool LogFile::reopen() {
  out_ = runtime::Descriptor(
      ::open(file_.path().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640));
  return static_cast<bool>(out_);
}

void LogFile::write(std::string_view bytes) {
  struct stat status{};
  const bool there = out_ && ::fstat(out_.get(), &status) == 0 && status.st_nlink > 0;
  if (!there && !reopen()) {
    lost_bytes_ += bytes.size();
    return;
  }
  const auto size = there ? static_cast<std::uint64_t>(status.st_size) : 0;
  if (file_.bytes_max() > 0 && size > 0 && size + bytes.size() > file_.bytes_max()) put_aside();
  while (!bytes.empty()) {
    const auto count = ::write(out_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  lost_bytes_ += bytes.size();
}

void LogFile::put_aside() {
  const auto aside = [this](std::uint32_t n) { return file_.path() + "." + std::to_string(n); };
  if (file_.files_max() == 0) {
    // Nothing is to stay: emptied in place, for those who follow it.
    [[maybe_unused]] const int cut = ::ftruncate(out_.get(), 0);
    return;
  }
  for (auto n = file_.files_max(); n > 1; --n) ::rename(aside(n - 1).c_str(), aside(n).c_str());
  if (::rename(file_.path().c_str(), aside(1).c_str()) == 0) reopen();
}

}  // namespace nightshift::bridges::process
