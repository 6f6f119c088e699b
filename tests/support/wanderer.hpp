// Walks through an entity's states as the host would: commands, dispatches and their ends,
// deadlines, refusals of what it told others; and checks at every step what every kind promises.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "messages/host.pb.h"
#include "runtime/kernel/kind.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/world.hpp"

namespace nightshift::tests {

/// One thing that happened on the way. Names are those of messages; `after` is the phase it led to.
struct Step {
  std::string phase;
  /// The command that was decided; empty for an event of the host.
  std::string command;
  /// The event that was folded; empty where a command was refused or changed nothing.
  std::string event;
  /// Name of the error; empty where the command was accepted.
  std::string refusal;
  std::string after;
};

class Wanderer {
 public:
  /// Calls `seen` after each step. A broken promise throws `std::logic_error` with the details.
  Wanderer(const kernel::Kind& kind, std::uint64_t seed, std::function<void(const Step&)> seen);

  void step();
  const kernel::Entity& entity() const { return *entity_; }

 private:
  const kernel::CommandInfo& pick_command();
  void command_step();
  void effect_step(const std::string& effect_id);
  void end_step(const std::string& effect_id);
  void deadline_step(const kernel::Deadline& deadline);
  void refused_step(const host::Told& told);
  void decide(const kernel::CommandInfo& command, const google::protobuf::Message& message);
  void fold(const google::protobuf::Message& event, const std::string& command);
  void check_shown() const;
  void check(bool holds, const std::string& promise) const;

  const kernel::Kind& kind_;
  std::uint64_t seed_;
  Dice dice_;
  World world_;
  /// Of the world as it was made: who may approve comes and goes in a walk.
  const Authority everybody_ = world_.authority;
  std::function<void(const Step&)> seen_;
  std::unique_ptr<kernel::Entity> entity_;
  /// Built from the bytes of the events alone.
  std::unique_ptr<kernel::Entity> replayed_;
  /// Every effect that was ever wanted, once per step.
  std::vector<std::string> effect_ids_;
  std::vector<host::Told> told_;
  std::string last_;
};

}  // namespace nightshift::tests
