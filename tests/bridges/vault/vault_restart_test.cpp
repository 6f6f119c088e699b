// After a stop or a crash at any point, files and journal agree again.
#include <map>

#include "messages/crypto.hpp"
#include "tests/bridges/vault/house.hpp"

namespace nightshift::bridges::vault {
namespace {

const std::string one = "Pending_Approval/Email/EMAIL_DRAFT_1.md";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vault_restart, House)

BOOST_AUTO_TEST_CASE(a_restart_proposes_nothing_twice_and_changes_no_file) {
  open();
  for (int i = 0; i < 20; ++i) {
    drop("Pending_Approval/Email/D" + std::to_string(i) + ".md", mail("D" + std::to_string(i)));
  }
  for (int i = 0; i < 20; ++i) {
    await_file("Pending_Approval/Email/D" + std::to_string(i) + ".md", "status: pending");
  }
  close_vault();
  std::map<std::string, std::string> before;
  for (int i = 0; i < 20; ++i) {
    const auto name = "Pending_Approval/Email/D" + std::to_string(i) + ".md";
    before[name] = text(name);
  }
  close();
  open();
  drop("Pending_Approval/Email/LAST.md", mail("Last"));
  await_file("Pending_Approval/Email/LAST.md", "status: pending");
  for (const auto& [name, bytes] : before) BOOST_TEST(text(name) == bytes, name);
  for (int i = 0; i < 20; ++i) BOOST_TEST(sequence("D" + std::to_string(i)) == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_decided_while_the_vault_was_away_is_shown_at_the_next_start) {
  open();
  for (const char* stem : {"A", "B", "C"}) {
    drop("Pending_Approval/Email/" + std::string(stem) + ".md", mail(stem));
    await_file("Pending_Approval/Email/" + std::string(stem) + ".md", "status: pending");
  }
  close_vault();
  approve("A");
  reject("B", "no");
  propose("D", proposal());
  approve("D");
  rename("Pending_Approval/Email/C.md", "Rejected/C.md");
  await("sent", [&] { return status("A") == "sent" && status("D") == "sent"; });
  close();
  open();
  await_file("Done/A.md", "status: sent");
  await_file("Rejected/B.md", "status: rejected");
  await_file("Rejected/C.md", "status: rejected");
  await_file("Done/D.md", "status: sent");  // there never was a file of it before
  BOOST_TEST(count("vault/Pending_Approval") == 0u);
}

BOOST_AUTO_TEST_CASE(a_crash_between_any_two_steps_of_a_move_is_finished_at_the_start) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  const std::string marked = text(one);
  close_vault();
  approve("EMAIL_DRAFT_1");
  await("sent", [&] { return status("EMAIL_DRAFT_1") == "sent"; });
  // Moved, and killed before the front matter was brought up to date.
  rename(one, "Done/EMAIL_DRAFT_1.md");
  open_vault();
  await_file("Done/EMAIL_DRAFT_1.md", "status: sent");
  close_vault();
  // The same file still under its old name, as after a restored backup: it is no new draft.
  std::filesystem::remove(path() / "vault/.nightshift_cursor");
  drop("Approved/EMAIL_DRAFT_1.md", marked);
  open_vault();
  await("the copy is gone", [&] { return !there("Approved/EMAIL_DRAFT_1.md"); });
  BOOST_TEST(contains(text("Done/EMAIL_DRAFT_1.md"), "status: sent"));
  BOOST_TEST(delivered() == 1u);
}

BOOST_AUTO_TEST_CASE(proposed_and_killed_before_the_marks_were_written_is_one_approval) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  close_vault();
  drop(one, mail("Offer"));  // as it was dropped: without marks
  open_vault();
  await_file(one, "status: pending");
  BOOST_TEST(sequence("EMAIL_DRAFT_1") == 1u);
  BOOST_TEST(!there("Pending_Approval/Email/EMAIL_DRAFT_1-2.md"));
}

BOOST_AUTO_TEST_CASE(leftovers_of_a_killed_write_are_settled) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  const std::string now = text(one);
  close();
  const auto leftover = [](std::string_view ours) {
    return "Pending_Approval/Email/.nightshift-" + to_hex(as_bytes(sha256(ours))).substr(0, 16) +
           "-EMAIL_DRAFT_1.md";
  };
  drop(leftover("never got its name"), "never got its name");
  drop(leftover("another"), mail("Offer"));      // swapped out: differs in marks alone
  drop(leftover("a third"), mail("By a hand"));  // swapped out and nowhere else
  open();
  for (const char* ours : {"never got its name", "another", "a third"}) {
    await("no leftover", [&] { return !there(leftover(ours)); });
  }
  BOOST_TEST(text(one) == now);
  BOOST_TEST(count("vault/Pending_Approval/Email") == 2u);
  await_error("the version before is kept as EMAIL_DRAFT_1.conflict-");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
