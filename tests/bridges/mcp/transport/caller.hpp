// A connection, its calls, and what became of them.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bridges/mcp/transport/connection.hpp"

namespace nightshift::tests {

namespace mcp = bridges::mcp;

class Caller {
 public:
  explicit Caller(std::unique_ptr<mcp::Link> link, mcp::ClientOptions options = {.version = "1"});

  /// Its place in `outcome`.
  std::size_t call(mcp::Call call);
  std::size_t call_tool(const std::string& name = "add");
  /// Waits until it has ended: the result, or what went wrong instead.
  std::string outcome(std::size_t call);
  /// How often this call ended.
  int ends(std::size_t call) const;
  void cancel(std::size_t call);

  /// Waits for news of this type.
  template <class Kind>
  Kind news() {
    Kind found;
    await(
        [&] {
          for (const auto& news : news_) {
            if (const auto* kind = std::get_if<Kind>(&news)) return found = *kind, true;
          }
          return false;
        },
        typeid(Kind).name());
    return found;
  }
  template <class Kind>
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return std::count_if(news_.begin(), news_.end(),
                         [](const mcp::News& news) { return std::holds_alternative<Kind>(news); });
  }
  /// Closes the connection.
  void hang_up() { connection_.reset(); }

 private:
  struct Made {
    mcp::Connection::Ticket ticket = 0;
    int ends = 0;
    std::string outcome;
  };

  void await(const std::function<bool()>& condition, std::string_view what) const;

  mutable std::mutex mutex_;
  std::vector<Made> made_;
  std::vector<mcp::News> news_;
  std::unique_ptr<mcp::Connection> connection_;
};

}  // namespace nightshift::tests
