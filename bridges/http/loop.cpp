// The loop: events, mail, deadlines.
#include "bridges/http/loop.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <string>

namespace nightshift::bridges::http {
namespace {

using Clock = std::chrono::steady_clock;

/// How long an answered peer may go on sending before the connection is cut.
constexpr std::chrono::milliseconds linger{500};
/// How long a peer may take for its answer once the server stops.
constexpr std::chrono::seconds farewell{5};
/// How long nobody is accepted when the system has no more descriptors.
constexpr std::chrono::milliseconds accept_pause{100};
/// Where newcomers end others: how long each has at least to send its request.
constexpr std::chrono::milliseconds speaking_time{50};
/// Requests that one connection has served before others are looked at.
constexpr int requests_at_once = 16;
constexpr int accepts_at_once = 64;
constexpr int candidates_max = 1024;

}  // namespace

Loop::Loop(const Premises& premises) : premises_(premises), poller_(mailbox_->bell()) {}

Loop::~Loop() {
  if (thread_.joinable()) thread_.join();
}

void Loop::start(const Socket* listener, std::function<void(Socket)> accepted) {
  listener_ = listener;
  accepted_ = std::move(accepted);
  if (listener_) poller_.watch_readable(*listener_, this);
  thread_ = std::thread([this] { run(); });
}

void Loop::run() {
  while (!stopping_ || !connections_.empty()) {
    try {
      turn();
    } catch (const std::exception& error) {
      if (premises_.options.failed) premises_.options.failed(error.what());
    }
  }
  mailbox_->close();
}

void Loop::turn() {
  const auto events = poller_.wait(std::min(deadlines_.next(), accept_again_));
  now_ = Clock::now();
  for (const epoll_event& event : events) {
    if (event.data.ptr == this) {
      accept();
      continue;
    }
    auto& connection = *static_cast<Connection*>(event.data.ptr);
    if (connection.turn().note()) continue;
    const bool certainly = event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    if (event.events & ~EPOLLOUT) connection.expect_more(certainly);
    advance(connection);
  }
  read_mail();
  while (Timed* timed = deadlines_.take_due(now_)) due(static_cast<Connection&>(*timed));
  if (now_ >= accept_again_ && !stopping_) {
    accept_again_ = never;
    poller_.watch_readable(*listener_, this);
  }
  closed_.clear();
}

void Loop::accept() {
  for (int i = 0; i < accepts_at_once && !stopping_; ++i) {
    if (crowded()) return accept_later(crowded_until_);
    bool exhausted = false;
    Socket socket = accept_from(*listener_, exhausted);
    if (exhausted) {
      make_room();
      accept_later(now_ + accept_pause);
    }
    if (!socket.open()) return;
    ++crowders_;
    accepted_(std::move(socket));
  }
}

void Loop::accept_later(SteadyTime when) {
  poller_.forget(*listener_);
  accept_again_ = when;
}

bool Loop::crowded() {
  if (premises_.connections < premises_.connections_max) return false;
  if (now_ >= crowded_until_) {
    crowded_until_ = now_ + speaking_time;
    crowders_ = 0;
  }
  // Those end first that have been here longest: these and the next half find room before.
  return crowders_ >= std::max<std::size_t>(premises_.connections_max / 2, 1);
}

void Loop::read_mail() {
  Mailbox::Mail mail = mailbox_->take();
  for (const ConnectionPtr& connection : mail.connections) {
    if (!connection->open() || connection->turn().note()) continue;
    if (stopping_ && part_with(*connection)) continue;
    connection->expect_more(true);
    advance(*connection);
  }
  for (Socket& socket : mail.sockets) take_in(std::move(socket));
  if (!mail.stop || stopping_) return;
  stopping_ = true;
  if (listener_) poller_.forget(*listener_);
  hang_up();
}

void Loop::take_in(Socket socket) {
  if (stopping_) return;
  const std::size_t bound = premises_.connections_max;
  const bool full = premises_.connections >= bound && !make_room();
  const auto connection = std::make_shared<Connection>(std::move(socket), premises_, mailbox_);
  if (!poller_.watch_changes(connection->socket(), connection.get())) return connection->close();
  connections_.emplace(connection.get(), connection);
  if (full)
    connection->refuse({ErrorCode::overloaded, "too many connections are open; try again", {}});
  // Those who are refused may linger, but not without bound.
  if (full && premises_.connections > bound + bound / 8) return close(*connection);
  advance(*connection);
}

bool Loop::make_room() {
  Connection* least = nullptr;
  int worth = std::numeric_limits<int>::max();
  int seen = 0;
  for (const auto& [when, timed] : deadlines_.all()) {
    auto& connection = static_cast<Connection&>(*timed);
    if (++seen > candidates_max || worth == 0) break;
    if (!connection.turn().home()) continue;
    const auto its = connection.worth();
    if (!its || *its >= worth) continue;
    least = &connection;
    worth = *its;
  }
  if (least) close(*least);
  return least != nullptr;
}

void Loop::hang_up() {
  std::vector<ConnectionPtr> here;
  for (const auto& [connection, owned] : connections_) {
    // Whoever answers one that is away may not know of the stop, and is to send it home.
    if (!connection->turn().note()) here.push_back(owned);
  }
  for (const ConnectionPtr& connection : here) part_with(*connection);
}

bool Loop::part_with(Connection& connection) {
  if (connection.reading()) return close(connection), true;
  connection.set_until(std::min(connection.until(), now_ + farewell));
  look_later(connection);
  return false;
}

void Loop::look_later(Connection& connection) {
  deadlines_.look_by(connection.until(), connection);
}

void Loop::close(Connection& connection) {
  deadlines_.forget(connection);
  connection.close();
  const auto owned = connections_.find(&connection);
  closed_.push_back(std::move(owned->second));
  connections_.erase(owned);
}

void Loop::seat(Connection& connection) {
  poller_.forget(connection.socket());
  premises_.feed.seat(connection.take_guest());
  close(connection);
}

void Loop::advance(Connection& connection) {
  for (int served = 0; connection.open();) {
    const auto flushed = connection.flush();
    if (flushed == Connection::Flushed::gone) return close(connection);
    if (flushed == Connection::Flushed::blocked) return look_later(connection);
    if (connection.ends()) return advance_leaving(connection);
    if (connection.follows()) return seat(connection);
    if (served == requests_at_once) return mailbox_->look_at(connection.shared_from_this());
    switch (serve(connection)) {
      case Step::away: return;
      case Step::answered: ++served; continue;
      case Step::more: break;
    }
    switch (connection.receive(scratch_)) {
      case Connection::Received::bytes: continue;
      case Connection::Received::nothing: return look_later(connection);
      case Connection::Received::end: break;
    }
    if (!connection.awaits_body()) return close(connection);
    connection.refuse_body();
  }
}

void Loop::advance_leaving(Connection& connection) {
  if (!connection.leaving()) {
    connection.leave();
    connection.set_until(now_ + linger);
  }
  for (;;) {
    const auto received = connection.receive(scratch_);
    if (received == Connection::Received::nothing) return look_later(connection);
    const bool more = received == Connection::Received::bytes && connection.drop_input();
    if (!more) return close(connection);
  }
}

void Loop::due(Connection& connection) {
  if (!connection.turn().home()) return due_away(connection);
  if (now_ < connection.until()) return look_later(connection);
  if (!connection.awaits_body() || connection.ends()) return close(connection);
  connection.refuse_body();
  advance(connection);
}

void Loop::due_away(Connection& connection) {
  const Awaited& awaited = connection.awaited();
  if (now_ >= awaited.until && connection.time_out(awaited)) return look_later(connection);
  const SteadyTime until = now_ < awaited.until ? awaited.until : never;
  deadlines_.look_by(std::min(until, now_ + premises_.options.idle_timeout), connection);
}

}  // namespace nightshift::bridges::http
