// A connection to a server that any thread may use: a thread of its own turns the machine.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "bridges/mcp/protocol/client.hpp"
#include "bridges/mcp/transport/link.hpp"
#include "runtime/clock.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::mcp {

/// Thread-safe. Callbacks run on the connection's thread and must not block. When the connection is
/// lost it stays so, and says `Closed`: whoever wants the server again makes a new one.
class Connection {
 public:
  /// All news but the ends of calls.
  using OnNews = std::function<void(News)>;
  /// Called exactly once.
  using OnEnd = std::move_only_function<void(Outcome)>;
  /// Names a call of this connection.
  using Ticket = std::uint64_t;

  Connection(std::unique_ptr<Link> link, ClientOptions options,
             std::shared_ptr<runtime::Clock> clock, OnNews on_news);
  /// What is under way ends first, as unknown.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Ticket call(Call call, OnEnd on_end);
  void cancel(Ticket ticket, std::string reason);
  /// `done` is told whether the reply was one.
  void answer(QuestionId question, Reply reply, std::function<void(Result<void>)> done);

 private:
  class Loop;
  using Deed = std::move_only_function<void(Loop&)>;

  void post(Deed deed);
  std::vector<Deed> take_deeds();
  void run(std::unique_ptr<Link> link, ClientOptions options, OnNews on_news);

  const std::shared_ptr<runtime::Clock> clock_;
  runtime::Descriptor wake_;
  std::mutex mutex_;
  std::vector<Deed> deeds_;
  Ticket last_ticket_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace nightshift::bridges::mcp
