// The node: the parts of the host, put together. `runtime/node.hpp` is what others see; here are
// the seams by which a simulation drives it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/abroad.hpp"
#include "runtime/host/actors.hpp"
#include "runtime/host/core.hpp"
#include "runtime/host/parts.hpp"
#include "runtime/host/tree.hpp"
#include "runtime/node.hpp"
#include "runtime/reading.hpp"
#include "runtime/surveyor.hpp"

namespace nightshift::runtime::host {

struct HostMode {
  /// No threads: actors run by `step`, executors inside the log's completions, time by `tick`; and
  /// destruction waits for nothing, as a crash.
  bool deterministic = false;
  /// Lets the log work, where it does so by hand: the start may have to wait for it.
  std::function<void()> drive;
  /// Other nodes; null where there are none.
  std::shared_ptr<Abroad> abroad = nullptr;
};

class Host final : public Node {
 public:
  Host(std::shared_ptr<storage::EventLog> log, std::shared_ptr<const Catalog> catalog,
       std::shared_ptr<Clock> clock, std::vector<std::shared_ptr<Executor>> executors,
       NodeOptions options, HostMode mode);
  ~Host() override;

  /// Makes rows anew where a kind derives them otherwise than before; reads who may do what, and
  /// what is open.
  Result<void> start();

  const Catalog& catalog() const override { return *catalog_; }
  const Identity& identity() const override { return log_->identity(); }
  Clock& clock() override { return *clock_; }
  void submit(Command command, Reply reply) override;
  Result<Answer> get(const EntityRef& entity) const override;
  Result<ListPage> list(const ListQuery& query) const override { return reading_.list(query); }
  Result<std::uint64_t> count(const std::string& kind, const std::string& status,
                              std::uint64_t most) const override {
    return reading_.count(kind, status, most);
  }
  Result<std::vector<EventView>> events(std::uint64_t after, std::size_t limit) const override {
    return reading_.events(after, limit);
  }
  Result<std::vector<EventView>> events(const EntityRef& entity, std::uint64_t after,
                                        std::size_t limit) const override {
    return reading_.events(entity, after, limit);
  }
  std::shared_ptr<const Authority> authority() const override;
  storage::ChainHead head() const override { return log_->head(); }
  std::vector<WaitingTell> waiting_tells() const override;
  NodeStats stats() const override;
  std::vector<Error> obstacles() const override;
  supervision::Tree& tree() override { return *tree_; }
  Watch watch(std::function<void(std::uint64_t)> notify) override;

  // -- simulation

  /// Lets one actor run; false if none has mail.
  bool step(std::uint64_t pick) { return actors_->step(pick); }
  /// Looks what is due. Returns how long until the next.
  std::optional<std::chrono::microseconds> tick();

 private:
  /// Finds out what the command needs on a thread that may read, then delivers it; false where it
  /// needs nothing.
  bool survey(std::unique_ptr<Call>& call);
  Result<void> rederive();
  std::unique_ptr<Mailbox> spawn(const EntityRef& entity, std::uint64_t activation);
  std::chrono::microseconds sweep();
  void drain();
  void send_abroad(const std::string& home, Command command, Reply reply);
  /// What another node's entity tells one of this.
  void hear(Command command, Telling telling, Reply reply);
  LivingTree::Parts tree_parts();
  Result<void> kill(const EntityRef& entity);
  Result<void> resume(const EntityRef& entity);

  const std::shared_ptr<storage::EventLog> log_;
  const std::shared_ptr<const Catalog> catalog_;
  const std::shared_ptr<Clock> clock_;
  const HostMode mode_;
  const Reading reading_;
  /// By the type of their effect.
  std::map<std::string, std::shared_ptr<Surveyor>> surveyors_;
  std::shared_ptr<Core> core_;
  std::unique_ptr<Actors> actors_;
  Branch branches_;
  std::unique_ptr<LivingTree> tree_;
  std::chrono::microseconds swept_at_{};
};

Result<std::unique_ptr<Host>> start(std::shared_ptr<storage::EventLog> log,
                                    std::shared_ptr<const Catalog> catalog,
                                    std::shared_ptr<Clock> clock,
                                    std::vector<std::shared_ptr<Executor>> executors,
                                    NodeOptions options, HostMode mode);

}  // namespace nightshift::runtime::host
