// Each status has its folder, for drafts of people and for proposals from elsewhere.
#include "bridges/vault/vault.hpp"

#include <cerrno>

#include "tests/bridges/vault/house.hpp"

namespace nightshift::bridges::vault {
namespace {

const std::string one = "Pending_Approval/Email/EMAIL_DRAFT_1.md";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vault, House)

BOOST_AUTO_TEST_CASE(a_dropped_draft_is_proposed_and_marked) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  BOOST_TEST(status("EMAIL_DRAFT_1") == "pending");
  BOOST_TEST(contains(text(one), "digest: \"" + view("EMAIL_DRAFT_1").digest() + "\""));
  BOOST_TEST(contains(text(one), "to: jane@example.com\nsubject: \"Offer\""));
  BOOST_TEST(view("EMAIL_DRAFT_1").requester() == "vault");
  BOOST_TEST(view("EMAIL_DRAFT_1").file() == one);
}

BOOST_AUTO_TEST_CASE(an_approved_draft_is_delivered_once_and_done) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  approve("EMAIL_DRAFT_1");
  await_file("Done/EMAIL_DRAFT_1.md", "status: sent");
  BOOST_TEST(contains(text("Done/EMAIL_DRAFT_1.md"), "Outbox/new/"));
  BOOST_TEST(!there(one));
  BOOST_TEST(delivered() == 1u);
}

BOOST_AUTO_TEST_CASE(a_rejected_withdrawn_or_failed_draft_says_why) {
  open([](std::string_view step) { return step == "outbox.write" ? ENOSPC : 0; });
  for (const char* stem : {"A", "B", "C"}) {
    drop("Pending_Approval/Email/" + std::string(stem) + ".md", mail(stem));
    await_file("Pending_Approval/Email/" + std::string(stem) + ".md", "status: pending");
  }
  reject("A", "too \"long\"");
  await_file("Rejected/A.md", "rejected by mara: too \\\"long\\\"");
  command("B", std::make_shared<approval::Withdraw>(), "mara").value();
  await_file("Rejected/B.md", "status: withdrawn");
  approve("C");
  await_file("Needs_Action/C.md", "status: failed");
  BOOST_TEST(contains(text("Needs_Action/C.md"), "nightshift approval retry C"));
  command("C", std::make_shared<approval::Retry>(), "mara").value();
  await_file("Pending_Approval/Email/C.md", "status: pending");
  BOOST_TEST(!there("Needs_Action/C.md"));
  BOOST_TEST(!contains(text("Pending_Approval/Email/C.md"), "nightshift approval retry"));
  BOOST_TEST(delivered() == 0u);
}

BOOST_AUTO_TEST_CASE(an_unknown_outcome_stays_in_approved_until_it_is_resolved) {
  open([](std::string_view step) { return step == "outbox.sync_folder" ? EIO : 0; });
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  approve("EMAIL_DRAFT_1");
  await_file("Approved/EMAIL_DRAFT_1.md", "status: unknown");
  auto resolve = std::make_shared<approval::Resolve>();
  resolve->set_outcome(approval::Resolve::OUTCOME_COMMITTED);
  command("EMAIL_DRAFT_1", std::move(resolve), "mara").value();
  await_file("Done/EMAIL_DRAFT_1.md", "status: sent");
}

BOOST_AUTO_TEST_CASE(a_proposal_from_elsewhere_gets_a_file_that_moves_as_well) {
  open();
  propose("FROM_HTTP", proposal());
  await_file("Pending_Approval/Email/FROM_HTTP.md", "From an agent");
  BOOST_TEST(contains(text("Pending_Approval/Email/FROM_HTTP.md"), "requester: agent-7"));
  approve("FROM_HTTP");
  await_file("Done/FROM_HTTP.md", "status: sent");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
