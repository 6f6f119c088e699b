// The HTTP server of a node: everything outside reaches the node through here or not at all.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/node.hpp"
#include "runtime/upkeep/backups.hpp"

namespace nightshift::runtime {
class EndpointHandler;
namespace cluster {
class ClusterView;
}
namespace upkeep {
class Retention;
}
}  // namespace nightshift::runtime

namespace nightshift::bridges::http {

/// A file that somebody dropped for the node, and that is not taken before it is mended.
struct RefusedFile {
  std::string path;
  /// What is wrong and what to do, for people.
  std::string reason;
  Time since{};
};

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
  /// Where days begin if nobody says otherwise.
  runtime::Zone zone;
  /// The vault's folder; empty without one.
  std::string vault;

  /// Threads that read and write connections.
  std::size_t loops = 1;
  /// Connections that are open at once, or as many as the process may have descriptors for. Beyond,
  /// those end that are between two requests, then those that have not sent one, then those that do
  /// not take their answer; then it is 503. Who has just come has time to send its request.
  std::size_t connections_max = 16'384;
  /// Requests other than commands that are answered at once, and those that wait for that; beyond,
  /// 503.
  std::size_t workers = 32;
  std::size_t waiting_max = 1'024;
  /// Subscribers to events among the connections; beyond, 503. One principal may be half of them.
  std::size_t followers_max = 4'096;
  std::size_t body_bytes_max = 8u << 20;
  /// Requests of one principal, for long; for a moment twice as many. Beyond, 429. 0: any number.
  std::uint32_t requests_per_s = 50'000;
  /// Of requests that have not arrived whole and of answers that are not taken, over all
  /// connections; beyond, 503.
  std::size_t memory_bytes_max = 256u << 20;

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

  /// Called, on a thread of the server, if it cannot go on. May be empty.
  std::function<void(std::string why)> failed;

  /// Those of this node; null where nobody keeps any.
  std::shared_ptr<runtime::upkeep::Backups> backups;
  /// What leaves the journal; null where nothing ever does.
  std::shared_ptr<runtime::upkeep::Retention> retention;
  /// Answers `/mcp`, and is stopped with the server; null where nobody does.
  std::shared_ptr<runtime::EndpointHandler> mcp;
  /// The node's sessions with its peers; null where it is in no cluster.
  std::shared_ptr<runtime::cluster::ClusterView> cluster;
  /// Those of the vault, by path, at most `most`; empty without one.
  std::function<std::vector<RefusedFile>(std::size_t most)> refused_files;
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
