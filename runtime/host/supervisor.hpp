// One supervisor of the tree: follows the rules of `runtime/supervision` with actors. Each child is
// carried by an actor that it monitors; it lives in one itself. No CAF here.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/host/actors.hpp"
#include "runtime/host/plate.hpp"

namespace nightshift::runtime::host {

/// A supervisor and its children: first the branches, then the parts, each in its order.
struct Branch {
  std::string name;
  supervision::Rules rules;
  std::vector<Branch> branches;
  std::vector<supervision::Part> parts;
};

class Supervisor : public std::enable_shared_from_this<Supervisor> {
 public:
  /// What all supervisors of a tree share; outlives them.
  struct World {
    Actors& actors;
    const Clock& clock;
    Board& board;
    std::function<void(std::string_view)> report;
    /// A child did not stop within its patience: a thread of it still runs, and cannot be ended.
    std::function<void(Error)> stuck;
    /// Nothing is started any more.
    std::atomic<bool> abandoned = false;
  };
  /// What its maker wants to hear, on its actor's thread.
  struct Ears {
    /// All children run.
    std::function<void()> up;
    /// A child could not start at the beginning.
    std::function<void(Error)> cannot_start;
    /// It has ended, and all beneath it.
    Strand::Down ended;
  };

  /// Starts it in an actor of its own, and with it its children. `branch` is kept: what is added
  /// later is there after a restart as well.
  static std::shared_ptr<Supervisor> start(World& world, std::shared_ptr<Branch> branch,
                                           const std::string& path, Ears ears);
  ~Supervisor();

  // -- from any thread

  /// Children end first, the last started first; then it ends itself.
  void shut_down(supervision::Exit exit);
  /// One more child. `done` is dropped if this supervisor ends before the child runs.
  void add(supervision::Part part, std::function<void(Result<void>)> done);
  Strand& strand() { return *strand_; }

 private:
  struct Carrier;
  struct Child {
    std::shared_ptr<Branch> branch;
    supervision::Part part;
    std::shared_ptr<Plate> plate;
    /// What runs; null while nothing does.
    std::shared_ptr<Strand> strand;
    std::shared_ptr<Supervisor> supervisor;
    /// Numbers the lives, so that news of an earlier one is not taken for that of the present one.
    std::uint64_t life = 0;
    std::size_t failed_starts = 0;
    /// Why the present life could not begin; written before its actor ends.
    std::shared_ptr<std::optional<Error>> error;
    std::function<void(Result<void>)> added;
  };

  Supervisor(World& world, std::shared_ptr<Branch> branch, const std::string& path, Ears ears);
  void begin();
  void adopt(Child child, supervision::Patience patience, supervision::Restart restart);
  void obey(supervision::Order order);
  void start_child(std::size_t index);
  void start_branch(std::size_t index);
  void start_part(std::size_t index);
  void stop_child(std::size_t index);
  void up(std::size_t index, std::uint64_t life);
  void down(std::size_t index, const Ending& ending);
  void lost(std::size_t index, const Ending& ending);
  void finish();
  /// Runs in this actor, if it is still there.
  std::function<void()> here(std::function<void(Supervisor&)> job);

  World& world_;
  const std::shared_ptr<Branch> branch_;
  const std::shared_ptr<Plate> plate_;
  Ears ears_;
  std::shared_ptr<Strand> strand_;
  supervision::Engine engine_;
  std::vector<Child> children_;
  supervision::Exit exit_ = supervision::Exit::shutdown;
  std::string cause_;
  bool told_up_ = false;
};

}  // namespace nightshift::runtime::host
