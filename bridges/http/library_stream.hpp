// What cpp-httplib reads instead of a socket: a request that was validated before, and a buffer for
// its answer.
#pragma once

#include <httplib.h>

#include <string>
#include <string_view>

#include "bridges/http/head.hpp"

namespace nightshift::bridges::http {

class LibraryStream final : public httplib::Stream {
 public:
  /// The request is written anew from what was parsed, without the fields by which the library
  /// would be deceived: its own names for addresses, and values with encoded line ends, which it
  /// decodes.
  LibraryStream(const Head& head, std::string_view body, int socket);

  const std::string& answer() const { return answer_; }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  const int socket_;
  std::string request_;
  std::size_t read_ = 0;
  std::string answer_;
};

}  // namespace nightshift::bridges::http
