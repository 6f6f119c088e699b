// Puts the parts of the server together.
#include "bridges/http/server.hpp"

#include <atomic>

#include "bridges/http/api.hpp"
#include "bridges/http/feed.hpp"
#include "bridges/http/front.hpp"
#include "runtime/endpoint.hpp"

namespace nightshift::bridges::http {

struct HttpServer::Parts {
  Parts(runtime::Node& node, HttpOptions given)
      : options(std::move(given)),
        memory(options.memory_bytes_max),
        api(node, options),
        feed(node, options, api.sessions(), memory, api.metrics()),
        front(api, feed, memory, connections, options) {}

  const HttpOptions options;
  std::atomic<std::size_t> connections = 0;
  Budget memory;
  Api api;
  Feed feed;
  Front front;
  int port = 0;
};

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

HttpServer::~HttpServer() { stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(runtime::Node& node, HttpOptions options) {
  auto parts = std::make_unique<Parts>(node, std::move(options));
  const auto port = parts->front.start();
  if (!port) return std::unexpected(port.error());
  parts->port = *port;
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(parts)));
}

int HttpServer::port() const { return parts_->port; }

std::size_t HttpServer::connections() const { return parts_->connections; }

void HttpServer::stop() {
  // Whoever waits for a person would hold up the front.
  if (parts_->options.mcp) parts_->options.mcp->stop();
  parts_->front.stop();
  parts_->feed.stop();
}

}  // namespace nightshift::bridges::http
