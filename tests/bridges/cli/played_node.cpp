// A node that is played by a test.
#include "tests/bridges/cli/played_node.hpp"

#include <httplib.h>

#include <cassert>

#include "actors/all.hpp"

namespace nightshift::bridges::cli::tests {

struct PlayedNode::Parts {
  httplib::Server server;
  int port = 0;
  std::thread thread;
  mutable std::mutex mutex;
  std::vector<Asked> asked;
};

PlayedNode::PlayedNode(Play play) : parts_(std::make_unique<Parts>()) {
  const auto answer = [parts = parts_.get(), play = std::move(play)](
                          const httplib::Request& request, httplib::Response& response) {
    const Asked asked{request.method,
                      request.target,
                      request.get_header_value("Idempotency-Key"),
                      request.get_header_value("Authorization"),
                      request.get_header_value("If-Match"),
                      request.body};
    {
      const std::lock_guard lock(parts->mutex);
      parts->asked.push_back(asked);
    }
    const auto answered = play(asked);
    response.status = answered.status;
    response.set_content(answered.body, "application/json");
  };
  parts_->server.Get(".*", answer);
  parts_->server.Post(".*", answer);
  parts_->port = parts_->server.bind_to_any_port("127.0.0.1");
  parts_->thread = std::thread([parts = parts_.get()] { parts->server.listen_after_bind(); });
  while (!parts_->server.is_running()) std::this_thread::yield();
}

PlayedNode::~PlayedNode() {
  parts_->server.stop();
  parts_->thread.join();
}

std::string PlayedNode::address() const { return "127.0.0.1:" + std::to_string(parts_->port); }
std::string PlayedNode::url() const { return "http://" + address(); }

std::vector<Asked> PlayedNode::asked() const {
  const std::lock_guard lock(parts_->mutex);
  return parts_->asked;
}

CommandLine::CommandLine() : folder_(root_ / "data") {
  auto catalog = std::make_shared<runtime::Catalog>();
  actors::register_all(*catalog);
  program.catalog = std::move(catalog);
  program.version = "1.2.3";
  program.environment = {{"NIGHTSHIFT_DATA", folder_.root().string()}};
  program.run_node = [](const NodeFlags&) { return 42; };
}

void CommandLine::found_at(const PlayedNode& node) const {
  NodeFile file;
  file.set_http(node.address());
  [[maybe_unused]] const bool ready = folder_.create().has_value() &&
                                      folder_.ensure_admin_token().has_value() &&
                                      folder_.write_node(file).has_value();
  assert(ready);
}

Run CommandLine::run(const std::vector<std::string>& arguments) const {
  std::vector<const char*> argv{"nightshift"};
  for (const auto& argument : arguments) argv.push_back(argument.c_str());
  std::ostringstream out, err;
  const int code = cli::run(static_cast<int>(argv.size()), argv.data(), program, out, err);
  return {code, out.str(), err.str()};
}

}  // namespace nightshift::bridges::cli::tests
