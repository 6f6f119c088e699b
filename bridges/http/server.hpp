// The HTTP server of a node: everything outside reaches the node through here or not at all.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::http {

/// Every bound of the front. The defaults are those of docs/reference/http.md.
struct HttpOptions {
  /// A name or address of this machine; loopback unless a TLS proxy stands before it.
  std::string host = "127.0.0.1";
  /// 0 lets the system choose.
  int port = 0;
  /// Names other than `host` and `localhost` that a browser may have used to get here.
  std::vector<std::string> hosts;
  /// Of the program, for people.
  std::string version;
  /// The vault's folder; empty without one.
  std::string vault;

  /// Connections served at once, a thread each; those of idle connections are taken back when
  /// others wait.
  std::size_t threads = 256;
  /// Connections that wait for a thread; beyond, 503.
  std::size_t waiting_max = 256;
  /// Subscribers to events among the connections; beyond, 503.
  std::size_t followers_max = 128;
  std::size_t body_bytes_max = 8u << 20;
  /// Bodies in memory at once, over all connections; beyond, 503.
  std::size_t bodies_bytes_max = 256u << 20;

  /// Between requests of a connection.
  std::chrono::milliseconds idle_timeout{60'000};
  /// For the first byte of a connection, and from the first byte of a header block to its last.
  std::chrono::milliseconds head_timeout{10'000};
  /// From the header block to the last byte of the body.
  std::chrono::milliseconds body_timeout{30'000};
  /// From the first byte of an answer to its last.
  std::chrono::milliseconds write_timeout{30'000};
  /// How long a command is waited for, unless `Prefer: wait=SECONDS` says less.
  std::chrono::milliseconds answer_timeout{30'000};
  /// Between signs of life on a stream of events.
  std::chrono::milliseconds heartbeat{15'000};
  std::size_t requests_per_connection_max = 1'000'000;

  /// Called, on a thread of the server, if it stops listening by itself. May be empty.
  std::function<void(std::string why)> failed;
};

/// Serves until `stop` or destruction. Thread-safe.
class HttpServer {
 public:
  /// Listens at once. Errors: `io` where the address cannot be had (naming it and what to do),
  /// `config` where a kind's name is that of a route.
  static Result<std::unique_ptr<HttpServer>> start(runtime::Node& node, HttpOptions options);
  ~HttpServer();

  /// The port that was bound.
  int port() const;
  /// Connections that are open.
  std::size_t connections() const;
  /// Refuses new connections, lets what is being answered end, closes all.
  void stop();

 private:
  struct Parts;
  explicit HttpServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace nightshift::bridges::http
