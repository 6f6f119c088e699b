// Files and journal in agreement: every transition, every hand, every restart.
#include "bridges/vault/vault.hpp"

#include <sys/stat.h>

#include "tests/bridges/vault/house.hpp"

namespace nightshift::bridges::vault {
namespace {

const std::string one = "Pending_Approval/Email/EMAIL_DRAFT_1.md";

approval::Propose proposal(const std::string& body = "From an agent") {
  approval::Propose content;
  content.set_title("A reply");
  content.set_category(approval::CATEGORY_EMAIL);
  content.set_body(body);
  content.add_to("jane@example.com");
  content.set_subject("Re: you");
  return content;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vault, House)

// ---- each status has its folder

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

// ---- hands

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

BOOST_AUTO_TEST_CASE(what_no_edit_can_change_is_told_and_changes_nothing) {
  open();
  drop("Files/a.txt", "attached");
  drop(one, "---\nto: jane@example.com\nattachments: [Files/a.txt]\n---\nHello\n");
  await_file(one, "status: pending");
  auto changed = text(one);
  changed.replace(changed.find("[Files/a.txt]"), 13, "[]");
  drop(one, changed);
  await_error("an edit cannot change attachments");
  BOOST_TEST(view("EMAIL_DRAFT_1").revision() == 1u);
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
  close();
  std::filesystem::remove(path() / "vault/Done/EMAIL_DRAFT_1.md");
  open();
  drop("Pending_Approval/Email/NEXT.md", mail("Next"));
  await_file("Pending_Approval/Email/NEXT.md", "status: pending");
  BOOST_TEST(!there("Done/EMAIL_DRAFT_1.md"));
}

// ---- restarts

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

// ---- hostile files

BOOST_AUTO_TEST_CASE(hostile_files_are_told_once_and_the_rest_goes_on) {
  const std::string folder = "Pending_Approval/Email/";
  open();
  drop(folder + "NOT_UTF8.md", "\xff\xfe\x00");
  drop(folder + "BROKEN.md", "---\na: b: c\n---\n");
  drop(folder + "LAUGHS.md", "---\na: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n---\n");
  drop(folder + "HUGE.md", std::string(3u << 20, 'x'));
  drop(folder + "OUT.md", "---\nto: a@b.c\nattachments: [../../../etc/passwd]\n---\n");
  drop(folder + "new\nline.md", mail("x"));
  drop(folder + "NOBODY.md", "no recipient\n");
  std::filesystem::create_symlink("/etc/passwd", path() / "vault" / folder / "LINK.md");
  std::filesystem::create_directory(path() / "vault" / folder / "FOLDER.md");
  BOOST_REQUIRE(::mkfifo((path() / "vault" / folder / "PIPE.md").c_str(), 0600) == 0);
  drop(folder + "GOOD.md", mail("Good"));
  await_file(folder + "GOOD.md", "status: pending");
  for (const char* told :
       {"NOT_UTF8.md | the file is not UTF-8", "BROKEN.md | the front matter is not YAML: line 1",
        "LAUGHS.md | the front matter is refused: line 1: anchors", "HUGE.md | it is larger than",
        "OUT.md | attachment '../../../etc/passwd': the path leads out", "new?line.md | ",
        "NOBODY.md | ", "LINK.md | it is a link", "FOLDER.md | it is not a regular file",
        "PIPE.md | it is not a regular file"}) {
    await_error(told);
  }
  BOOST_TEST(there(folder + "HUGE.md"));
  const std::string told = text("Logs/Local/errors.md");
  close();
  open();
  drop(folder + "AFTER.md", mail("After"));
  await_file(folder + "AFTER.md", "status: pending");
  BOOST_TEST(text("Logs/Local/errors.md") == told, "told again after a restart");
  const auto page = node().list({.kind = "approval", .where = {}, .after = {}, .limit = 100});
  BOOST_TEST(page->items.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_mended_file_is_proposed) {
  open();
  drop(one, "---\nto: nobody\n---\nHello\n");
  await_error("EMAIL_DRAFT_1.md");
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
}

BOOST_AUTO_TEST_CASE(a_vault_that_went_away_is_not_taken_for_an_empty_one) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  std::filesystem::rename(path() / "vault", path() / "elsewhere");
  std::filesystem::create_directory(path() / "vault");
  await("told", [&] {
    return contains(get("elsewhere/Logs/Local/errors.md"), "another folder stands in its place");
  });
  BOOST_TEST(std::filesystem::is_empty(path() / "vault"));
  std::filesystem::remove(path() / "vault");
  std::filesystem::rename(path() / "elsewhere", path() / "vault");
  approve("EMAIL_DRAFT_1");
  await_file("Done/EMAIL_DRAFT_1.md", "status: sent");
}

BOOST_AUTO_TEST_CASE(settings_that_cannot_be_honoured_are_refused) {
  open();
  const auto moved = VaultBridge::start(
      node(), {.root = path() / "vault", .owner = "mara", .decisions = "move", .log = {}});
  BOOST_REQUIRE(!moved.has_value());
  BOOST_TEST((moved.error().code == ErrorCode::config));
  put("file", "x");
  const auto file =
      VaultBridge::start(node(), {.root = path() / "file", .owner = "mara", .log = {}});
  BOOST_REQUIRE(!file.has_value());
  BOOST_TEST((file.error().code == ErrorCode::config));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
