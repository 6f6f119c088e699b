// Nodes with their journals and their post, and a line between two of them that a test holds in its
// hand: no sockets, so what is sent can be looked at, lost and forged.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/cluster/courier.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

/// What came of a command.
struct Came {
  std::mutex mutex;
  std::optional<Result<std::variant<runtime::Answer, runtime::Waiting>>> sent;

  bool there();
  /// Must have come, and be an answer.
  runtime::Answer answer();
  bool waits();
  ErrorCode refused();
  /// Neither decided nor in the outbox, or not known to be.
  bool failed();
};

class Villager {
 public:
  Villager(std::string name, std::string role, std::map<std::string, std::string> homes,
           std::uint64_t items_max = 10'000);

  /// The node from its files, as after a start.
  void start();
  /// Ends at once; what was in memory is lost.
  void stop();

  runtime::Node& node() { return *node_; }
  runtime::cluster::Courier& courier() { return *courier_; }
  std::shared_ptr<storage::EventLog> log() const { return log_; }
  std::shared_ptr<const runtime::Catalog> catalog() const { return catalog_; }
  std::shared_ptr<runtime::Clock> clock() const { return clock_; }
  bool runs() const { return node_ != nullptr; }
  const std::string& name() const { return name_; }
  const std::string& role() const { return role_; }
  const std::filesystem::path& path() const { return folder_.path(); }

  /// By an administrator of this node.
  std::shared_ptr<Came> send(const EntityRef& entity,
                             std::shared_ptr<const google::protobuf::Message> body,
                             const std::string& key = {});
  /// Of an entity here; empty where there is none.
  std::string status(const EntityRef& entity) const;
  std::uint64_t sequence(const EntityRef& entity) const;

 private:
  const std::string name_;
  const std::string role_;
  const std::map<std::string, std::string> homes_;
  const std::uint64_t items_max_;
  TemporaryFolder folder_;
  std::shared_ptr<runtime::Clock> clock_ = std::make_shared<runtime::SystemClock>();
  std::shared_ptr<const runtime::Catalog> catalog_;
  std::shared_ptr<storage::EventLog> log_;
  std::shared_ptr<runtime::cluster::Courier> courier_;
  std::unique_ptr<runtime::Node> node_;
};

/// Between two that run.
class Line {
 public:
  Line(Villager& one, Villager& other) : one_(one), other_(other) {}
  ~Line() { down(); }

  void up();
  void down();
  /// Of everything that was sent since: from whom, and the bytes.
  std::vector<std::pair<std::string, std::string>> sent() const;

 private:
  runtime::cluster::Wire wire(Villager& from, Villager& to);

  Villager& one_;
  Villager& other_;
  mutable std::mutex mutex_;
  bool up_ = false;
  std::vector<std::pair<std::string, std::string>> sent_;
};

}  // namespace nightshift::tests
