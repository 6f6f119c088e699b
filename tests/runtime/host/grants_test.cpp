// What a node may do at all: roles, capabilities, and standing grants right before the dispatch.
#include <boost/test/unit_test.hpp>

#include "messages/host.pb.h"
#include "tests/runtime/host/fixture.hpp"
#include "tests/support/kinds/errand.pb.h"
#include "tests/support/receiver.hpp"

namespace nightshift::tests {
namespace {

using runtime::ReceiverClass;

struct Rights : NodeFixture {
  std::shared_ptr<Receiver> to = std::make_shared<Receiver>(ReceiverClass::keyed);

  void order(bool gated) {
    errand::Order command;
    command.set_gated(gated);
    BOOST_REQUIRE(call("errand/p", command));
    eventually([&] { return status("errand/p") == "over"; }, "errand/p is over");
  }
  /// What the newest record of errand/p says.
  std::string last_sentence() {
    const auto events = node().events(*parse_entity("errand/p"), 0, 10);
    BOOST_REQUIRE(events);
    return events->back().sentence;
  }
  void check_not_sent(std::string_view because) {
    BOOST_TEST(story("errand/p") == "Ordered host.Ended");
    BOOST_TEST((last_sentence().find(because) != std::string::npos), last_sentence());
    BOOST_TEST(to->performed() == 0);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(grants, Rights)

BOOST_AUTO_TEST_CASE(what_a_standing_grant_covers_happens_on_a_cloud_node_and_names_the_grant) {
  role = "cloud";
  start({to});
  order(false);
  BOOST_TEST(story("errand/p") == "Ordered host.Dispatched host.Ended");
  const auto events = node().events(*parse_entity("errand/p"), 1, 1);
  BOOST_REQUIRE(events);
  const auto* sent = dynamic_cast<const host::Dispatched*>(events->front().event.get());
  BOOST_REQUIRE(sent != nullptr);
  BOOST_TEST((sent->grant() == STANDING_GRANT_HEALTH_PROBE));
  BOOST_TEST(events->front().sentence ==
             "was handed to the executor, attempt 1, by the standing grant health_probe");
}

BOOST_AUTO_TEST_CASE(what_its_standing_grant_does_not_cover_is_not_sent) {
  to->granted = false;
  start({to});
  order(false);
  check_not_sent("not the configured one");
}

BOOST_AUTO_TEST_CASE(an_approved_effect_never_leaves_a_cloud_node) {
  role = "cloud";
  capabilities = {"ship"};
  start({to});
  order(true);
  check_not_sent("a cloud node and only drafts");
}

BOOST_AUTO_TEST_CASE(a_node_without_the_capability_sends_nothing_gated_or_not) {
  for (const bool gated : {false, true}) {
    capabilities = {"mail"};
    start({to});
    errand::Order command;
    command.set_gated(gated);
    const std::string name = gated ? "errand/gated" : "errand/free";
    BOOST_REQUIRE(call(name, command));
    eventually([&] { return status(name) == "over"; }, name + " is over");
    BOOST_TEST(story(name) == "Ordered host.Ended");
    const auto events = node().events(*parse_entity(name), 1, 1);
    BOOST_REQUIRE(events);
    BOOST_TEST((events->front().sentence.find("lacks the capability ship") != std::string::npos));
  }
  BOOST_TEST(to->performed() == 0);
}

BOOST_AUTO_TEST_CASE(a_grant_that_ended_while_the_node_was_down_repeats_nothing) {
  options.crash_point = [&](std::string_view name) {
    if (name == "before_delivery") keep_image();
  };
  start({to});
  order(false);
  options.crash_point = nullptr;
  stop();
  to->granted = false;
  const auto performed = to->performed();
  start_from_image({to});
  eventually([&] { return status("errand/p") == "over"; }, "errand/p is over");
  BOOST_TEST(to->performed() == performed);
  BOOST_TEST((last_sentence().find("unknown_after_dispatch") != std::string::npos),
             last_sentence());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
