// A client that sends exactly the bytes it is told to, and reads answers within a deadline.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace nightshift::tests {

struct WireAnswer {
  /// 0 if the connection ended before an answer.
  int status = 0;
  /// Names in lower case.
  std::map<std::string, std::string> fields;
  std::string body;

  /// The member of a flat JSON body, without quotes; empty if there is none.
  std::string member(std::string_view name) const;
};

/// One connection to 127.0.0.1. Every wait ends after 20 s, as if the server had closed.
class Wire {
 public:
  /// `receive_bytes` bounds what the system takes for it unread; 0 leaves that to the system.
  explicit Wire(int port, int receive_bytes = 0);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  void send(std::string_view bytes);
  /// One answer, by its Content-Length.
  WireAnswer read(bool has_body = true);
  WireAnswer ask(std::string_view bytes);
  /// Status line and fields only; the body goes on arriving.
  WireAnswer read_fields();
  /// Up to and with the first `end`; empty if the connection closed before.
  std::string read_until(std::string_view end);
  /// True if the server has closed, or closes now.
  bool closed();
  void stop_sending();
  int socket() const { return socket_; }

 private:
  bool receive();

  int socket_;
  std::string arrived_;
};

}  // namespace nightshift::tests
