// The stream between our front and the library.
#include "bridges/http/library_stream.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace nightshift::bridges::http {
namespace {

constexpr std::array<std::string_view, 4> names_of_the_library{"remote_addr", "remote_port",
                                                               "local_addr", "local_port"};

bool has_encoded_control(std::string_view value) {
  for (std::size_t at = value.find('%'); at != value.npos; at = value.find('%', at + 1)) {
    if (at + 1 < value.size() && (value[at + 1] == '0' || value[at + 1] == '1')) return true;
  }
  return false;
}

bool deceives(const Field& field) {
  return has_encoded_control(field.value) ||
         std::ranges::any_of(names_of_the_library, [&](std::string_view name) {
           return equal_ignoring_case(field.name, name);
         });
}

}  // namespace

LibraryStream::LibraryStream(const Head& head, std::string_view body, int socket)
    : socket_(socket) {
  request_.append(head.method_text).append(" ").append(head.target);
  request_ += head.http_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
  for (const Field& field : head.fields()) {
    if (deceives(field)) continue;
    request_.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  request_.append("\r\n").append(body);
}

ssize_t LibraryStream::read(char* to, size_t size) {
  const std::size_t count = std::min(size, request_.size() - read_);
  std::memcpy(to, request_.data() + read_, count);
  read_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t LibraryStream::write(const char* from, size_t size) {
  answer_.append(from, size);
  return static_cast<ssize_t>(size);
}

void LibraryStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getpeername(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) return;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> service{};
  if (getnameinfo(reinterpret_cast<sockaddr*>(&address), size, host.data(), host.size(),
                  service.data(), service.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return;
  }
  ip = host.data();
  port = std::atoi(service.data());
}

void LibraryStream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace nightshift::bridges::http
