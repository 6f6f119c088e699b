// Folder, socket and lock.
#include "bridges/process/place.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace nightshift::bridges::process {
namespace {

namespace fs = std::filesystem;

constexpr const char* socket_name = "keeper.sock";

std::unexpected<Error> refused(const fs::path& path, std::string_view what) {
  return fail(ErrorCode::io, path.string() + " " + std::string(what) + ": " + std::strerror(errno),
              path.string());
}

sockaddr_un address_in(int directory) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = "/proc/self/fd/" + std::to_string(directory) + "/" + socket_name;
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

runtime::Descriptor stream_socket() {
  return runtime::Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

}  // namespace

bool is_own_peer(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.uid == ::geteuid();
}

Result<Place> Place::open(const fs::path& run_folder) {
  Place place;
  std::error_code error;
  place.folder_ = fs::absolute(run_folder, error).lexically_normal();
  if (::mkdir(place.folder_.c_str(), 0700) != 0 && errno != EEXIST) {
    return refused(place.folder_, "cannot be made");
  }
  place.directory_ =
      runtime::Descriptor(::open(place.folder_.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC));
  if (!place.directory_) return refused(place.folder_, "cannot be opened");
  struct stat status{};
  if (::fstat(place.directory_.get(), &status) != 0 || status.st_uid != ::geteuid()) {
    return fail(ErrorCode::forbidden, place.folder_.string() + " belongs to another user",
                place.folder_.string());
  }
  ::fchmod(place.directory_.get(), 0700);
  place.mark_ = std::to_string(status.st_dev) + "." + std::to_string(status.st_ino);
  return place;
}

Result<runtime::Descriptor> Place::listen() const {
  auto socket = stream_socket();
  const auto address = address_in(directory_.get());
  ::unlinkat(directory_.get(), socket_name, 0);
  const auto mask = ::umask(0177);
  const int bound =
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::umask(mask);
  if (bound != 0 || ::listen(socket.get(), 8) != 0) {
    return refused(folder_ / socket_name, "cannot be listened on");
  }
  return socket;
}

Result<std::optional<runtime::Descriptor>> Place::connect() const {
  auto socket = stream_socket();
  const auto address = address_in(directory_.get());
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED || errno == EAGAIN) return std::nullopt;
    return refused(folder_ / socket_name, "cannot be reached");
  }
  if (!is_own_peer(socket.get())) {
    return fail(ErrorCode::forbidden, (folder_ / socket_name).string() + " is another user's",
                (folder_ / socket_name).string());
  }
  return socket;
}

Result<std::optional<runtime::Descriptor>> Place::lock() const {
  runtime::Descriptor file(
      ::openat(directory_.get(), "keeper.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  if (!file) return refused(lock_file(), "cannot be opened");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::nullopt;
    return refused(lock_file(), "cannot be locked");
  }
  return file;
}

}  // namespace nightshift::bridges::process
