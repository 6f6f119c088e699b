// A client's machine, and the server that a test plays.
#pragma once

#include <string>
#include <vector>

#include "bridges/mcp/protocol/client.hpp"

namespace nightshift::tests {

namespace mcp = bridges::mcp;

class Conversation {
 public:
  explicit Conversation(mcp::ClientOptions options = {.version = "1"});

  mcp::Client client;
  mcp::Moment now{1'000'000};

  void open() { client.open(now); }
  /// Opens by a probe that is refused and an `initialize` that is answered.
  void open_session(const std::string& version = "2025-11-25");
  /// Opens by a probe that is answered.
  void open_stateless();

  mcp::CallId call(mcp::Call call);
  mcp::CallId call_tool(const std::string& name = "add", const std::string& arguments = "{}");
  void receive(const std::string& text) { client.received(text, now); }
  /// A result for the newest request.
  void receive_result(const std::string& result);
  void pass(std::chrono::microseconds time);

  /// The next message that was to be sent, once; an empty text where there is none.
  mcp::Outgoing sent();
  bool sends_nothing();
  /// The next news of this type, once; others before it are left out. Fails the test without one.
  template <class Kind>
  Kind news() {
    gather();
    while (!news_.empty()) {
      auto next = std::move(news_.front());
      news_.erase(news_.begin());
      if (auto* kind = std::get_if<Kind>(&next)) return std::move(*kind);
    }
    missing(typeid(Kind).name());
    return {};
  }
  template <class Kind>
  std::size_t count() {
    gather();
    return std::count_if(news_.begin(), news_.end(),
                         [](const mcp::News& news) { return std::holds_alternative<Kind>(news); });
  }
  /// The result of the call that ended, or what went wrong instead.
  std::string ended(mcp::CallId call);

 private:
  void gather();
  void missing(const char* kind);

  std::vector<mcp::Outgoing> sent_;
  std::vector<mcp::News> news_;
  std::int64_t newest_request_ = 0;
};

}  // namespace nightshift::tests
