// Serves connections.
#include "bridges/http/front.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <cstring>
#include <exception>
#include <thread>

#include "bridges/http/library_stream.hpp"
#include "bridges/http/problem.hpp"

namespace nightshift::bridges::http {
namespace {

/// The library's own backlog is 5.
constexpr int backlog = 1024;
constexpr std::chrono::milliseconds linger{500};

/// Runs the library's one task per socket at once, on the accepting thread: it only hands over.
class HandOver final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> task) override { task(); }
  void shutdown() override {}
};

/// Only SO_REUSEADDR: with the library's SO_REUSEPORT two nodes would share a port unnoticed.
void share_no_port(socket_t socket) {
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

std::string_view path_of(const Head& head) { return head.target.substr(0, head.target.find('?')); }

void answer_with(const Error& error, std::string_view path, httplib::Response& out) {
  const Response response = problem(error, path);
  out.status = response.status;
  out.set_content(response.body, std::string(response.content_type));
}

Error library_error(int status) {
  switch (status) {
    case 404: return {ErrorCode::not_found, "there is no such page; the API is below /v1", {}};
    case 413: return {ErrorCode::too_large, {}, {}};
    default: return {status < 500 ? ErrorCode::invalid : ErrorCode::bug, {}, {}};
  }
}

}  // namespace

Front::Front(Api& api, Feed& feed, const HttpOptions& options)
    : api_(api),
      feed_(feed),
      options_(options),
      bodies_(options.bodies_bytes_max),
      pool_(options.threads, options.waiting_max) {
  new_task_queue = [] { return new HandOver; };
  set_socket_options(share_no_port);
  set_library_answers();
}

void Front::set_library_answers() {
  set_error_handler([](const httplib::Request& request, httplib::Response& response) {
    if (!response.body.empty()) return;
    answer_with(library_error(response.status), request.path, response);
  });
  set_exception_handler(
      [](const httplib::Request& request, httplib::Response& response, const std::exception_ptr&) {
        answer_with({ErrorCode::bug, {}, {}}, request.path, response);
      });
}

Result<int> Front::bind() {
  const int port = options_.port == 0                           ? bind_to_any_port(options_.host)
                   : bind_to_port(options_.host, options_.port) ? options_.port
                                                                : -1;
  if (port <= 0) {
    const std::string address = options_.host + ":" + std::to_string(options_.port);
    return fail(ErrorCode::io,
                "cannot listen on " + address + ": " + std::strerror(errno) +
                    "; end the program that has it, or choose another with --http HOST:PORT",
                address);
  }
  ::listen(svr_sock_, backlog);
  return port;
}

void Front::listen() { listen_after_bind(); }

void Front::wait_until_listening() const {
  while (!is_running()) std::this_thread::yield();
}

void Front::stop() {
  if (stopping_.exchange(true)) return;
  Server::stop();
  const std::scoped_lock lock(mutex_);
  for (const ConnectionPtr& connection : connections_) connection->hang_up();
}

std::size_t Front::connections() const {
  const std::scoped_lock lock(mutex_);
  return connections_.size();
}

bool Front::process_and_close_socket(socket_t socket) {
  auto connection = std::make_shared<Connection>(socket, options_, bodies_);
  {
    const std::scoped_lock lock(mutex_);
    connections_.insert(connection);
    if (stopping_) connection->hang_up();
  }
  api_.metrics().connections(1);
  Pool::Task task = [this, connection] {
    serve(*connection);
    api_.metrics().connections(-1);
    const std::scoped_lock lock(mutex_);
    connections_.erase(connection);
  };
  const Pool::Taken taken = pool_.submit(task);
  if (taken == Pool::Taken::started) return true;
  if (taken == Pool::Taken::refused) {
    turn_away(*connection);
    api_.metrics().connections(-1);
    const std::scoped_lock lock(mutex_);
    connections_.erase(connection);
  }
  hang_up_one_idle();
  return true;
}

void Front::turn_away(Connection& connection) {
  api_.metrics().turned_away();
  const Error error{ErrorCode::overloaded, "too many connections are open; try again", {}};
  connection.write(problem(error, "/"), false, true);
  connection.close_politely(std::chrono::milliseconds(0));
}

void Front::hang_up_one_idle() {
  const std::scoped_lock lock(mutex_);
  for (const ConnectionPtr& connection : connections_) {
    if (!connection->idle()) continue;
    connection->hang_up();
    return;
  }
}

void Front::serve(Connection& connection) {
  for (std::size_t count = 1; !stopping_; ++count) {
    Head head;
    const auto there = connection.read_head(head);
    if (!there) {
      api_.metrics().turned_away();
      connection.write(problem(there.error(), "/"), false, true);
      break;
    }
    if (!*there) return;
    if (!serve_request(head, connection, count >= options_.requests_per_connection_max)) break;
    connection.finish();
    // In this order: who waits looks for idle connections after it has been counted.
    if (connection.become_idle() && pool_.crowded()) break;
  }
  connection.close_politely(linger);
}

bool Front::serve_request(const Head& head, Connection& connection, bool last) {
  const auto began = std::chrono::steady_clock::now();
  std::optional<Answered> answered;
  try {
    answered = api_.answer({head, connection});
  } catch (const std::exception& error) {
    answered = Answered{problem({ErrorCode::bug, error.what(), {}}, path_of(head)), nullptr};
  }
  const bool keep_alive = head.keep_alive && !last && !stopping_ && !pool_.crowded();
  if (!answered) return pass_to_library(head, keep_alive, connection);
  connection.release_body();
  api_.metrics().answered(answered->route, answered->response.status,
                          std::chrono::steady_clock::now() - began);
  return send(head, *answered, keep_alive, connection);
}

bool Front::send(const Head& head, const Answered& answered, bool keep_alive,
                 Connection& connection) {
  const Response& response = answered.response;
  const bool with_body = head.method != Method::head;
  if (!response.follow || !with_body) {
    const bool keep = keep_alive && !connection.body_unread() && !response.follow;
    return connection.write(response, keep, with_body) && keep;
  }
  const Feed::Place place = feed_.take_place();
  if (!place) {
    const Error error{ErrorCode::overloaded, "too many subscribers follow events; try again", {}};
    connection.write(problem(error, path_of(head)), false, true);
    return false;
  }
  api_.metrics().followers(1);
  connection.set_endless();
  if (connection.write(response, false, false)) feed_.follow(connection, *response.follow);
  api_.metrics().followers(-1);
  return false;
}

bool Front::pass_to_library(const Head& head, bool keep_alive, Connection& connection) {
  const auto body = connection.read();
  if (!body) {
    connection.write(problem(body.error(), path_of(head)), false, true);
    return false;
  }
  LibraryStream stream(head, *body, connection.socket());
  bool closed = false;
  process_request(stream, !keep_alive, closed, nullptr);
  return connection.write_raw(stream.answer()) && keep_alive && !closed;
}

}  // namespace nightshift::bridges::http
