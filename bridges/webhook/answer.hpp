// What came back from a receiver, kept within bounds.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace nightshift::bridges::webhook {

/// Read of an answer; what follows is left unread, and the connection closed.
inline constexpr std::size_t answer_body_bytes_max = 64u << 10;
inline constexpr std::size_t answer_head_bytes_max = 64u << 10;

struct Answer {
  /// A byte of the request may have left this machine. Before that nothing can have happened.
  bool begun = false;
  /// Of a whole header block; 0 where none came.
  int status = 0;
  /// What the receiver calls this request (`X-Request-Id`, `Request-Id`), if it says so.
  std::string request_id;
  std::string body;
  std::chrono::seconds retry_after{0};
  /// Where a connection was refused because the address is private: the address.
  std::string private_address;
  /// Why there was no answer, or no more of it.
  std::string error;
};

/// Takes lines and bytes as they come.
class AnswerReader {
 public:
  explicit AnswerReader(Answer& answer) : answer_(answer) {}

  /// One line with its end; `status` is that of the block that it belongs to. False where it is too
  /// much, or no HTTP.
  bool take_line(std::string_view line, int status);
  /// False once there is enough.
  bool take_body(std::string_view bytes);

 private:
  Answer& answer_;
  std::string request_id_;
  std::size_t head_bytes_ = 0;
};

}  // namespace nightshift::bridges::webhook
