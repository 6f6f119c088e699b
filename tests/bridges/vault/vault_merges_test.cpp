// What a merge puts into the vault decides nothing, and how the two stand shows on pages.
#include "messages/sync.pb.h"
#include "tests/bridges/vault/house.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::bridges::vault {
namespace {

using tests::must;

const std::string waiting = "Pending_Approval/Email/EMAIL_DRAFT_1.md";
const std::string id = "EMAIL_DRAFT_1";

struct Merging : House {
  Merging() {
    open();
    close_vault();
    adjust([this](VaultOptions& options) {
      options.arrivals = arrivals;
      options.shared = shared;
    });
    open_vault();
  }
  /// A mail that waits.
  void wait_for_decision() {
    drop(waiting, mail("Offer"));
    await_file(waiting, "status: pending");
  }
  /// As a round does with a move that was made on another machine.
  void merge_move(const std::string& to) {
    arrivals->add(to);
    rename(waiting, to);
  }
  void by_host(std::shared_ptr<const google::protobuf::Message> body) {
    runtime::Command command;
    command.entity = {.kind = "sync", .id = node().identity().node()};
    command.body = std::move(body);
    command.caller = kernel::Caller::of_host();
    must(node().call(std::move(command), std::chrono::seconds(60)));
  }
  void define() {
    auto define = std::make_shared<sync::Define>();
    define->mutable_config()->set_remote("/srv/vault.git");
    define->mutable_config()->set_branch("main");
    define->mutable_config()->set_side("local");
    by_host(define);
  }

  bool shared = true;
  const std::shared_ptr<Arrivals> arrivals = std::make_shared<Arrivals>();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vault_merges, Merging)

BOOST_AUTO_TEST_CASE(a_move_to_rejected_that_came_by_a_merge_rejects_nothing) {
  wait_for_decision();
  merge_move("Rejected/EMAIL_DRAFT_1.md");
  await_error("came by a merge, which decides nothing");
  await_file(waiting, "status: pending");
  BOOST_TEST(status(id) == "pending");
  BOOST_TEST(!there("Rejected/EMAIL_DRAFT_1.md"));
}

BOOST_AUTO_TEST_CASE(the_owners_own_move_afterwards_counts) {
  wait_for_decision();
  merge_move("Rejected/EMAIL_DRAFT_1.md");
  await("it was put back", [&] { return !arrivals->has("Rejected/EMAIL_DRAFT_1.md"); });
  await_file(waiting, "status: pending");
  rename(waiting, "Rejected/EMAIL_DRAFT_1.md");
  await("it is rejected", [&] { return status(id) == "rejected"; });
}

BOOST_AUTO_TEST_CASE(a_move_to_approved_that_came_by_a_merge_does_not_even_ask) {
  wait_for_decision();
  merge_move("Approved/EMAIL_DRAFT_1.md");
  await_error("came by a merge, which decides nothing");
  await_file(waiting, "status: pending");
  BOOST_TEST(text(waiting).find("confirm with your key") == std::string::npos);
  BOOST_TEST(status(id) == "pending");
}

BOOST_AUTO_TEST_CASE(what_another_node_has_marked_is_not_taken_here) {
  const auto marked =
      "---\nid: EMAIL_DRAFT_9\nto: ada@example.org\nsubject: Offer\n"
      "status: pending\ndigest: \"" +
      std::string(64, 'a') + "\"\n---\n\nHello\n";
  const std::string theirs = "Pending_Approval/Email/EMAIL_DRAFT_9.md";
  drop(theirs, marked);
  drop("Needs_Action/EMAIL_DRAFT_9.md", marked);
  // What comes later is taken later.
  wait_for_decision();
  BOOST_TEST(status("EMAIL_DRAFT_9") == "");
  BOOST_TEST(status("task", "EMAIL_DRAFT_9") == "");
  BOOST_TEST(text(theirs) == marked);
  BOOST_TEST(bridge().refusals().count() == 0U);
  close_vault();
  shared = false;
  open_vault();
  await("a vault of one node takes it", [&] { return status("EMAIL_DRAFT_9") == "pending"; });
}

BOOST_AUTO_TEST_CASE(how_vault_and_repository_stand_is_a_file_that_is_not_shared) {
  define();
  await_file(".git_sync_state.md", "sync_status: starting");
  auto report = std::make_shared<sync::ReportRound>();
  auto& round = *report->mutable_round();
  round.set_head(std::string(40, 'a'));
  round.set_remote_head(std::string(40, 'b'));
  round.set_ahead(1);
  round.set_reached(true);
  by_host(report);
  await_file(".git_sync_state.md", "sync_status: ahead");
  const auto page = text(".git_sync_state.md");
  BOOST_TEST(page.find("commit_hash_local: " + std::string(40, 'a')) != std::string::npos);
  BOOST_TEST(page.find("commit_hash_cloud: " + std::string(40, 'b')) != std::string::npos);
  BOOST_TEST(page.find("last_pull_timestamp: null") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_merge_left_out_is_a_row_once) {
  define();
  auto report = std::make_shared<sync::ReportConflict>();
  report->set_key("k");
  report->set_path("Plans/week.md");
  report->set_loser(sync::SIDE_THEIRS);
  report->set_reason("both sides changed the same lines");
  report->set_bytes("monday");
  by_host(report);
  const std::string log = "Logs/Local/git_conflicts.md";
  await_file(log,
             "| 1 | Plans/week.md | both sides changed the same lines; the other side's words");
  close_vault();
  const auto cursor = text(".nightshift_cursor");
  drop(".nightshift_cursor", cursor.substr(0, cursor.find(' ')) + " 0\n");
  open_vault();
  auto resolve = std::make_shared<sync::Resolve>();
  resolve->set_conflict("1");
  must(command(EntityRef{.kind = "sync", .id = node().identity().node()}, resolve, "mara"));
  await_file(log, "resolved, by mara");
  const auto page = text(log);
  BOOST_TEST(page.find("Plans/week.md") == page.rfind("Plans/week.md"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
