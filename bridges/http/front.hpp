// Where sockets come in: cpp-httplib listens and accepts, everything behind that is ours.
#pragma once

#include <httplib.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_set>

#include "bridges/http/api.hpp"
#include "bridges/http/connection.hpp"
#include "bridges/http/feed.hpp"
#include "bridges/http/pool.hpp"
#include "bridges/http/server.hpp"

namespace nightshift::bridges::http {

/// The library's server, taken over where it has accepted a socket (`process_and_close_socket`).
/// Requests that no route of ours owns go on to the library's own handlers.
class Front final : private httplib::Server {
 public:
  Front(Api& api, Feed& feed, const HttpOptions& options);

  /// The port. `io` where the address cannot be had.
  Result<int> bind();
  /// Accepts until `stop`, on the caller's thread.
  void listen();
  /// The library can be stopped only after this.
  void wait_until_listening() const;
  /// From any thread: lets what is being answered end.
  void stop();
  bool stopping() const { return stopping_; }
  std::size_t connections() const;

 private:
  using ConnectionPtr = std::shared_ptr<Connection>;

  /// Called on the accepting thread, which must go on.
  bool process_and_close_socket(socket_t socket) override;
  void turn_away(Connection& connection);
  void hang_up_one_idle();

  void serve(Connection& connection);
  /// One request; true if another may follow on the connection.
  bool serve_request(const Head& head, Connection& connection, bool last);
  bool send(const Head& head, const Answered& answered, bool keep_alive, Connection& connection);
  bool pass_to_library(const Head& head, bool keep_alive, Connection& connection);
  void set_library_answers();

  Api& api_;
  Feed& feed_;
  const HttpOptions& options_;
  BodyBudget bodies_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::unordered_set<ConnectionPtr> connections_;
  /// Last: its tasks use the rest.
  Pool pool_;
};

}  // namespace nightshift::bridges::http
