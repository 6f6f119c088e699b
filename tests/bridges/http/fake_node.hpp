// A node in memory: the kinds' real rules, nothing durable, and failures on demand.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/node.hpp"
#include "tests/bridges/http/fake_tree.hpp"

namespace nightshift::tests {

/// Thread-safe. Answers at once, on the caller's thread.
class FakeNode final : public runtime::Node {
 public:
  explicit FakeNode(std::unique_ptr<runtime::Catalog> catalog);

  /// A principal with a token of this text.
  void give_token(const std::string& principal, const std::string& token,
                  const std::set<Scope>& scopes, bool agent = false);
  void take_tokens(const std::string& principal);
  /// Every command from now on fails so; nothing ends that.
  void fail_commands_with(std::optional<Error> error);
  /// Commands are taken and not answered until this is called with false.
  void hold_answers(bool hold);
  std::size_t commands_seen() const;

  const runtime::Catalog& catalog() const override { return *catalog_; }
  const Identity& identity() const override { return identity_; }
  runtime::Clock& clock() override { return clock_; }
  void submit(runtime::Command command, runtime::Reply reply) override;
  Result<runtime::Answer> get(const EntityRef& entity) const override;
  Result<runtime::ListPage> list(const runtime::ListQuery& query) const override;
  Result<std::uint64_t> count(const std::string& kind, const std::string& status,
                              std::uint64_t most) const override;
  Result<std::vector<runtime::EventView>> events(std::uint64_t after,
                                                 std::size_t limit) const override;
  Result<std::vector<runtime::EventView>> events(const EntityRef& entity, std::uint64_t after,
                                                 std::size_t limit) const override;
  std::shared_ptr<const Authority> authority() const override;
  storage::ChainHead head() const override;
  std::vector<runtime::WaitingTell> waiting_tells() const override { return waiting; }
  runtime::NodeStats stats() const override;
  /// What commands fail with.
  std::vector<Error> obstacles() const override;
  FakeTree& tree() override { return tree_; }
  Watch watch(std::function<void(std::uint64_t)> notify) override;

  /// What kinds decide by.
  kernel::OwnersData data;
  /// What the node says of Tells.
  std::vector<runtime::WaitingTell> waiting;

 private:
  struct Stored {
    std::unique_ptr<kernel::Entity> entity;
    std::uint64_t sequence = 0;
    std::uint64_t offset = 0;
  };
  struct Remembered {
    std::string request;
    runtime::Answer answer;
  };

  Result<runtime::Answer> decide(const runtime::Command& command);
  Result<void> apply(const runtime::Command& command, Stored& stored);
  void record(const runtime::Command& command, const google::protobuf::Message& event,
              Stored& stored);
  runtime::Answer answer_of(const EntityRef& ref, const Stored& stored) const;
  bool fits(const runtime::ListQuery& query, const Stored& stored) const;

  const std::unique_ptr<runtime::Catalog> catalog_;
  Identity identity_;
  runtime::ManualClock clock_;
  FakeTree tree_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Authority> authority_;
  std::map<EntityRef, Stored> entities_;
  std::vector<runtime::EventView> log_;
  std::map<std::string, Remembered> remembered_;
  std::optional<Error> failure_;
  bool holding_ = false;
  std::deque<runtime::Reply> held_;
  std::size_t commands_ = 0;
  std::map<int, std::function<void(std::uint64_t)>> watches_;
  int next_watch_ = 0;
};

}  // namespace nightshift::tests
