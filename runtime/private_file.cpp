// Small files that only their owner may read, written at once or not at all.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "messages/crypto.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::runtime {
namespace {

constexpr std::size_t file_bytes_max = 1 << 20;

std::unexpected<Error> io_error(const std::filesystem::path& file, const char* what, int error) {
  const auto code = error == ENOSPC || error == EDQUOT ? ErrorCode::no_space : ErrorCode::io;
  return fail(code, file.string() + " cannot be " + what + ": " + std::strerror(error),
              file.string());
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<void> write_private_file(const std::filesystem::path& file, std::string_view text) {
  // A random name: two programs may write the same file at the same time.
  const std::string fresh = file.string() + "." + to_hex(random_bytes(6)) + ".new";
  {
    const Descriptor out(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (out.get() < 0) return io_error(file, "written", errno);
    if (!write_all(out.get(), text) || ::fsync(out.get()) != 0) {
      const int error = errno;
      ::unlink(fresh.c_str());
      return io_error(file, "written", error);
    }
  }
  if (::rename(fresh.c_str(), file.c_str()) != 0) {
    const int error = errno;
    ::unlink(fresh.c_str());
    return io_error(file, "written", error);
  }
  const auto parent = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return io_error(parent, "synced", errno);
  return {};
}

Result<std::string> read_small_file(const std::filesystem::path& file) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0) {
    if (errno == ENOENT) {
      return fail(ErrorCode::not_found, file.string() + " does not exist", file.string());
    }
    return io_error(file, "read", errno);
  }
  std::string text;
  char buffer[4096];
  while (true) {
    const auto count = ::read(in.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error(file, "read", errno);
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > file_bytes_max) {
      return fail(ErrorCode::too_large, file.string() + " is larger than 1 MiB", file.string());
    }
  }
}

}  // namespace nightshift::runtime
