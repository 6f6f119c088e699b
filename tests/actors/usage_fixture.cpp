// A meter in tests.
#include "tests/actors/usage_fixture.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

namespace nightshift::tests {

usage_pb::Budget UsageFixture::window(usage_pb::Window which) const {
  const auto shown = view();
  const auto found = std::ranges::find(shown.windows(), which, &usage_pb::Budget::window);
  BOOST_TEST_REQUIRE((found != shown.windows().end()));
  return *found;
}

void UsageFixture::expire() {
  const auto work = story.entity().pending();
  BOOST_TEST_REQUIRE(work.deadlines.size() == 1u);
  story.world.now = std::max(story.world.now, work.deadlines.front().due);
  story.world.caller = kernel::Caller::of_host();
  story.when(usage_pb::Expire()).then_accepted();
  story.world.caller = person("alice");
}

}  // namespace nightshift::tests
