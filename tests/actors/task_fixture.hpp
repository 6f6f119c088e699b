// A task and the commands of its tests.
#pragma once

#include <memory>
#include <string>

#include "actors/task/task.hpp"
#include "messages/effects.pb.h"
#include "runtime/kernel/lift.hpp"
#include "tests/support/story.hpp"

namespace nightshift::tests {

namespace task_pb = nightshift::task;

inline task_pb::Arrive arrive(std::string title, std::string text = "") {
  task_pb::Arrive command;
  command.set_title(std::move(title));
  command.set_text(std::move(text));
  return command;
}

struct TaskFixture {
  std::unique_ptr<const kernel::Kind> kind = kernel::lift<actors::Task>();
  Story story{*kind};

  task_pb::View view() const { return story.view<task_pb::View>(); }
  /// The effect under way, if any.
  effect::ComposeDraft asked() const;
  /// What the draft of that name says, of the newest assignment.
  void hand_in(const std::string& draft);
  void conclude(const std::string& draft, const std::string& outcome,
                const std::string& detail = "");
  /// An end of the agent's work, the last one.
  void end(EffectState state, const std::string& evidence = "");
};

}  // namespace nightshift::tests
