// A webhook on the whole program: configured, proposed, signed with a passphrase, received.
#include <boost/test/unit_test.hpp>

#include "tests/program/house.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/web/standard_webhooks.hpp"

namespace {

using namespace nightshift::tests;

const std::string secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

struct HouseWithWebhook : House {
  WebReceiver receiver;

  HouseWithWebhook() {
    add_anna();
    environment["CRM_SECRET"] = secret;
    configure(receiver.url(), "neither", "env:CRM_SECRET");
    start({"--config", path("nightshift.toml")});
  }
  void configure(const std::string& url, const std::string& receiver_class,
                 const std::string& reference) const {
    write_file(path("nightshift.toml"), "[webhook.crm]\nurl = \"" + url + "\"\nsecret = \"" +
                                            reference + "\"\nclass = \"" + receiver_class +
                                            "\"\nallow_private = true\n");
  }
  void restart() {
    stop();
    start({"--config", path("nightshift.toml")});
  }
  void propose_call(const std::string& id) const {
    expect(0, "pending",
           {"approval", "propose", id, "title=Tell the CRM", "category=odoo",
            "action.webhook.target=crm", R"(action.webhook.payload={"lead": "Ada" })"});
  }
  Ended approve(const std::string& id) const {
    return run({"approval", "approve", id, "--passphrase-file", passphrase_file()});
  }
  std::string evidence(const std::string& id) const { return run({"get", "approval/" + id}).out; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_approved_call_arrives_once_with_a_valid_signature, HouseWithWebhook) {
  propose_call("lead");
  BOOST_TEST(receiver.count() == 0u);
  const auto shown = approve("lead");
  BOOST_TEST(shown.exit_code == 0, shown.err);
  const auto said = shown.out + shown.err;
  for (const std::string& part : {std::string("crm"), receiver.url(), std::string("neither"),
                                  std::string(R"({"lead": "Ada" })")}) {
    BOOST_TEST(says(said, part), "the approver was not shown " << part << ": " << said);
  }
  await_status("lead", "sent");
  BOOST_TEST_REQUIRE(receiver.count() == 1u);
  const auto request = receiver.received().front();
  BOOST_TEST(request.body == R"({"lead": "Ada" })");
  BOOST_TEST(is_signed(request, secret));
  BOOST_TEST(request.headers.at("content-type") == "application/json");
  restart();
  BOOST_TEST(status("lead") == "sent");
  BOOST_TEST(receiver.count() == 1u);
  BOOST_TEST(!says(read_file(folder().log_file()), secret));
}

BOOST_FIXTURE_TEST_CASE(a_target_that_moved_wants_another_decision, HouseWithWebhook) {
  propose_call("lead");
  const WebReceiver other;
  configure(other.url(), "neither", "env:CRM_SECRET");
  restart();
  BOOST_TEST(approve("lead").exit_code == 0);
  await_status("lead", "failed");
  BOOST_TEST(says(evidence("lead"), other.url()), evidence("lead"));
  expect(0, "pending", {"approval", "retry", "lead"});
  BOOST_TEST(approve("lead").exit_code == 0);
  await_status("lead", "sent");
  BOOST_TEST(receiver.count() == 0u);
  BOOST_TEST(other.count() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_secret_that_is_not_there_and_a_target_that_is_not_known_are_named,
                        HouseWithWebhook) {
  expect(1, "did you mean crm?",
         {"approval", "propose", "x", "title=t", "category=odoo", "action.webhook.target=crn",
          "action.webhook.payload={}"});
  configure(receiver.url(), "neither", "env:NOT_SET");
  restart();
  propose_call("lead");
  BOOST_TEST(approve("lead").exit_code == 0);
  await_status("lead", "failed");
  BOOST_TEST(says(evidence("lead"), "NOT_SET"), evidence("lead"));
  BOOST_TEST(receiver.count() == 0u);
}

BOOST_FIXTURE_TEST_CASE(an_outcome_in_doubt_is_resolved_by_a_person, HouseWithWebhook) {
  receiver.behave([](const Received&) { return Reply{"", Reply::End::close}; });
  propose_call("lead");
  BOOST_TEST(approve("lead").exit_code == 0);
  await_status("lead", "unknown");
  BOOST_TEST(receiver.count() == 1u);
  expect(0, "sent", {"approval", "resolve", "lead", "outcome=committed", "evidence=seen there"});
}
