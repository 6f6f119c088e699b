// People and agents before a running node: who decides, who proposes, and who may not.
#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::tests;
using nlohmann::json;

struct RunningHouse : House {
  RunningHouse() {
    add_anna();
    start();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_mail_is_shown_signed_on_a_terminal_and_delivered_once, RunningHouse) {
  propose("offer");
  const auto approved =
      on_terminal({"approval", "approve", "offer"}, {{"Passphrase of anna: ", "correct horse"}});
  BOOST_TEST(approved.exit_code == 0, approved.out);
  BOOST_TEST(says(approved.out, "bob@example.org"), approved.out);
  BOOST_TEST(!says(approved.out, "correct horse"), "the passphrase was echoed");
  await_status("offer", "sent");
  BOOST_TEST_REQUIRE(delivered().size() == 1u);
  BOOST_TEST(says(delivered().front(), "bob@example.org"));
  const auto why = run({"why", "approval/offer"});
  for (const auto* part : {"was proposed", "was approved", "anna", "committed", "first trigger"}) {
    BOOST_TEST(says(why.out, part), why.out);
  }
}

BOOST_FIXTURE_TEST_CASE(a_wrong_passphrase_decides_nothing, RunningHouse) {
  propose("offer");
  const auto refused =
      on_terminal({"approval", "approve", "offer"}, {{"Passphrase of anna: ", "wrong horse"}});
  BOOST_TEST(refused.exit_code == 5, refused.out);
  BOOST_TEST(says(refused.out, "passphrase of anna is wrong"), refused.out);
  BOOST_TEST(status("offer") == "pending");
}

BOOST_FIXTURE_TEST_CASE(what_is_rejected_stays_and_says_who_decided, RunningHouse) {
  propose("offer");
  expect(0, "rejected", {"approval", "reject", "offer", "reason=too dear"});
  expect(4, "admin", {"approval", "approve", "offer", "--passphrase-file", passphrase_file()});
  expect(4, "", {"approval", "reject", "offer"});
  BOOST_TEST(delivered().empty());
}

BOOST_FIXTURE_TEST_CASE(a_signature_of_another_key_and_a_wrong_digest_are_refused, RunningHouse) {
  propose("offer");
  const auto view = json::parse(run({"--json", "get", "approval/offer"}).out).at("view");
  const auto digest = view.at("digest").get<std::string>();
  const std::string nonce(22, 'A'), signature(86, 'A');
  const auto token = read_file(folder().approver_token_file("anna")).substr(0, 46);
  expect(5, "bad_signature",
         {"--token", token, "approval", "approve", "offer", "digest=" + digest, "approver=anna",
          "nonce=" + nonce, "signature=" + signature});
  expect(4, "digest_mismatch",
         {"--token", token, "approval", "approve", "offer", "digest=" + std::string(64, '0'),
          "approver=anna", "nonce=" + nonce, "signature=" + signature});
  expect(5, "forbidden",
         {"approval", "approve", "offer", "digest=" + digest, "approver=anna", "nonce=" + nonce,
          "signature=" + signature});
  BOOST_TEST(status("offer") == "pending");
}

BOOST_FIXTURE_TEST_CASE(an_agent_proposes_with_its_token_and_does_no_more, RunningHouse) {
  auto token = run({"token", "create", "bot", "--scope", "propose", "--agent"}).out;
  token.pop_back();
  BOOST_TEST(token.starts_with("ns_"));
  propose("other");
  expect(0, "pending",
         {"--token", token, "approval", "propose", "mine", "title=t", "category=email",
          "to=a@example.org"});
  expect(0, "bot", {"--token", token, "get", "approval/mine"});
  expect(5, "", {"--token", token, "get", "approval/other"});
  expect(5, "", {"--token", token, "approval", "reject", "other"});
  expect(5, "",
         {"--token", token, "approval", "approve", "mine", "--passphrase-file", passphrase_file()});
  expect(5, "", {"--token", "ns_nobody", "get", "approval/mine"});
  expect(0, "ended", {"token", "revoke", "bot"});
  expect(5, "unauthenticated", {"--token", token, "get", "approval/mine"});
}

BOOST_FIXTURE_TEST_CASE(a_second_approver_needs_the_first_ones_signature, RunningHouse) {
  const auto refused = on_terminal({"approver", "add", "zoe"}, {{"Passphrase of anna: ", "wrong"}});
  BOOST_TEST(refused.exit_code == 5, refused.out);
  BOOST_TEST(says(run({"approver", "list"}).out, "anna"));
  BOOST_TEST(!says(run({"approver", "list"}).out, "zoe"));
  const auto added =
      on_terminal({"approver", "add", "zoe"}, {{"Passphrase of anna: ", "correct horse"},
                                               {"New passphrase for zoe's key: ", "battery staple"},
                                               {"The same again: ", "battery staple"}});
  BOOST_TEST(added.exit_code == 0, added.out);
  propose("offer");
  write_file(path("zoes"), "battery staple\n");
  expect(0, "",
         {"approval", "approve", "offer", "--approver", "zoe", "--passphrase-file", path("zoes")});
  await_status("offer", "sent");
}

BOOST_AUTO_TEST_CASE(the_first_approver_after_a_run_without_one_is_added_by_a_person) {
  House house;
  house.start();
  house.expect(5, "stop it",
               {"approver", "add", "anna", "--passphrase-file", house.passphrase_file()});
  house.stop();
  house.expect(5, "at a terminal",
               {"approver", "add", "anna", "--passphrase-file", house.passphrase_file()});
  const auto added = house.on_terminal(
      {"approver", "add", "anna"},
      {{"Passphrase for anna's key: ", "correct horse"}, {"The same again: ", "correct horse"}});
  BOOST_TEST(added.exit_code == 0, added.out);
  house.start();
  house.propose("offer");
  house.expect(0, "",
               {"approval", "approve", "offer", "--passphrase-file", house.passphrase_file()});
  house.await_status("offer", "sent");
}

BOOST_AUTO_TEST_CASE(before_the_first_run_only_one_approver_is_prepared) {
  const House house;
  house.add_anna();
  house.expect(5, "signature",
               {"approver", "add", "zoe", "--passphrase-file", house.passphrase_file()});
  house.expect(6, "already",
               {"approver", "add", "anna", "--passphrase-file", house.passphrase_file()});
  write_file(house.path("short"), "abc\n");
  const House other;
  other.expect(2, "at least 8",
               {"approver", "add", "anna", "--passphrase-file", house.path("short")});
  other.expect(2, "--passphrase-file", {"approver", "add", "anna"});
}

BOOST_FIXTURE_TEST_CASE(a_revoked_admin_gets_a_fresh_token_at_the_next_start, RunningHouse) {
  const auto before = read_file(folder().admin_token_file());
  expect(0, "ended", {"token", "revoke", "admin"});
  expect(5, "unauthenticated", {"list", "approval"});
  stop();
  start();
  BOOST_TEST(read_file(folder().admin_token_file()) != before);
  expect(0, "nothing found", {"list", "approval"});
}

BOOST_FIXTURE_TEST_CASE(a_stale_version_and_a_reused_key_are_conflicts, RunningHouse) {
  propose("offer");
  expect(4, "stale", {"approval", "reject", "offer", "--if-match", "0"});
  expect(0, "", {"approval", "edit", "offer", "title=Other", "--key", "k"});
  expect(0, "", {"approval", "edit", "offer", "title=Other", "--key", "k"});
  expect(1, "key_reused", {"approval", "edit", "offer", "title=Third", "--key", "k"});
  const auto entity = json::parse(run({"--json", "get", "approval/offer"}).out);
  BOOST_TEST(entity.at("sequence").get<int>() == 2);
}
