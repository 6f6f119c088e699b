// what-if, as people ask it: a policy from a file, beside a running node and without one.
#include <boost/test/unit_test.hpp>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::tests;
using nlohmann::json;

/// One object per line.
std::vector<json> lines_of(const Ended& ended) {
  std::vector<json> objects;
  std::istringstream lines(ended.out);
  for (std::string line; std::getline(lines, line);) objects.push_back(json::parse(line));
  return objects;
}

struct Night : House {
  Night() {
    add_anna();
    start();
    expect(0, "metering", {"usage", "reserve", "researcher", "key=a", "micro_usd=20000"});
    expect(0, "metering",
           {"usage", "settle", "researcher", "key=a", "model=claude-sonnet-4-5",
            "output_tokens=1000"});
    expect(0, "metering", {"usage", "reserve", "researcher", "key=b", "micro_usd=20000"});
    propose("offer");
    expect(0, "approved", {"approval", "approve", "offer", "--passphrase-file", passphrase_file()});
    await_status("offer", "sent");
  }

  Ended ask(const std::string& policy, bool as_json = true) const {
    write_file(path("policy.toml"), policy);
    std::vector<std::string> arguments{"what-if", "--policy", path("policy.toml"), "--since", "1"};
    if (as_json) arguments.insert(arguments.begin(), "--json");
    return run(arguments);
  }
};

constexpr auto dear = R"([prices."claude-sonnet-4.5"]
input_micro_usd = 3000000
output_micro_usd = 30000000
)";

constexpr auto tight = R"([budget.researcher]
window = "day"
micro_usd = 30000
[http]
listen = "127.0.0.1:1"
)";

}  // namespace

BOOST_AUTO_TEST_CASE(another_price_and_another_budget_are_worked_out_to_the_micro_dollar) {
  Night night;
  const auto same = night.ask("");
  BOOST_TEST(same.exit_code == 0, same.err);
  BOOST_TEST_REQUIRE(lines_of(same).size() == 1u, same.out);
  BOOST_TEST(lines_of(same).back().at("total").at("untold") == 0, same.out);

  auto said = lines_of(night.ask(dear));
  BOOST_TEST_REQUIRE(said.size() == 2u);
  BOOST_TEST(said[0].at("entity") == "usage/researcher");
  const auto& cost = said[1].at("total").at("amounts").at("Settled.call.micro_usd");
  BOOST_TEST(cost.at("was_micro_usd") == 15000);
  BOOST_TEST(cost.at("would_micro_usd") == 30000);

  said = lines_of(night.ask(tight));
  const auto& finding = said[0].at("findings").at(0);
  BOOST_TEST(finding.at("sort") == "refused");
  BOOST_TEST(finding.at("code") == "over_budget");
  BOOST_TEST(finding.at("event") == "Reserved");
  BOOST_TEST(said.back().at("notes").dump().contains("http.listen"));

  // The node is not asked: it may be away.
  night.stop();
  const auto text = night.ask(dear, false);
  BOOST_TEST(says(text.out, "usage/researcher: cost 0.015000 -> 0.030000 USD"), text.out);
  BOOST_TEST(says(text.out, "cannot be told"), text.out);
}

BOOST_AUTO_TEST_CASE(nothing_is_done_by_asking_what_would_have_been_done) {
  Night night;
  const auto before = night.delivered();
  const auto head = night.run({"audit", "head"}).out;
  const auto said = lines_of(night.ask("[node]\nrole = \"cloud\"\n"));
  BOOST_TEST_REQUIRE(said.size() == 2u);
  BOOST_TEST(said[0].at("entity") == "approval/offer");
  BOOST_TEST(said[0].at("findings").at(0).at("code") == "no_executor");
  BOOST_TEST(night.delivered() == before, boost::test_tools::per_element());
  BOOST_TEST(night.run({"audit", "head"}).out == head);
}

BOOST_AUTO_TEST_CASE(a_policy_is_checked_as_a_configuration_is) {
  House house;
  house.start();
  const auto refused = [&](const std::string& policy, const std::string& since,
                           const std::string& part) {
    write_file(house.path("policy.toml"), policy);
    house.expect(2, part, {"what-if", "--policy", house.path("policy.toml"), "--since", since});
  };
  refused("[budgets.a]\nwindow = \"day\"\n", "1", "did you mean");
  refused("[budget.a]\nwindow = \"day\"\n", "1", "has no micro_usd");
  refused("[budget.a]\nwindow = \"year\"\nmicro_usd = 1\n", "1", "policy.toml:2");
  refused("[node]\nzone = \"Mars/Olympus\"\n", "1", "time zone");
  refused("", "yesterday", "--since");
  refused("", "2026-13-01", "--since");
  house.expect(0, "with 0 decisions",
               {"what-if", "--policy", house.path("policy.toml"), "--since", "2999-01-01"});
  house.expect(2, "cannot be read", {"what-if", "--policy", house.path("none"), "--since", "1"});
}
