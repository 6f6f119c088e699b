// An agent, a price, and whose moves decide.
#include "tests/bridges/vault/owner.hpp"

#include <memory>

#include "messages/assignment.pb.h"
#include "messages/moves.pb.h"
#include "messages/prices.pb.h"
#include "messages/time.hpp"

namespace nightshift::bridges::vault {

kernel::OwnersData owners_data() {
  auto routing = std::make_shared<RoutingTable>();
  auto& agent = *routing->add_agents();
  agent.set_name("email");
  agent.set_channel(CHANNEL_EMAIL);
  agent.add_keywords("reply");

  auto prices = std::make_shared<PriceTable>();
  prices->set_version("0123456789ab");
  auto& price = *prices->add_prices();
  price.set_model("claude-sonnet-4.5");
  *price.mutable_valid_from() = to_proto(*from_rfc3339("2025-09-29T00:00:00Z"));
  price.mutable_rates()->set_input_micro_usd(3'000'000);
  price.mutable_rates()->set_output_micro_usd(15'000'000);

  auto moves = std::make_shared<MovePolicy>();
  moves->set_owner("mara");
  moves->add_channels("email");

  kernel::OwnersData data;
  data.emplace(MovePolicy::descriptor()->full_name(), std::move(moves));
  data.emplace(RoutingTable::descriptor()->full_name(), std::move(routing));
  data.emplace(PriceTable::descriptor()->full_name(), std::move(prices));
  return data;
}

}  // namespace nightshift::bridges::vault
