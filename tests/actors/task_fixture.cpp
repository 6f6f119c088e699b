// What happens to the task of a test.
#include "tests/actors/task_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/host.pb.h"

namespace nightshift::tests {

effect::ComposeDraft TaskFixture::asked() const {
  const auto work = story.entity().pending();
  BOOST_TEST_REQUIRE(work.effects.size() == 1u);
  effect::ComposeDraft message;
  BOOST_TEST_REQUIRE(message.ParseFromString(work.effects.front().payload));
  return message;
}

void TaskFixture::hand_in(const std::string& draft) {
  task_pb::TakeDraft command;
  command.set_assignment(view().assignment());
  command.set_draft(draft);
  story.world.caller = kernel::Caller::of_entity({"draft", draft});
  story.when(command).then_accepted();
  story.world.caller = person("alice");
}

void TaskFixture::conclude(const std::string& draft, const std::string& outcome,
                           const std::string& detail) {
  task_pb::Conclude command;
  command.set_draft(draft);
  command.set_outcome(outcome);
  command.set_detail(detail);
  story.world.caller = kernel::Caller::of_entity({"draft", draft});
  story.when(command).then_accepted();
  story.world.caller = person("alice");
}

void TaskFixture::end(EffectState state, const std::string& evidence) {
  host::Ended ended;
  ended.set_effect_id(view().assignment());
  ended.set_attempt(1);
  ended.set_state(state);
  ended.set_evidence(evidence);
  ended.set_last(true);
  story.given(ended);
}

}  // namespace nightshift::tests
