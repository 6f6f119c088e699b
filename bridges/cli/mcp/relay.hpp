// Messages of MCP between a client on two streams and a node that may come and go.
#pragma once

#include <condition_variable>
#include <functional>
#include <iosfwd>
#include <list>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include "bridges/cli/node_api.hpp"

namespace nightshift::bridges::cli {

inline constexpr std::size_t relay_line_bytes_max = 8u << 20;
inline constexpr std::size_t relay_requests_max = 64;

class Relay {
 public:
  /// Of its own for every thread.
  using MakeApi = std::function<NodeApi()>;

  Relay(MakeApi make, std::string version, std::ostream& out);
  /// What is still asked for is given up.
  ~Relay();

  /// Reads messages from a descriptor, a line each, until it ends.
  void run(int input);

 private:
  using Json = nlohmann::json;
  /// A request that the node is asked, and the thread that asks.
  struct Errand {
    std::thread thread;
    bool over = false;
  };

  void take(const std::string& line);
  void begin(Json request);
  void ask(const Json& request);
  /// The node's answer to one request; nothing where it was given up.
  std::optional<Json> answer_of(const Json& request);
  /// One exchange; nothing where it has to be asked again.
  std::optional<Json> once(NodeApi& api, const Json& request, const Json& id);
  Json opened(const Json& params) const;

  /// False where the request was cancelled, or all of it ends.
  bool pause(const Json& id, std::chrono::milliseconds time);
  void say(const Json& message);
  void reap();

  const MakeApi make_;
  const std::string version_;
  std::ostream& out_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Errand> errands_;
  std::set<std::string> cancelled_;
  bool ending_ = false;
};

}  // namespace nightshift::bridges::cli
