// One message handed to a mail server, by libcurl.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/secrets/secret_text.hpp"

namespace nightshift::bridges::mail {

/// Read of all that a server says; then the connection is closed.
inline constexpr std::size_t answers_bytes_max = 64u << 10;

struct Letter {
  /// `smtps://HOST[:PORT]` or `smtp://HOST[:PORT]`.
  std::string url;
  std::string from;
  std::vector<std::string> to;
  /// RFC 5322, lines end with CRLF; dots are stuffed on the way.
  std::string_view message;
  /// Both or neither.
  std::string user;
  const runtime::SecretText* password = nullptr;
  /// Without TLS, and then to addresses of this machine alone.
  bool plain = false;
  /// Of all of it, name resolution included.
  std::chrono::milliseconds timeout{60'000};
  /// Instead of the system's certificates, unless empty.
  std::filesystem::path ca_file;
};

struct Reception {
  /// The server has taken it, in so many words.
  bool taken = false;
  /// A byte of the message may have left this machine: the server had said 354.
  bool begun = false;
  /// All of it was handed to the network.
  bool whole = false;
  /// The login was turned down.
  bool login_refused = false;
  /// Of the last whole answer before the end of the session; 0 where none came.
  int code = 0;
  /// The line that decided: what was said to the message, or the last refusal before it.
  std::string answer;
  /// Why it ended, where the message was not taken.
  std::string error;
};

/// Called with the name of each point that is passed: `mail.connect`, `mail.body` (before the first
/// byte of the message), `mail.end`.
using Probe = std::function<void(std::string_view point)>;

/// Blocks for `timeout` at most, and 2 s more for the farewell. Sends the message once, to all
/// recipients or none: one that is refused ends the session before the message is sent. Without
/// `plain`, not a word but EHLO and STARTTLS goes over the wire before TLS stands. Thread-safe. The
/// process must ignore SIGPIPE.
Reception hand_over(const Letter& letter, const Probe& probe);

}  // namespace nightshift::bridges::mail
