// An actor of the supervision tree, without CAF in sight: it runs jobs, has a resident, ends, and
// is monitored by others.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/supervision/engine.hpp"

namespace nightshift::runtime::host {

/// How an actor ended, and why, in words.
struct Ending {
  supervision::Exit exit = supervision::Exit::normal;
  std::string why;
};

/// Thread-safe. Made by `Actors::spawn`.
class Strand {
 public:
  using Job = std::move_only_function<void()>;
  using Down = std::function<void(const Ending&)>;

  virtual ~Strand() = default;

  /// Runs in the actor, one at a time, in the order of posting. What a job throws ends the actor as
  /// failed. Dropped after the end.
  virtual void post(Job job) = 0;
  virtual void post_in(std::chrono::milliseconds delay, Job job) = 0;
  /// Ends the actor after the job that runs; those that wait are dropped. First its resident goes,
  /// then `down` is called in every actor that monitors it.
  virtual void end(Ending ending) = 0;
  /// `down` runs once in this actor when `other` has ended, at once if it has.
  virtual void monitor(Strand& other, Down down) = 0;
};

struct StrandOptions {
  /// Lives in the actor, and goes on the actor's thread.
  std::shared_ptr<void> resident;
  /// A thread of its own, as its jobs or its resident's end may block. Not in deterministic
  /// systems.
  bool own_thread = true;
  /// Called on the actor's thread after its end; for who is no actor.
  Strand::Down ended;
};

}  // namespace nightshift::runtime::host
