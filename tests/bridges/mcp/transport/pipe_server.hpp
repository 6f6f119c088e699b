// A server at the other end of two pipes, played by a thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "bridges/mcp/transport/stdio_link.hpp"

namespace nightshift::tests {

class PipeServer {
 public:
  /// Gets each line, and what writes to the client; false ends the server.
  using Write = std::function<bool(std::string_view bytes)>;
  using Behaviour = std::function<bool(const std::string& line, const Write& write)>;

  /// Answers the opening of a session, and leaves all else to `behaviour`.
  explicit PipeServer(Behaviour behaviour);
  ~PipeServer();

  std::unique_ptr<bridges::mcp::Link> link();

 private:
  void run(int in, int out);

  const Behaviour behaviour_;
  runtime::Descriptor input_;
  runtime::Descriptor output_;
  std::jthread thread_;
};

/// The number of the request in a line; 0 where it is none.
std::int64_t request_of(const std::string& line);

/// Answers each call of a tool with its own number: `{"n":4}`.
bool echo_numbers(const std::string& line, const PipeServer::Write& write);

}  // namespace nightshift::tests
