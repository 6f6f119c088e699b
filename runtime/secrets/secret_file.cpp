// Reads a secret from a file, if nobody else could have.
#include "runtime/secrets/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "runtime/descriptor.hpp"

namespace nightshift::runtime {
namespace {

std::unexpected<Error> refuse(ErrorCode code, const std::filesystem::path& file,
                              const std::string& why) {
  return fail(code, "the secret in " + file.string() + " " + why, file.string());
}

Result<void> check(const std::filesystem::path& file, int descriptor) {
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0) {
    return refuse(ErrorCode::io, file, std::string("cannot be read: ") + std::strerror(errno));
  }
  if (!S_ISREG(facts.st_mode)) return refuse(ErrorCode::io, file, "is not in a regular file");
  if ((facts.st_mode & S_IRWXO) != 0) {
    return refuse(ErrorCode::io, file,
                  "is open to everybody on this machine; do: chmod 600 " + file.string());
  }
  if (static_cast<std::size_t>(facts.st_size) > secret_bytes_max + 2) {
    return refuse(ErrorCode::too_large, file, "is larger than 64 KiB; is it the right file?");
  }
  return {};
}

/// False where the system refused; `text` never moves, so that no copy stays behind.
bool read_all(int descriptor, std::string& text) {
  text.resize(secret_bytes_max + 3);
  std::size_t size = 0;
  while (size < text.size()) {
    const auto count = ::read(descriptor, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return true;
}

}  // namespace

Result<SecretText> read_secret_file(const std::filesystem::path& file) {
  // A pipe without a writer would hold the caller up.
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (in.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) {
    return refuse(ErrorCode::not_found, file, "is not there; make the file, with mode 600");
  }
  if (in.get() < 0) {
    return refuse(ErrorCode::io, file, std::string("cannot be read: ") + std::strerror(errno));
  }
  if (auto good = check(file, in.get()); !good) return std::unexpected(good.error());
  WipedString read;
  if (!read_all(in.get(), read.text())) {
    return refuse(ErrorCode::io, file, std::string("cannot be read: ") + std::strerror(errno));
  }
  std::string_view text = read.text();
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.empty()) return refuse(ErrorCode::not_found, file, "is empty; write it into the file");
  if (text.size() > secret_bytes_max) {
    return refuse(ErrorCode::too_large, file, "is larger than 64 KiB; is it the right file?");
  }
  return SecretText(text);
}

}  // namespace nightshift::runtime
