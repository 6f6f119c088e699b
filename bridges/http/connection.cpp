// Sockets: reading with deadlines, one write per answer.
#include "bridges/http/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "bridges/http/problem.hpp"

namespace nightshift::bridges::http {
namespace {

constexpr std::size_t buffer_bytes_first = 8u << 10;
constexpr std::size_t buffer_bytes_max = head_bytes_max + buffer_bytes_first;
/// A body's buffer grows as its bytes arrive, not as its length promises.
constexpr std::size_t body_step_bytes = 64u << 10;
constexpr std::size_t linger_bytes_max = 1u << 20;

using Clock = std::chrono::steady_clock;

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

void set_timeout(int socket, int option, std::chrono::milliseconds value) {
  timeval time{};
  time.tv_sec = value.count() / 1000;
  time.tv_usec = value.count() % 1000 * 1000;
  setsockopt(socket, SOL_SOCKET, option, &time, sizeof time);
}

void append_number(std::uint64_t value, std::string& out) { out += std::to_string(value); }

std::string head_text(const Response& response, bool keep_alive) {
  std::string out;
  out.reserve(256);
  out += "HTTP/1.1 ";
  append_number(static_cast<std::uint64_t>(response.status), out);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nX-Content-Type-Options: nosniff\r\nCache-Control: ";
  out += response.etag ? "no-cache" : "no-store";
  if (response.etag) {
    out += "\r\nETag: \"";
    append_number(*response.etag, out);
    out += '"';
  }
  for (const auto& [name, value] : response.headers) {
    out += "\r\n";
    out += name;
    out += ": ";
    out += value;
  }
  if (response.status != 304) {
    out += "\r\nContent-Type: ";
    out += response.content_type;
  }
  if (response.status != 304 && !response.follow) {
    out += "\r\nContent-Length: ";
    append_number(response.body.size(), out);
  }
  out += keep_alive ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
  return out;
}

}  // namespace

bool BodyBudget::take(std::size_t bytes) {
  const auto wanted = static_cast<std::int64_t>(bytes);
  if (free_.fetch_sub(wanted) >= wanted) return true;
  free_.fetch_add(wanted);
  return false;
}

Connection::Connection(int socket, const HttpOptions& options, BodyBudget& budget)
    : socket_(socket), options_(options), budget_(budget), buffer_(buffer_bytes_first) {
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  set_timeout(socket_, SO_RCVTIMEO, options_.head_timeout);
  set_timeout(socket_, SO_SNDTIMEO, options_.write_timeout);
}

Connection::~Connection() {
  release_body();
  close(socket_);
}

void Connection::hang_up() { shutdown(socket_, endless_.load() ? SHUT_RDWR : SHUT_RD); }

bool Connection::become_idle() {
  const bool idle = begin_ == end_;
  idle_.store(idle);
  return idle;
}

void Connection::make_room() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(std::min(buffer_.size() * 2, buffer_bytes_max));
  assert(end_ < buffer_.size());
}

Connection::Received Connection::receive(char* to, std::size_t size, std::size_t& received,
                                         const TimePoint* deadline) {
  for (;;) {
    if (deadline) {
      pollfd waits{socket_, POLLIN, 0};
      const int ready = poll(&waits, 1, milliseconds_until(*deadline));
      if (ready == 0) return Received::late;
      if (ready < 0 && errno == EINTR) continue;
    }
    const ssize_t count = recv(socket_, to, size, 0);
    if (count > 0) {
      received = static_cast<std::size_t>(count);
      return Received::some;
    }
    if (count == 0) return Received::closed;
    if (errno == EINTR) continue;
    return errno == EAGAIN ? Received::late : Received::closed;
  }
}

Result<bool> Connection::read_head(Head& head) {
  HeadScanner scanner;
  TimePoint deadline;
  const TimePoint* until = nullptr;
  for (;;) {
    const std::string_view arrived(buffer_.data() + begin_, end_ - begin_);
    const auto size = scanner.scan(arrived);
    if (!size) return std::unexpected(size.error());
    if (*size > 0) {
      head_bytes_ = *size;
      if (auto parsed = parse_head(arrived.substr(0, *size), head); !parsed) {
        return std::unexpected(parsed.error());
      }
      body_left_ = head.content_length;
      expects_continue_ = head.expects_continue && !head.http_1_0;
      return true;
    }
    if (!arrived.empty() && !until) {
      deadline = Clock::now() + options_.head_timeout;
      until = &deadline;
    }
    make_room();
    idle_.store(arrived.empty() && served_);
    std::size_t received = 0;
    const Received what = receive(buffer_.data() + end_, buffer_.size() - end_, received, until);
    idle_.store(false);
    if (what != Received::some) return false;
    end_ += received;
  }
}

Result<std::string_view> Connection::read() {
  if (body_left_ == 0) return body_view_;
  if (body_left_ > options_.body_bytes_max) {
    return fail(ErrorCode::too_large, "a body may have " + std::to_string(options_.body_bytes_max) +
                                          " bytes, this one has " + std::to_string(body_left_));
  }
  const std::size_t start = begin_ + head_bytes_;
  const std::size_t there = std::min(end_ - start, body_left_);
  if (there == body_left_) {
    body_in_buffer_ = std::exchange(body_left_, 0);
    return body_view_ = std::string_view(buffer_.data() + start, body_in_buffer_);
  }
  if (!budget_.take(body_left_)) {
    return fail(ErrorCode::overloaded, "too many large bodies are under way; try again");
  }
  budgeted_ = body_left_;
  body_.assign(buffer_.data() + start, there);
  body_in_buffer_ = there;
  body_left_ -= there;
  if (auto done = receive_body(); !done) return std::unexpected(done.error());
  return body_view_ = body_;
}

Result<void> Connection::receive_body() {
  const TimePoint deadline = Clock::now() + options_.body_timeout;
  if (expects_continue_ && !write_raw("HTTP/1.1 100 Continue\r\n\r\n")) {
    return fail(ErrorCode::invalid, "the peer left before it sent the body");
  }
  while (body_left_ > 0) {
    const std::size_t at = body_.size();
    const std::size_t step = std::min(body_left_, body_step_bytes);
    body_.resize(at + step);
    std::size_t received = 0;
    const Received what = receive(body_.data() + at, step, received, &deadline);
    body_.resize(at + received);
    if (what != Received::some) {
      return fail(ErrorCode::invalid, "the body ended " + std::to_string(body_left_) +
                                          " bytes before its Content-Length");
    }
    body_left_ -= received;
  }
  return {};
}

void Connection::release_body() {
  if (budgeted_ > 0) budget_.give_back(std::exchange(budgeted_, 0));
  body_.clear();
  body_view_ = {};
  if (body_.capacity() > body_step_bytes) body_.shrink_to_fit();
}

void Connection::finish() {
  release_body();
  begin_ += head_bytes_ + body_in_buffer_;
  head_bytes_ = body_in_buffer_ = body_left_ = 0;
  if (begin_ == end_) begin_ = end_ = 0;
  if (!std::exchange(served_, true)) set_timeout(socket_, SO_RCVTIMEO, options_.idle_timeout);
}

bool Connection::write(const Response& response, bool keep_alive, bool with_body) {
  return write_raw(head_text(response, keep_alive),
                   with_body ? std::string_view(response.body) : std::string_view());
}

bool Connection::write_raw(std::string_view first, std::string_view second) {
  const TimePoint deadline = Clock::now() + options_.write_timeout;
  while (!first.empty() || !second.empty()) {
    std::array<iovec, 2> parts{{{const_cast<char*>(first.data()), first.size()},
                                {const_cast<char*>(second.data()), second.size()}}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t sent = sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0 || Clock::now() > deadline) return false;
    const auto count = static_cast<std::size_t>(sent);
    const std::size_t of_first = std::min(count, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(count - of_first);
  }
  return true;
}

void Connection::close_politely(std::chrono::milliseconds linger) {
  shutdown(socket_, SHUT_WR);
  const TimePoint deadline = Clock::now() + linger;
  std::array<char, 4096> dropped;
  for (std::size_t total = 0; total < linger_bytes_max;) {
    std::size_t received = 0;
    if (receive(dropped.data(), dropped.size(), received, &deadline) != Received::some) return;
    total += received;
  }
}

}  // namespace nightshift::bridges::http
