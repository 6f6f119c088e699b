// What waits for a person, on a running node: a decision, then an outcome that nobody knows.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"

namespace {

using namespace nightshift::tests;
using nlohmann::json;

struct Doubtful : House {
  Doubtful() {
    add_anna();
    environment["NIGHTSHIFT_CRASH_AT"] = "after_delivery";
    start();
    environment.erase("NIGHTSHIFT_CRASH_AT");
  }

  json inbox() const {
    const auto shown = run({"--json", "inbox"});
    BOOST_TEST(shown.exit_code == 0, shown.err);
    return json::parse(shown.out)["items"];
  }
  void approve(const std::string& id) const {
    // The node dies in the middle: what it answers does not matter.
    (void)run({"approval", "approve", id, "--passphrase-file", passphrase_file()});
  }
  /// The node ended right behind the delivery; somebody writes into what was delivered.
  void make_doubtful() {
    const auto ended = node().wait();
    BOOST_TEST(ended.exit_code == 128 + SIGKILL);
    const auto outbox = folder().root() / "Outbox" / "new";
    for (const auto& file : std::filesystem::directory_iterator(outbox)) {
      std::ofstream(file.path(), std::ios::app) << "and more";
    }
    start();
  }
  std::string token(const std::string& name, bool agent) const {
    std::vector<std::string> create{"--json", "token", "create", name, "--scope", "operate"};
    if (agent) create.push_back("--agent");
    return json::parse(run(create).out).at("token").get<std::string>();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_doubtful_delivery_is_in_the_inbox_until_a_person_resolves_it, Doubtful) {
  propose("offer");
  BOOST_TEST_REQUIRE(inbox().size() == 1u);
  BOOST_TEST(inbox()[0]["status"] == "pending");
  expect(0, "nightshift approval approve|reject|edit|withdraw offer", {"inbox"});
  expect(4, "pending", {"approval", "resolve", "offer", "outcome=committed"});
  approve("offer");
  make_doubtful();
  await_status("offer", "unknown");
  BOOST_TEST_REQUIRE(inbox().size() == 1u);
  BOOST_TEST(inbox()[0]["status"] == "unknown");
  BOOST_TEST(inbox()[0]["commands"] == json::parse(R"(["resolve"])"));
  BOOST_TEST(inbox()[0]["entity"]["effects"][0]["state"] == "unknown_after_dispatch");
  expect(0, "nightshift approval resolve offer", {"inbox"});

  expect(5, "agent",
         {"--token", token("scribe", true), "approval", "resolve", "offer", "outcome=committed"});
  expect(1, "outcome", {"approval", "resolve", "offer"});
  expect(1, "outcome", {"approval", "resolve", "offer", "outcome=perhaps"});
  expect(3, "there is no", {"approval", "resolve", "another", "outcome=committed"});
  BOOST_TEST(status("offer") == "unknown");
  expect(0, "sent",
         {"--token", token("bob", false), "approval", "resolve", "offer", "outcome=committed",
          "evidence=it lies there"});
  expect(4, "sent", {"approval", "resolve", "offer", "outcome=failed"});
  BOOST_TEST(inbox().empty());
  expect(0, "nothing waits for you", {"inbox"});
  BOOST_TEST(delivered().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(one_that_is_resolved_as_failed_may_be_retried, Doubtful) {
  propose("offer");
  approve("offer");
  make_doubtful();
  await_status("offer", "unknown");
  expect(0, "failed", {"approval", "resolve", "offer", "outcome=failed"});
  BOOST_TEST(inbox().empty());
  expect(0, "pending", {"approval", "retry", "offer"});
  BOOST_TEST_REQUIRE(inbox().size() == 1u);
  BOOST_TEST(inbox()[0]["status"] == "pending");
}
