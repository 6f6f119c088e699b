// Bytes in, bytes out.
#include "bridges/http/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <chrono>

#include "bridges/http/answer_text.hpp"
#include "bridges/http/problem.hpp"

namespace nightshift::bridges::http {
namespace {

using Clock = std::chrono::steady_clock;

/// What a connection may hold that is counted nowhere.
constexpr std::size_t bytes_free = 1u << 10;
constexpr std::size_t dropped_bytes_max = 1u << 20;

Error out_of_memory() {
  return {ErrorCode::overloaded, "too many large requests are under way; try again", {}};
}

}  // namespace

Connection::Connection(Socket socket, const Premises& premises, std::shared_ptr<Mailbox> loop)
    : socket_(std::move(socket)),
      premises_(premises),
      loop_(std::move(loop)),
      memory_(premises.memory),
      presence_(count_in(premises.connections, premises.api.metrics())) {
  until_ = Clock::now() + premises.options.head_timeout;
}

void Connection::close() {
  socket_.close();
  presence_.reset();
  input_ = {};
  output_ = {};
  later_.reset();
  guest_.reset();
  memory_.resize(0);
}

void Connection::expect_more(bool certainly) {
  more_ = true;
  until_empty_ = until_empty_ || certainly;
}

Connection::Received Connection::receive(std::span<char> scratch) {
  for (;;) {
    if (!more_) return Received::nothing;
    const ssize_t count = recv(socket_.descriptor(), scratch.data(), scratch.size(), MSG_DONTWAIT);
    if (count > 0) {
      // A short read has emptied the socket, and what comes later is told: epoll(7).
      more_ = until_empty_ || static_cast<std::size_t>(count) == scratch.size();
      input_.append(scratch.data(), static_cast<std::size_t>(count));
      if (!leaving_ && !charge()) refuse(out_of_memory());
      return Received::bytes;
    }
    if (count == 0) return Received::end;
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return Received::end;
    more_ = until_empty_ = false;
    return Received::nothing;
  }
}

bool Connection::charge() {
  const std::size_t bytes = std::max(input_.size(), request_bytes_) + output_.size();
  return memory_.resize(bytes > bytes_free ? bytes : 0);
}

Result<bool> Connection::read_head(Head& head) {
  if (head_bytes_ == 0) {
    const auto size = scanner_.scan(input_);
    if (!size) return std::unexpected(size.error());
    if (*size == 0 && !input_.empty() && !std::exchange(head_begun_, true)) {
      until_ = Clock::now() + premises_.options.head_timeout;
    }
    if (*size == 0) return false;
    head_bytes_ = *size;
  }
  if (auto parsed = parse_head(head_text(), head); !parsed) return std::unexpected(parsed.error());
  return true;
}

void Connection::frame(const Head& head) {
  request_bytes_ = head_bytes_ + head.content_length;
  if (!awaits_body()) return;
  until_ = Clock::now() + premises_.options.body_timeout;
  if (!charge()) return refuse(out_of_memory());
  if (head.expects_continue && !head.http_1_0) write("HTTP/1.1 100 Continue\r\n\r\n", {});
}

bool Connection::frame_unread(const Head& head) {
  const bool whole = input_.size() - head_bytes_ >= head.content_length;
  request_bytes_ = head_bytes_ + (whole ? head.content_length : 0);
  return whole;
}

void Connection::refuse_body() {
  refuse({ErrorCode::invalid,
          "the body ended " + std::to_string(request_bytes_ - input_.size()) +
              " bytes before its Content-Length",
          {}});
}

std::optional<int> Connection::worth() const {
  if (!output_.empty()) return 2;
  if (!reading() || awaits_body()) return std::nullopt;
  return idle() ? 0 : 1;
}

std::string Connection::path() const {
  Head head;
  return parse_head(head_text(), head) ? std::string(path_of(head)) : "/";
}

void Connection::refuse(const Error& error) {
  premises_.api.metrics().turned_away();
  const Response response = problem(error, "/");
  ends_ = true;
  write(answer_text(response, false), response.body);
  until_ = Clock::now() + premises_.options.write_timeout;
}

void Connection::ask(const Asking& asking) {
  asking_ = asking;
  ++requests_;
}

void Connection::end_request() {
  assert(!awaits_body() || ends_);
  input_.erase(0, request_bytes_);
  head_bytes_ = request_bytes_ = 0;
  head_begun_ = false;
  scanner_ = {};
  if (input_.capacity() > bytes_free && input_.empty()) input_.shrink_to_fit();
  charge();
}

void Connection::complete(Response&& response) {
  const auto now = Clock::now();
  premises_.api.metrics().answered(asking_.route, response.status, now - asking_.began);
  if (response.follow && asking_.with_body) {
    auto guest = premises_.feed.invite(std::move(*response.follow));
    if (guest) {
      guest_ = std::move(*guest);
    } else {
      response = problem(guest.error(), path());
    }
  }
  const bool keep = asking_.keep_alive && !response.follow && !premises_.stopping;
  const std::string text = answer_text(response, keep);
  ends_ = !keep && !guest_;
  end_request();
  write(text, asking_.with_body ? std::string_view(response.body) : std::string_view());
  until_ =
      now + (output_.empty() ? premises_.options.idle_timeout : premises_.options.write_timeout);
}

void Connection::answer(std::uint64_t number, Response&& response) {
  if (!turn_.claim(number)) return;
  complete(std::move(response));
  give_turn_back();
}

bool Connection::time_out(const Awaited& awaited) {
  if (!turn_.claim(awaited.number)) return false;
  complete(problem({ErrorCode::timed_out, {}, {}}, path(), awaited.command_id));
  give_turn_back();
  return true;
}

void Connection::leave_to_loop(std::unique_ptr<Later> later) {
  later_ = std::move(later);
  give_turn_back();
}

void Connection::give_turn_back() {
  const bool unfinished = gone_ || ends_ || guest_ || later_ || !output_.empty();
  // Whoever has the turn next may end the connection.
  auto self = shared_from_this();
  const auto loop = loop_;
  if (turn_.release() || unfinished) loop->look_at(std::move(self));
}

void Connection::write(std::string_view first, std::string_view second) {
  if (gone_) return;
  std::size_t sent = 0;
  if (output_.empty()) {
    const auto taken = send_some(socket_, first, second);
    gone_ = !taken;
    sent = taken.value_or(0);
  }
  if (gone_ || sent == first.size() + second.size()) return;
  const std::size_t of_first = std::min(sent, first.size());
  output_.append(first.substr(of_first)).append(second.substr(sent - of_first));
  if (!charge()) gone_ = true;
}

Connection::Flushed Connection::flush() {
  while (!gone_ && !output_.empty()) {
    const auto taken = send_some(socket_, std::string_view(output_).substr(written_));
    gone_ = !taken;
    if (taken == 0) return Flushed::blocked;
    written_ += taken.value_or(0);
    if (written_ < output_.size()) continue;
    output_ = {};
    written_ = 0;
    charge();
    until_ = Clock::now() + premises_.options.idle_timeout;
  }
  return gone_ ? Flushed::gone : Flushed::all;
}

void Connection::leave() {
  leaving_ = true;
  shutdown(socket_.descriptor(), SHUT_WR);
}

bool Connection::drop_input() {
  dropped_bytes_ += input_.size();
  input_.clear();
  return dropped_bytes_ < dropped_bytes_max;
}

std::unique_ptr<Guest> Connection::take_guest() {
  guest_->socket = std::move(socket_);
  guest_->presence = std::move(presence_);
  return std::move(guest_);
}

}  // namespace nightshift::bridges::http
