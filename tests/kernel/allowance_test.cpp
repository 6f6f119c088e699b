// Who may run which effect: role, capability, standing grant.
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "messages/effects.pb.h"
#include "messages/host.pb.h"
#include "runtime/kernel/allowance.hpp"
#include "tests/support/kinds/errand.pb.h"

namespace {

using namespace nightshift;

const std::string outbox = effect::DeliverToOutbox::descriptor()->full_name();
const std::string probe = errand::Ship::descriptor()->full_name();
const std::string no_effect = host::Ended::descriptor()->full_name();

}  // namespace

BOOST_AUTO_TEST_CASE(role_capability_and_gate_decide_what_a_node_may_do) {
  struct Case {
    const char* role;
    std::vector<std::string> capabilities;
    std::string effect;
    bool gated;
    std::optional<ErrorCode> refused;
  };
  using enum ErrorCode;
  for (const auto& [role, capabilities, effect, gated, refused] : std::vector<Case>{
           {"local", {}, outbox, true, {}},
           {"local", {"mail", "outbox"}, outbox, true, {}},
           {"local", {"mail"}, outbox, true, no_executor},
           {"local", {}, outbox, false, forbidden},
           {"local", {}, probe, false, {}},
           {"local", {"ship"}, probe, false, {}},
           {"local", {"mail"}, probe, false, no_executor},
           {"local", {}, probe, true, {}},
           {"cloud", {}, outbox, true, no_executor},
           {"cloud", {"outbox"}, outbox, true, no_executor},
           {"cloud", {}, outbox, false, forbidden},
           {"cloud", {}, probe, false, {}},
           {"cloud", {"mail"}, probe, false, no_executor},
           {"cloud", {}, probe, true, no_executor},
           {"local", {}, no_effect, true, no_executor},
           {"local", {}, "nightshift.effect.Absent", false, no_executor},
       }) {
    kernel::NodeFacts node;
    node.role = role;
    node.capabilities = capabilities;
    const auto right = kernel::right_to_act(node, effect, gated);
    BOOST_TEST_CONTEXT(role << " " << effect << (gated ? " gated" : " free")) {
      BOOST_TEST(right.has_value() == !refused);
      if (right) BOOST_TEST((*right != STANDING_GRANT_UNSPECIFIED) == !gated);
      if (!right) BOOST_TEST((right.error().code == refused));
      if (!right) BOOST_TEST(!right.error().detail.empty());
    }
  }
}
