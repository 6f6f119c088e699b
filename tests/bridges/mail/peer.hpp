// A mail server on a plain socket that says what it is told to, whatever that is.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/settings_mail.hpp"

namespace nightshift::bridges::mail {

/// What it says: to a connection (`HELLO`), to commands (`EHLO`, `MAIL`, ...), to the end of the
/// message (`.`). What is not named is answered well.
struct Manners {
  std::map<std::string, std::string> replies = {};
  /// The connection is closed after so many bytes of the message.
  std::size_t body_bytes_max = SIZE_MAX;
};

/// Replies that are no text: nothing comes; the connection is closed; bytes come without a line end
/// until nobody reads them, 100 MB to a connection and 4 MB later; lines come that say that there
/// is more to come.
inline const std::string silence = "\x01";
inline const std::string hang_up = "\x02";
inline const std::string one_long_line = "\x03";
inline const std::string lines_without_end = "\x04";

class Peer {
 public:
  explicit Peer(Manners manners);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  /// An account there, without TLS.
  runtime::MailSettings account() const;
  /// All lines of all sessions but those of messages.
  std::vector<std::string> heard() const;
  /// Messages of which at least one byte came, as they came, dots stuffed.
  std::vector<std::string> messages() const;
  std::size_t sessions() const;

 private:
  void accept_all();
  void serve(int socket);
  /// False where the session is over.
  bool reply(int socket, const std::string& to, const std::string& well);
  bool read_message(int socket, std::string& unread);

  const Manners manners_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> heard_;
  std::vector<std::string> messages_;
  std::size_t sessions_ = 0;
  int open_ = -1;
  bool stopping_ = false;
  std::jthread thread_;
};

}  // namespace nightshift::bridges::mail
