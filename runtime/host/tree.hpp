// The living tree of a node: its root supervisor, and what edges may see and do of it.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/host/supervisor.hpp"

namespace nightshift::runtime::host {

/// Thread-safe.
class LivingTree final : public supervision::Tree {
 public:
  struct Parts {
    Actors& actors;
    const Clock& clock;
    std::function<void(std::string_view)> report;
    /// The tree has ended by itself: restarts were too frequent everywhere up to the root.
    std::function<void(Error)> gave_up;
    /// Somebody wants an end that only the process can have: of the node, or of the journal.
    std::function<void(Error)> asked;
    /// A part's thread cannot be ended.
    std::function<void(Error)> stuck;
    /// Lets an actor run where there are no threads; empty where there are.
    std::function<void()> step;

    // -- entities, which are not parts

    std::function<std::vector<supervision::PartView>()> entities;
    std::function<Result<void>(const EntityRef&)> kill_entity;
    std::function<Result<void>(const EntityRef&)> resume_entity;
  };

  explicit LivingTree(Parts parts);
  ~LivingTree() override { stop(); }

  /// Starts everything, in order. The error of what could not start.
  Result<void> start(Branch root);
  /// Ends everything in reverse order, and waits for that.
  void stop();
  /// Ends everything now, without order: as a crash.
  void abandon();

  std::vector<supervision::PartView> view() const override;
  Result<void> kill(std::string_view path) override;
  Result<void> resume(std::string_view path) override;
  Result<void> add(std::string_view branch, supervision::Part part) override;

  /// Of parts and branches, in all.
  std::uint64_t restarts() const;

 private:
  void ended(const Ending& ending);
  Error unknown(std::string_view path) const;
  Result<EntityRef> entity_at(std::string_view path) const;
  template <class Ready>
  void wait(std::unique_lock<std::mutex>& lock, Ready ready);

  Parts parts_;
  mutable Board board_;
  Supervisor::World world_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<Supervisor> root_;
  std::optional<Error> error_;
  bool up_ = false;
  bool ended_ = false;
  bool stopping_ = false;
};

}  // namespace nightshift::runtime::host
