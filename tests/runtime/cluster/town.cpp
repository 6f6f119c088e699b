// Nodes of one cluster.
#include "tests/runtime/cluster/town.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {

using runtime::cluster::Credentials;
using runtime::cluster::Invitation;
using runtime::cluster::Trust;

Time town_time() { return time_from_us(1'800'000'000'000'000); }

std::string role_of(const std::string& node) {
  return node.starts_with("cloud") ? "cloud" : "local";
}

Town::Town(Time now) : now_(now) {
  BOOST_TEST_REQUIRE(trust("laptop").init({"laptop", "local"}, now_).has_value());
}

Trust Town::trust(const std::string& node) const { return Trust(folder(node)); }

Invitation Town::invitation(const std::string& node) const {
  auto invitation = trust("laptop").invite({.node = node, .role = role_of(node)}, now_);
  BOOST_TEST_REQUIRE(invitation.has_value());
  return *invitation;
}

Credentials Town::credentials(const std::string& node) const {
  auto credentials = trust(node).credentials();
  BOOST_TEST_REQUIRE(credentials.has_value());
  return *credentials;
}

Credentials Town::member(const std::string& node) {
  BOOST_TEST_REQUIRE(trust(node).join(invitation(node), std::nullopt, now_).has_value());
  const auto asked = trust(node).wanted_request(now_);
  BOOST_TEST_REQUIRE((asked.has_value() && asked->has_value()));
  const auto invited = credentials(node).facts;
  const auto given = trust("laptop").renew(invited.subject, invited.serial, **asked, now_);
  BOOST_TEST_REQUIRE(given.has_value());
  BOOST_TEST_REQUIRE(trust(node).accept(*given, now_).has_value());
  return credentials(node);
}

}  // namespace nightshift::tests
