// Puts the parts of the server together.
#include "bridges/http/server.hpp"

#include <thread>

#include "bridges/http/api.hpp"
#include "bridges/http/feed.hpp"
#include "bridges/http/front.hpp"

namespace nightshift::bridges::http {

struct HttpServer::Parts {
  Parts(runtime::Node& node, HttpOptions given)
      : options(std::move(given)),
        api(node, options),
        feed(node, options.followers_max, options.heartbeat),
        front(api, feed, options) {}

  const HttpOptions options;
  Api api;
  Feed feed;
  Front front;
  int port = 0;
  std::thread accepting;
};

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

HttpServer::~HttpServer() { stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(runtime::Node& node, HttpOptions options) {
  auto parts = std::make_unique<Parts>(node, std::move(options));
  const auto port = parts->front.bind();
  if (!port) return std::unexpected(port.error());
  parts->port = *port;
  parts->accepting = std::thread([&front = parts->front, failed = parts->options.failed] {
    front.listen();
    if (!front.stopping() && failed) failed("it stopped listening");
  });
  parts->front.wait_until_listening();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(parts)));
}

int HttpServer::port() const { return parts_->port; }

std::size_t HttpServer::connections() const { return parts_->front.connections(); }

void HttpServer::stop() {
  parts_->front.stop();
  if (parts_->accepting.joinable()) parts_->accepting.join();
}

}  // namespace nightshift::bridges::http
