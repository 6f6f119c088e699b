// What arrives becomes a task, whose file lies where the task stands; what people do to that file.
#include "messages/draft.pb.h"
#include "messages/task.pb.h"
#include "tests/bridges/vault/house.hpp"
#include "tests/support/environment.hpp"

namespace nightshift::bridges::vault {
namespace {

const std::string waits = "Buy a chair\n";
const std::string for_the_agent =
    "---\nsubject: Order\npriority: high\n---\n\nPlease reply to Ines.\n";

const std::string refused = "Needs_Action/REPLY.md";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct Tasks : House {
  task::View task(const std::string& id) {
    const auto answer = node().get({.kind = "task", .id = id}).value();
    return dynamic_cast<const task::View&>(*answer.view);
  }
  std::size_t tasks() {
    std::size_t all = 0;
    runtime::ListQuery query{.kind = "task", .where = {}, .after = {}, .limit = 1000};
    do {
      const auto page = node().list(query).value();
      all += page.items.size();
      query.after = page.next;
    } while (!query.after.empty());
    return all;
  }
  draft::View draft(const std::string& id) {
    const auto answer = node().get({.kind = "draft", .id = id}).value();
    return dynamic_cast<const draft::View&>(*answer.view);
  }
  /// A mail to nobody, which no approval takes.
  void write_refused(const std::string& id) {
    auto write = std::make_shared<draft::Write>();
    write->set_channel(CHANNEL_EMAIL);
    write->set_subject("Re: Order");
    write->set_body("Dear all,\nit ships.");
    command(EntityRef{.kind = "draft", .id = id}, std::move(write), "mara").value();
    await_file(refused, "status: refused");
  }
  void await_status(const std::string& kind, const std::string& id, const std::string& word) {
    await(kind + "/" + id + " " + word, [&] { return status(kind, id) == word; });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vault_tasks, Tasks)

BOOST_AUTO_TEST_CASE(what_no_agent_fits_waits_in_needs_action) {
  open();
  drop("Inbox/chair.md", waits);
  await_file("Needs_Action/chair.md", "status: waiting");
  BOOST_TEST(!there("Inbox/chair.md"));
  BOOST_TEST(contains(text("Needs_Action/chair.md"), "id: chair"));
  BOOST_TEST(contains(text("Needs_Action/chair.md"), "nightshift task assign chair agent=NAME"));
  BOOST_TEST(contains(text("Needs_Action/chair.md"), "\nBuy a chair\n"));
  BOOST_TEST(task("chair").title() == "Buy a chair");
  BOOST_TEST(task("chair").requester() == "vault");
}

BOOST_AUTO_TEST_CASE(a_task_goes_from_claim_to_done_with_its_draft) {
  open();
  drop("Needs_Action/order.md", for_the_agent);
  await_status("task", "order", "drafted");
  await_file("In_Progress/local/order.md", "status: drafted");
  BOOST_TEST(!there("Needs_Action/order.md"));
  const std::string draft = task("order").draft();
  await_file("Pending_Approval/Email/" + draft + ".md", "status: pending");
  approve(draft);
  await_file("Done/order.md", "status: done");
  await_file("Done/" + draft + ".md", "status: sent");
  BOOST_TEST(!there("In_Progress/local/order.md"));
  BOOST_TEST(delivered() == 1u);
}

BOOST_AUTO_TEST_CASE(a_rejected_draft_drops_its_task) {
  open();
  drop("Inbox/order.md", for_the_agent);
  await_status("task", "order", "drafted");
  const std::string draft = task("order").draft();
  await_file("Pending_Approval/Email/" + draft + ".md", "status: pending");
  reject(draft, "no");
  await_file("Rejected/order.md", "status: dropped");
  await_file("Rejected/" + draft + ".md", "status: rejected");
}

BOOST_AUTO_TEST_CASE(an_edit_of_a_waiting_task_routes_it_anew) {
  open();
  drop("Inbox/chair.md", waits);
  await_file("Needs_Action/chair.md", "status: waiting");
  auto changed = text("Needs_Action/chair.md");
  changed.replace(changed.find("Buy"), 3, "Please reply, then buy");
  drop("Needs_Action/chair.md", changed);
  await_status("task", "chair", "drafted");
  await_file("In_Progress/local/chair.md", "Please reply, then buy a chair");
  BOOST_TEST(tasks() == 1u);
}

BOOST_AUTO_TEST_CASE(an_edit_from_elsewhere_reaches_the_file) {
  open();
  drop("Inbox/chair.md", waits);
  await_file("Needs_Action/chair.md", "status: waiting");
  auto edit = std::make_shared<task::Edit>();
  edit->set_text("Buy a table");
  command(EntityRef{.kind = "task", .id = "chair"}, edit, "mara").value();
  await_file("Needs_Action/chair.md", "Buy a table");
  BOOST_TEST(contains(text("Needs_Action/chair.md"), task("chair").digest()));
}

BOOST_AUTO_TEST_CASE(a_move_to_done_closes_and_one_to_rejected_drops) {
  open();
  for (const char* stem : {"A", "B"}) {
    drop("Inbox/" + std::string(stem) + ".md", waits);
    await_file("Needs_Action/" + std::string(stem) + ".md", "status: waiting");
  }
  rename("Needs_Action/A.md", "Done/A.md");
  rename("Needs_Action/B.md", "Rejected/B.md");
  await_file("Done/A.md", "status: done");
  await_file("Rejected/B.md", "status: dropped");
  BOOST_TEST(!there("Needs_Action/A.md"));
  BOOST_TEST(!there("Needs_Action/B.md"));
}

BOOST_AUTO_TEST_CASE(a_move_while_the_node_was_down_counts) {
  open();
  drop("Inbox/A.md", waits);
  await_file("Needs_Action/A.md", "status: waiting");
  close();
  rename("Needs_Action/A.md", "Done/A.md");
  open();
  await_file("Done/A.md", "status: done");
}

BOOST_AUTO_TEST_CASE(a_task_with_a_draft_is_not_ended_by_a_move) {
  open();
  drop("Inbox/order.md", for_the_agent);
  await_file("In_Progress/local/order.md", "status: drafted");
  rename("In_Progress/local/order.md", "Done/order.md");
  await_error("decide on that first");
  await_file("In_Progress/local/order.md", "status: drafted");
  BOOST_TEST(!there("Done/order.md"));
}

BOOST_AUTO_TEST_CASE(a_deleted_file_of_a_task_comes_back) {
  open();
  drop("Inbox/chair.md", waits);
  await_file("Needs_Action/chair.md", "status: waiting");
  std::filesystem::remove(path() / "vault/Needs_Action/chair.md");
  await_file("Needs_Action/chair.md", "status: waiting");
  BOOST_TEST(contains(text("Needs_Action/chair.md"), "Buy a chair"));
}

BOOST_AUTO_TEST_CASE(a_renamed_file_of_a_task_gets_its_name_back) {
  open();
  drop("Inbox/chair.md", waits);
  await_file("Needs_Action/chair.md", "status: waiting");
  rename("Needs_Action/chair.md", "Needs_Action/seat.md");
  await_error("is called chair.md again");
  await_file("Needs_Action/chair.md", "status: waiting");
  BOOST_TEST(!there("Needs_Action/seat.md"));
  BOOST_TEST(tasks() == 1u);
}

BOOST_AUTO_TEST_CASE(renaming_every_waiting_draft_at_once_proposes_none_again) {
  constexpr std::size_t many = 20;
  open();
  const auto name = [](std::size_t n) { return "DRAFT_" + std::to_string(n) + ".md"; };
  const std::string folder = "Pending_Approval/Email/";
  for (std::size_t n = 0; n < many; ++n) drop(folder + name(n), mail("Mail " + std::to_string(n)));
  for (std::size_t n = 0; n < many; ++n) await_file(folder + name(n), "status: pending");
  // What is still to be projected would be written anew.
  await_file(".nightshift_cursor", " " + std::to_string(node().head().offset) + "\n");
  for (std::size_t n = 0; n < many; ++n) rename(folder + name(n), folder + "New " + name(n));
  for (std::size_t n = 0; n < many; ++n) await_file(folder + name(n), "status: pending");
  await("no other name", [&] { return count("vault/" + folder) == many; });
  BOOST_TEST(node().count("approval", "pending", 1000).value() == many);
}

BOOST_AUTO_TEST_CASE(what_is_renamed_while_the_node_is_down_is_neither_proposed_nor_drafted_again) {
  open();
  const std::string folder = "Pending_Approval/Email/";
  drop(folder + "OFFER.md", mail("Offer"));
  drop("Inbox/chair.md", waits);
  drop("Inbox/order.md", for_the_agent);
  await_status("task", "order", "drafted");
  const std::string draft = task("order").draft();
  await_file(folder + draft + ".md", "status: pending");
  await_file(folder + "OFFER.md", "status: pending");
  await_file("Needs_Action/chair.md", "status: waiting");
  await_file("In_Progress/local/order.md", "status: drafted");
  close();
  const auto words = text("Needs_Action/chair.md") + "\nOr two.\n";
  rename(folder + "OFFER.md", folder + "Offer of mine.md");
  rename(folder + draft + ".md", "Needs_Action/answer.md");
  rename("Needs_Action/chair.md", "Needs_Action/seat.md");
  put("vault/Needs_Action/seat.md", words);
  rename("In_Progress/local/order.md", "Inbox/another order.md");
  open();
  await_file(folder + "OFFER.md", "status: pending");
  await_file(folder + draft + ".md", "status: pending");
  await_file("In_Progress/local/order.md", "status: drafted");
  await_file("Needs_Action/chair.md", "Or two.");
  await("no other names", [&] {
    return count("vault/" + folder) == 2 && count("vault/Needs_Action") == 1 &&
           count("vault/Inbox") == 0;
  });
  BOOST_TEST(tasks() == 2u);
  BOOST_TEST(node().count("approval", "pending", 1000).value() == 2u);
  BOOST_TEST(node().count("draft", "proposed", 1000).value() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_decided_under_another_name_is_not_proposed_again) {
  open();
  const std::string folder = "Pending_Approval/Email/";
  drop(folder + "OFFER.md", mail("Offer"));
  await_file(folder + "OFFER.md", "status: pending");
  close_vault();
  rename(folder + "OFFER.md", folder + "Mine.md");
  approve("OFFER");
  await("sent", [&] { return status("OFFER") == "sent"; });
  open_vault();
  await_error("it is a file of approval/OFFER, which is sent");
  BOOST_TEST(there(folder + "Mine.md"));
  BOOST_TEST(status("Mine") == "");
  BOOST_TEST(delivered() == 1u);
}

BOOST_AUTO_TEST_CASE(another_file_of_the_same_name_is_a_task_of_its_own) {
  open();
  drop("Inbox/chair.md", waits);
  await_file("Needs_Action/chair.md", "status: waiting");
  drop("Inbox/chair.md", "Paint the chair\n");
  await_file("Needs_Action/chair-2.md", "Paint the chair");
  BOOST_TEST(contains(text("Needs_Action/chair.md"), "Buy a chair"));
  drop("Inbox/chair.md", waits);
  await_error("task/chair has its file in Needs_Action/chair.md");
  BOOST_TEST(tasks() == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_with_an_id_of_its_watcher_is_one_task) {
  open();
  drop("Inbox/mail.md", "---\nid: 18f3\ndigest: abc\nsubject: Buy\n---\n");
  await_file("Needs_Action/mail.md", "source_id: \"18f3\"");
  BOOST_TEST(contains(text("Needs_Action/mail.md"), "id: mail\n"));
  drop("Inbox/LAST.md", waits);
  await_file("Needs_Action/LAST.md", "status: waiting");
  BOOST_TEST(tasks() == 2u);
}

BOOST_AUTO_TEST_CASE(arrived_and_killed_before_the_file_was_moved_is_one_task) {
  open();
  drop("Inbox/chair.md", waits);
  await_file("Needs_Action/chair.md", "status: waiting");
  close();
  std::filesystem::remove(path() / "vault/Needs_Action/chair.md");
  drop("Inbox/chair.md", waits);
  open();
  await_file("Needs_Action/chair.md", "status: waiting");
  BOOST_TEST(!there("Inbox/chair.md"));
  BOOST_TEST(tasks() == 1u);
}

BOOST_AUTO_TEST_CASE(the_file_of_a_failed_approval_is_no_new_task) {
  open([](std::string_view step) { return step == "outbox.write" ? ENOSPC : 0; });
  drop("Pending_Approval/Email/C.md", mail("C"));
  await_file("Pending_Approval/Email/C.md", "status: pending");
  approve("C");
  await_file("Needs_Action/C.md", "status: failed");
  drop("Inbox/LAST.md", waits);
  await_file("Needs_Action/LAST.md", "status: waiting");
  BOOST_TEST(tasks() == 1u);
}

BOOST_AUTO_TEST_CASE(the_file_of_a_refused_draft_can_be_mended_and_proposed) {
  open();
  write_refused("REPLY");
  auto changed = text(refused);
  changed.replace(changed.find("---\n"), 4, "---\nto: ines@example.com\n");
  changed.replace(changed.find("Dear all"), 8, "Dear Ines");
  drop(refused, changed);
  await("the edit", [&] { return draft("REPLY").content().to_size() == 1; });
  BOOST_TEST(contains(draft("REPLY").content().body(), "Dear Ines"));
  await_file(refused, draft("REPLY").digest());
  command(EntityRef{.kind = "draft", .id = "REPLY"}, std::make_shared<draft::Propose>(), "mara")
      .value();
  await_file("Pending_Approval/Email/REPLY.md", "Dear Ines");
  await("it has left", [&] { return !there(refused); });
  BOOST_TEST(tasks() == 0u);
}

BOOST_AUTO_TEST_CASE(a_copy_of_the_file_of_a_refused_draft_is_no_task) {
  open();
  write_refused("REPLY");
  drop("Inbox/copy.md", text(refused));
  await_error("it is a file of draft/REPLY, which is refused");
  BOOST_TEST(there("Inbox/copy.md"));
  drop("Inbox/LAST.md", waits);
  await_file("Needs_Action/LAST.md", "status: waiting");
  BOOST_TEST(tasks() == 1u);
}

BOOST_AUTO_TEST_CASE(the_renamed_file_of_a_refused_draft_gets_its_name_back) {
  open();
  write_refused("REPLY");
  const auto before = text(refused);
  rename(refused, "Needs_Action/other name.md");
  await_error("is called REPLY.md again");
  await_file(refused, draft("REPLY").digest());
  BOOST_TEST(text(refused) == before);
  BOOST_TEST(!there("Needs_Action/other name.md"));
  BOOST_TEST(tasks() == 0u);
}

BOOST_AUTO_TEST_CASE(a_refused_draft_whose_file_is_moved_to_rejected_is_discarded) {
  open();
  write_refused("REPLY");
  rename(refused, "Rejected/REPLY.md");
  await_status("draft", "REPLY", "discarded");
  await_file("Rejected/REPLY.md", "status: discarded");
  BOOST_TEST(!there(refused));
}

BOOST_AUTO_TEST_CASE(a_cloud_node_leaves_drafts_in_their_folder_and_takes_edits) {
  be("cloud");
  open();
  drop("Inbox/order.md", for_the_agent);
  await_status("task", "order", "drafted");
  await_file("In_Progress/cloud/order.md", "status: drafted");
  const std::string draft = task("order").draft();
  const std::string file = "Needs_Action/cloud/" + draft + ".md";
  await_file(file, "status: drafted");
  auto changed = text(file);
  changed.replace(changed.find("Dear all"), 8, "Dear Ines");
  drop(file, changed);
  await("the draft is edited", [&] {
    const auto answer = node().get({.kind = "draft", .id = draft}).value();
    return contains(dynamic_cast<const draft::View&>(*answer.view).content().body(), "Dear Ines");
  });
  await_file(file, "Dear Ines");
  rename(file, "Rejected/" + draft + ".md");
  await_status("draft", draft, "discarded");
  await_file("Rejected/order.md", "status: dropped");
  BOOST_TEST(count("vault/Pending_Approval") == 0u);
}

BOOST_AUTO_TEST_CASE(many_files_at_once_are_each_claimed_once) {
  const auto many = tests::from_environment("NIGHTSHIFT_FILES", 300);
  open();
  for (std::size_t i = 0; i < many; ++i) {
    drop("Inbox/T" + std::to_string(i) + ".md", "Chair " + std::to_string(i) + "\n");
  }
  for (std::size_t i = 0; i < many; ++i) {
    const auto name = "Needs_Action/T" + std::to_string(i) + ".md";
    await_file(name, "status: waiting");
    BOOST_TEST(contains(text(name), "Chair " + std::to_string(i) + "\n"), name);
  }
  BOOST_TEST(count("vault/Needs_Action") == many);
  BOOST_TEST(count("vault/Inbox") == 0u);
  BOOST_TEST(tasks() == many);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
