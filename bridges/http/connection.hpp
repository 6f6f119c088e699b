// One accepted socket: reads header blocks and bodies within their deadlines, writes answers.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/http/exchange.hpp"
#include "bridges/http/head.hpp"
#include "bridges/http/server.hpp"

namespace nightshift::bridges::http {

/// Bytes of bodies in memory, over all connections. Thread-safe.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t bytes_max) : free_(static_cast<std::int64_t>(bytes_max)) {}
  bool take(std::size_t bytes);
  void give_back(std::size_t bytes) { free_.fetch_add(static_cast<std::int64_t>(bytes)); }

 private:
  std::atomic<std::int64_t> free_;
};

/// Owns the socket. Used by one thread at a time, but for `hang_up` and `idle`.
class Connection final : public Body {
 public:
  Connection(int socket, const HttpOptions& options, BodyBudget& budget);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int socket() const { return socket_; }

  /// Waits for the next request and parses its header block; `head` is valid until `finish`.
  /// False if the peer has left, was silent for too long, or was hung up on. Errors: what the
  /// block is refused for; the connection must then end.
  Result<bool> read_head(Head& head);
  /// The body of the request whose head was read last.
  Result<std::string_view> read() override;
  /// True if the body lies unread in the peer's hands or ours: then the connection must end.
  bool body_unread() const { return body_left_ > 0; }
  /// Gives the body's memory back; what was read of it is gone.
  void release_body();
  /// Forgets the request.
  void finish();

  /// One write. False if the peer does not take it in time.
  bool write(const Response& response, bool keep_alive, bool with_body);
  bool write_raw(std::string_view first, std::string_view second = {});
  /// Ends the sending side and drops what arrives within `linger`, so that the peer sees the answer
  /// before its own unread bytes reset the connection.
  void close_politely(std::chrono::milliseconds linger);

  /// From any thread: nothing more is read; a request that is being answered ends in peace, a
  /// stream that does not end by itself ends now.
  void hang_up();
  void set_endless() { endless_.store(true); }
  /// True while it waits for another request after the first.
  bool idle() const { return idle_.load(); }
  /// True if nothing of another request has arrived; the connection then counts as idle.
  bool become_idle();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Received { some, closed, late };

  /// Room for at least one byte at the end of the buffer.
  void make_room();
  Received receive(char* to, std::size_t size, std::size_t& received, const TimePoint* deadline);
  Result<void> receive_body();

  const int socket_;
  const HttpOptions& options_;
  BodyBudget& budget_;
  std::atomic<bool> idle_ = false;
  std::atomic<bool> endless_ = false;
  bool served_ = false;

  /// What has arrived and is not consumed: `buffer_[begin_, end_)`.
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t head_bytes_ = 0;

  /// Bytes of the body that nobody has read yet; the body, where the buffer did not hold it whole.
  std::size_t body_left_ = 0;
  std::size_t body_in_buffer_ = 0;
  std::size_t budgeted_ = 0;
  bool expects_continue_ = false;
  std::string body_;
  std::string_view body_view_;
};

}  // namespace nightshift::bridges::http
