// export-test and check-test: a real night as a test of the program.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::tests;

constexpr auto canary = "canary-4471-whsec";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, from << " is not in the test");
  return text.replace(at, from.size(), to);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_night_becomes_a_test_that_passes_here_and_fails_elsewhere) {
  House house;
  house.add_anna();
  house.start();
  house.propose("offer");
  house.expect(0, "approved",
               {"approval", "approve", "offer", "--passphrase-file", house.passphrase_file()});
  house.await_status("offer", "sent");
  const auto file = house.path("offer.test");
  house.expect(0, "2 of them", {"export-test", "approval/offer", "--out", file});
  struct stat about{};
  BOOST_TEST_REQUIRE(::stat(file.c_str(), &about) == 0);
  BOOST_TEST((about.st_mode & 0777) == 0600u);
  house.expect(1, "is there already", {"export-test", "approval/offer", "--out", file});
  house.stop();
  house.expect(0, "passed: 4 steps", {"check-test", file});
  BOOST_TEST(house.run({"export-test", "approval/offer"}).out == read_file(file));

  write_file(file, replaced(read_file(file), "\"title\":\"Offer offer\"", "\"title\":\"Other\""));
  house.expect(1, "Proposed", {"check-test", file});
  const auto told = house.run({"--json", "check-test", file});
  BOOST_TEST(!nlohmann::json::parse(told.out).at("differences").empty(), told.out);
  house.expect(3, "there is no approval/none", {"export-test", "approval/none"});
  house.expect(3, "did you mean approval", {"export-test", "aproval/none"});
  house.expect(2, "KIND/ID", {"export-test", "offer"});
}

BOOST_AUTO_TEST_CASE(no_secret_of_the_node_gets_into_a_test) {
  House house;
  house.add_anna();
  house.environment["CRM_SECRET"] = canary;
  write_file(house.path("config.toml"),
             "[webhook.crm]\nurl = \"http://127.0.0.1:9/\"\nsecret = \"env:CRM_SECRET\"\n"
             "[webhook.kept]\nurl = \"http://127.0.0.1:9/\"\nsecret = \"sealed:kept\"\n");
  write_file(house.path("kept"), canary);
  house.expect(0, "", {"secret", "set", "kept", "--file", house.path("kept")});
  house.start({"--config", house.path("config.toml")});
  const auto token = house.run({"token", "create", "mailer", "--scope", "propose", "--agent"}).out;
  BOOST_TEST_REQUIRE(token.size() > 20u);
  house.expect(0, "pending",
               {"--token", token.substr(0, token.find('\n')), "approval", "propose", "call",
                "title=Tell the CRM", "category=odoo", "action.webhook.target=kept",
                "action.webhook.payload={}"});
  house.expect(0, "approved",
               {"approval", "approve", "call", "--passphrase-file", house.passphrase_file()});
  const auto admin = read_file(house.folder().admin_token_file());
  for (const std::string entity : {"approval/call", "principal/mailer", "principal/anna"}) {
    const auto made = house.run({"export-test", entity});
    BOOST_TEST(made.exit_code == 0, made.err);
    for (const auto& secret : {std::string(canary), std::string("correct horse"),
                               token.substr(0, token.find('\n')), admin.substr(0, 20)}) {
      BOOST_TEST(!says(made.out, secret), secret << " is in the test of " << entity);
    }
  }
  const auto blank = house.run({"export-test", "approval/call", "--redact"});
  BOOST_TEST(blank.exit_code == 0, blank.err);
  for (const auto* word : {"CRM", "mailer", "127.0.0.1", "anna"}) {
    BOOST_TEST(!says(blank.out, word), word << " is in " << blank.out);
  }
}
