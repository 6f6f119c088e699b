// What people do with the files, and what follows.
#include <map>

#include "tests/bridges/vault/house.hpp"

namespace nightshift::bridges::vault {
namespace {

const std::string one = "Pending_Approval/Email/EMAIL_DRAFT_1.md";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vault_people, House)

BOOST_AUTO_TEST_CASE(a_change_of_a_waiting_file_is_an_edit) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  const auto before = view("EMAIL_DRAFT_1").digest();
  auto changed = text(one);
  changed.replace(changed.find("Hello"), 5, "Hello again");
  drop(one, changed);
  await("a new revision", [&] { return view("EMAIL_DRAFT_1").revision() == 2; });
  await_file(one, view("EMAIL_DRAFT_1").digest());
  BOOST_TEST(view("EMAIL_DRAFT_1").digest() != before);
  BOOST_TEST(view("EMAIL_DRAFT_1").preview_text() == "Hello again");
  // Back to the first words: a revision of its own, though the file has been like this before.
  changed = text(one);
  changed.replace(changed.find("Hello again"), 11, "Hello");
  drop(one, changed);
  await("a third revision", [&] { return view("EMAIL_DRAFT_1").revision() == 3; });
}

BOOST_AUTO_TEST_CASE(an_editor_that_drops_the_nodes_keys_still_edits) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  drop(one, mail("Offer", "All new"));
  await_file(one, "digest");
  await("a new revision", [&] { return view("EMAIL_DRAFT_1").revision() == 2; });
}

BOOST_AUTO_TEST_CASE(an_edit_from_elsewhere_reaches_the_file) {
  open();
  drop(one, "---\nto: jane@example.com # who else\nsubject: Offer\nmine: kept\n---\n\nHello\n");
  await_file(one, "status: pending");
  auto edit = std::make_shared<approval::Edit>();
  edit->set_body("Edited over HTTP");
  command("EMAIL_DRAFT_1", std::move(edit), "mara").value();
  await_file(one, "Edited over HTTP");
  BOOST_TEST(contains(text(one), "mine: kept"));
  await_file(one, view("EMAIL_DRAFT_1").digest());
  BOOST_TEST(view("EMAIL_DRAFT_1").revision() == 2u);
}

BOOST_AUTO_TEST_CASE(both_sides_edited_and_the_persons_words_are_kept_beside) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  close_vault();
  auto changed = text(one);
  changed.replace(changed.find("Hello"), 5, "By hand");
  drop(one, changed);
  auto edit = std::make_shared<approval::Edit>();
  edit->set_body("Over HTTP");
  command("EMAIL_DRAFT_1", std::move(edit), "mara").value();
  open_vault();
  await_file(one, "Over HTTP");
  await_error("your version is kept as EMAIL_DRAFT_1.conflict-");
  BOOST_TEST(view("EMAIL_DRAFT_1").revision() == 2u);
  std::string kept;
  for (const auto& entry :
       std::filesystem::directory_iterator(path() / "vault/Pending_Approval/Email")) {
    const auto name = entry.path().filename().string();
    if (contains(name, ".conflict-")) kept = text("Pending_Approval/Email/" + name);
  }
  BOOST_TEST(kept == changed);
}

BOOST_AUTO_TEST_CASE(an_emptied_list_of_attachments_is_an_edit) {
  open();
  drop("Files/a.txt", "attached");
  drop(one, "---\nto: jane@example.com\nattachments: [Files/a.txt]\n---\nHello\n");
  await_file(one, "status: pending");
  BOOST_TEST(contains(view("EMAIL_DRAFT_1").preview(), "Attachment:   a.txt"));
  auto changed = text(one);
  changed.replace(changed.find("[Files/a.txt]"), 13, "[]");
  drop(one, changed);
  await("a new revision", [&] { return view("EMAIL_DRAFT_1").revision() == 2; });
  BOOST_TEST(!contains(view("EMAIL_DRAFT_1").preview(), "Attachment"));
}

BOOST_AUTO_TEST_CASE(a_file_that_takes_four_eyes_away_is_told_and_changes_nothing) {
  open();
  drop(one, "---\nto: jane@example.com\nfour_eyes: true\n---\nHello\n");
  await_file(one, "status: pending");
  auto changed = text(one);
  changed.replace(changed.find("four_eyes: true"), 15, "four_eyes: false");
  drop(one, changed);
  await_error("a file cannot take four eyes away");
  BOOST_TEST(view("EMAIL_DRAFT_1").revision() == 1u);
  BOOST_TEST(view("EMAIL_DRAFT_1").four_eyes());
  BOOST_TEST(text(one) == changed);
}

BOOST_AUTO_TEST_CASE(a_move_to_rejected_rejects_what_the_file_shows) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  rename(one, "Rejected/EMAIL_DRAFT_1.md");
  await_file("Rejected/EMAIL_DRAFT_1.md", "status: rejected");
  BOOST_TEST(contains(view("EMAIL_DRAFT_1").reason(), "moved to Rejected/"));
}

BOOST_AUTO_TEST_CASE(a_move_that_is_made_by_copying_and_removing_rejects_as_well) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  drop("Rejected/EMAIL_DRAFT_1.md", text(one));
  close_vault();
  open_vault();  // compares every file that waits
  drop("Pending_Approval/Email/NEXT.md", mail("Next"));
  await_file("Pending_Approval/Email/NEXT.md", "status: pending");
  BOOST_TEST(there("Rejected/EMAIL_DRAFT_1.md"));
  BOOST_TEST(status("EMAIL_DRAFT_1") == "pending");
  std::filesystem::remove(path() / "vault" / one);
  await_file("Rejected/EMAIL_DRAFT_1.md", "status: rejected");
}

BOOST_AUTO_TEST_CASE(a_move_that_is_faster_than_the_marks_rejects_as_well) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  close_vault();
  std::filesystem::remove(path() / "vault" / one);
  drop("Rejected/EMAIL_DRAFT_1.md", mail("Offer"));  // as it was dropped: without marks
  open_vault();
  await_file("Rejected/EMAIL_DRAFT_1.md", "status: rejected");
  BOOST_TEST(count("vault/Rejected") == 1u);
}

BOOST_AUTO_TEST_CASE(a_move_rejects_an_edit_of_the_same_file_though_its_marks_are_older) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  close_vault();
  auto changed = text(one);
  changed.replace(changed.find("Hello"), 5, "By hand");
  drop("Rejected/EMAIL_DRAFT_1.md", changed);
  std::filesystem::remove(path() / "vault" / one);
  auto edit = std::make_shared<approval::Edit>();
  edit->set_body("By hand");
  command("EMAIL_DRAFT_1", std::move(edit), "vault").value();
  open_vault();
  await_file("Rejected/EMAIL_DRAFT_1.md", "status: rejected");
}

BOOST_AUTO_TEST_CASE(a_move_of_words_that_were_edited_elsewhere_rejects_nothing_and_says_so) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  close_vault();
  auto edit = std::make_shared<approval::Edit>();
  edit->set_body("Over HTTP");
  command("EMAIL_DRAFT_1", std::move(edit), "mara").value();
  rename(one, "Rejected/EMAIL_DRAFT_1.md");
  open_vault();
  await_file(one, "Over HTTP");
  await_error("edited elsewhere before it was moved, so nothing is rejected");
  BOOST_TEST(status("EMAIL_DRAFT_1") == "pending");
  BOOST_TEST(!there("Rejected/EMAIL_DRAFT_1.md"));
}

BOOST_AUTO_TEST_CASE(a_move_to_approved_only_asks) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  rename(one, "Approved/EMAIL_DRAFT_1.md");
  await_file(one, "confirm with your key: nightshift approval approve EMAIL_DRAFT_1");
  await_error("a move does not approve");
  BOOST_TEST(!there("Approved/EMAIL_DRAFT_1.md"));
  BOOST_TEST(status("EMAIL_DRAFT_1") == "pending");
  BOOST_TEST(delivered() == 0u);
  approve("EMAIL_DRAFT_1");
  await_file("Done/EMAIL_DRAFT_1.md", "status: sent");
}

BOOST_AUTO_TEST_CASE(where_moves_decide_nothing_both_are_undone) {
  open();
  close_vault();
  open_vault("off");
  drop(one, mail("Offer"));
  for (const std::string folder : {"Rejected", "Approved"}) {
    await_file(one, "status: pending");
    rename(one, folder + "/EMAIL_DRAFT_1.md");
    await_file(one, "status: pending");
    await("one file", [&] { return !there(folder + "/EMAIL_DRAFT_1.md"); });
  }
  BOOST_TEST(status("EMAIL_DRAFT_1") == "pending");
  BOOST_TEST(sequence("EMAIL_DRAFT_1") == 1u);
  BOOST_TEST(!contains(text(one), "confirm with your key"));
}

BOOST_AUTO_TEST_CASE(a_forged_status_or_digest_decides_nothing) {
  open();
  drop(one,
       "---\nid: EMAIL_DRAFT_1\nstatus: approved\ndigest: \"00\"\nto: jane@example.com\n---\nHi\n");
  await_file(one, "status: pending");
  BOOST_TEST(status("EMAIL_DRAFT_1") == "pending");
  BOOST_TEST(delivered() == 0u);
}

BOOST_AUTO_TEST_CASE(a_deleted_or_strayed_waiting_file_comes_back) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  std::filesystem::remove(path() / "vault" / one);
  await_file(one, "Hello");
  rename(one, "Pending_Approval/Odoo/EMAIL_DRAFT_1.md");
  await_file(one, "Hello");
  await("one file", [&] { return !there("Pending_Approval/Odoo/EMAIL_DRAFT_1.md"); });
  BOOST_TEST(status("EMAIL_DRAFT_1") == "pending");
  BOOST_TEST(view("EMAIL_DRAFT_1").revision() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stem_used_again_is_another_approval) {
  open();
  drop(one, mail("First"));
  await_file(one, "status: pending");
  approve("EMAIL_DRAFT_1");
  await_file("Done/EMAIL_DRAFT_1.md", "status: sent");
  drop(one, mail("Second"));
  await_file("Pending_Approval/Email/EMAIL_DRAFT_1-2.md", "status: pending");
  approve("EMAIL_DRAFT_1-2");
  await_file("Done/EMAIL_DRAFT_1-2.md", "status: sent");
  drop(one, mail("First"));  // the very bytes of the first
  await_file("Pending_Approval/Email/EMAIL_DRAFT_1-3.md", "status: pending");
  BOOST_TEST(delivered() == 2u);
}

BOOST_AUTO_TEST_CASE(one_stem_in_two_folders_is_two_approvals) {
  open();
  drop(one, mail("Mail"));
  await_file(one, "status: pending");
  drop("Pending_Approval/Odoo/EMAIL_DRAFT_1.md", "# Invoice\n");
  await_file("Pending_Approval/Odoo/EMAIL_DRAFT_1-2.md", "status: pending");
  BOOST_TEST(view("EMAIL_DRAFT_1").category() == approval::CATEGORY_EMAIL);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_no_id_keeps_its_file) {
  open();
  drop("Pending_Approval/Email/Reply to Jörg.md", mail("Offer"));
  await_file("Pending_Approval/Email/Reply to Jörg.md", "status: pending");
  const auto page = node().list({.kind = "approval", .where = {}, .after = {}, .limit = 10});
  BOOST_REQUIRE(page.has_value());
  BOOST_REQUIRE(page->items.size() == 1u);
  BOOST_TEST(page->items[0].entity.id.starts_with("Reply_to_J_rg-"));
  approve(page->items[0].entity.id);
  await_file("Done/Reply to Jörg.md", "status: sent");
}

BOOST_AUTO_TEST_CASE(a_foreign_file_in_the_way_is_kept_aside) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  drop("Done/EMAIL_DRAFT_1.md", "my own notes\n");
  approve("EMAIL_DRAFT_1");
  await_file("Done/EMAIL_DRAFT_1.md", "status: sent");
  await_error("another file had this name");
  bool kept = false;
  for (const auto& entry : std::filesystem::directory_iterator(path() / "vault/Done")) {
    kept = kept || text("Done/" + entry.path().filename().string()) == "my own notes\n";
  }
  BOOST_TEST(kept);
}

BOOST_AUTO_TEST_CASE(what_has_ended_and_was_tidied_away_stays_away) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  approve("EMAIL_DRAFT_1");
  await_file("Done/EMAIL_DRAFT_1.md", "status: sent");
  await_file(".nightshift_cursor", " " + std::to_string(node().head().offset) + "\n");
  close();
  std::filesystem::remove(path() / "vault/Done/EMAIL_DRAFT_1.md");
  open();
  drop("Pending_Approval/Email/NEXT.md", mail("Next"));
  await_file("Pending_Approval/Email/NEXT.md", "status: pending");
  BOOST_TEST(!there("Done/EMAIL_DRAFT_1.md"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
