// What a user sees of a vault that is kept in step.
#include <map>
#include <mutex>

#include "tests/bridges/git/rounds/study.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::tests {
namespace {

using bridges::git::Access;
using bridges::git::GitBridgeOptions;

void publish(const fs::path& clone, const std::string& what) {
  git_ok(clone, {"add", "-A"});
  git_ok(clone,
         {"-c", "user.name=Ines", "-c", "user.email=ines@example.org", "commit", "-qm", what});
  git_ok(clone, {"push", "-q", "origin", "HEAD:main"});
}

/// A person's clone that has what is there.
fs::path clone_with(Study& study, const std::string& name) { return study.yard.clone(name); }

}  // namespace

BOOST_AUTO_TEST_SUITE(git_rounds)

BOOST_AUTO_TEST_CASE(a_change_in_the_vault_is_sent_by_itself) {
  Study study;
  write(study.vault / "Plans/week.md", "one\n");
  study.open();
  study.await_status("synced");
  BOOST_TEST(git_ok(study.yard.remote(), {"show", "main:Plans/week.md"}) == "one");
  write(study.vault / "Plans/week.md", "two\n");
  eventually(
      [&] { return git(study.yard.remote(), {"show", "main:Plans/week.md"}).text == "two\n"; },
      "the change is there");
  const auto head = git_ok(study.yard.remote(), {"rev-parse", "main"});
  study.await("it is written down", [&](const auto& view) {
    return view.has_last_push_timestamp() && view.commit_hash_local() == head;
  });
}

BOOST_AUTO_TEST_CASE(a_vault_that_is_no_repository_waits_until_it_is_made_one) {
  Study study;
  fs::remove_all(study.vault);
  write(study.vault / "a.md", "a\n");
  study.open();
  study.await_status("conflict");
  BOOST_TEST(study.view().trouble() == "no_repository");
  must(study.tell(std::make_shared<sync::Init>(), {SCOPE_ADMIN}));
  study.await("it is made", [](const auto& view) { return view.init_done_size() > 0; });
  study.now();
  study.await_status("synced");
  BOOST_TEST(git_ok(study.yard.remote(), {"show", "main:a.md"}) == "a");
  BOOST_TEST(fs::exists(study.vault / ".git/hooks/pre-commit"));
}

BOOST_AUTO_TEST_CASE(who_asks_gets_what_others_have_sent) {
  Study study;
  write(study.vault / "a.md", "a\n");
  study.open();
  study.await_status("synced");
  const auto ines = clone_with(study, "ines");
  write(ines / "b.md", "b\n");
  publish(ines, "b");
  const auto view = study.now();
  BOOST_TEST(read(study.vault / "b.md") == "b\n");
  BOOST_TEST(view.sync_status() == "synced");
  BOOST_TEST(view.has_last_pull_timestamp());
  BOOST_TEST(view.commit_hash_cloud() == view.commit_hash_local());
}

BOOST_AUTO_TEST_CASE(a_remote_that_is_gone_is_off_line_after_three_rounds_and_comes_back) {
  Study study;
  write(study.vault / "a.md", "a\n");
  study.open();
  study.await_status("synced");
  fs::rename(study.yard.remote(), study.yard.path("away"));
  write(study.vault / "a.md", "b\n");
  for (int i = 0; i < 3; ++i) study.now();
  BOOST_TEST(study.status() == "offline");
  BOOST_TEST(study.view().trouble() == "unreachable");
  BOOST_TEST(study.view().ahead() == 1U);
  fs::rename(study.yard.path("away"), study.yard.remote());
  BOOST_TEST(study.now().sync_status() == "synced");
  BOOST_TEST(git_ok(study.yard.remote(), {"show", "main:a.md"}) == "b");
}

BOOST_AUTO_TEST_CASE(what_a_merge_leaves_out_is_in_the_journal_before_it_and_can_be_had_again) {
  Study study;
  write(study.vault / "Plans/week.md", "monday\n");
  study.open();
  study.await_status("synced");
  const auto ines = clone_with(study, "ines");
  write(ines / "Plans/week.md", "monday, says Ines\n");
  publish(ines, "week");
  write(study.vault / "Plans/week.md", "monday, says Mara\n");
  study.now();
  study.await_status("conflict");
  BOOST_TEST(read(study.vault / "Plans/week.md") == "monday, says Mara\n");
  const auto loss = study.view().losses(0);
  const auto events =
      must(study.node().events({.kind = "sync", .id = study.name}, loss.sequence() - 1, 1));
  const auto& event = dynamic_cast<const sync::Conflicted&>(*events.front().event);
  BOOST_TEST(event.bytes() == "monday, says Ines\n");

  auto restore = std::make_shared<sync::Restore>();
  restore->set_conflict(loss.conflict());
  must(study.tell(restore));
  study.await("it is restored",
              [](const auto& view) { return !view.losses(0).restored_as().empty(); });
  BOOST_TEST(read(study.vault / study.view().losses(0).restored_as()) == "monday, says Ines\n");
  study.await_status("synced");
}

BOOST_AUTO_TEST_CASE(a_journal_that_takes_nothing_stops_the_merge_before_anything_is_moved) {
  Study study;
  write(study.vault / "a.md", "one\n");
  auto options = study.yard.options("laptop", bridges::git::Role::local);
  bridges::git::Synchroniser first(options);
  BOOST_REQUIRE(!first.round({}).trouble);
  const auto ines = clone_with(study, "ines");
  write(ines / "a.md", "two\n");
  publish(ines, "two");
  write(study.vault / "a.md", "three\n");
  options.keep = [](const auto&) {
    return bridges::git::trouble(bridges::git::TroubleKind::failed, "no space");
  };
  bridges::git::Synchroniser second(options);
  const auto report = second.round({});
  BOOST_TEST(name_of_trouble(report) == "failed");
  BOOST_TEST(read(study.vault / "a.md") == "three\n");
  BOOST_TEST(report.merges.empty());
  BOOST_TEST(report.behind == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_that_lies_beside_is_a_conflict_until_somebody_takes_it_away) {
  Study study;
  write(study.vault / "photo.png", std::string("\0one", 4));
  study.open();
  study.await_status("synced");
  const auto ines = clone_with(study, "ines");
  write(ines / "photo.png", std::string("\0two", 4));
  publish(ines, "photo");
  write(study.vault / "photo.png", std::string("\0three", 6));
  study.now();
  study.await_status("conflict");
  const auto kept = study.view().losses(0).kept_as();
  BOOST_TEST(read(study.vault / kept) == std::string("\0two", 4));
  fs::remove(study.vault / kept);
  study.now();
  study.await_status("synced");
}

BOOST_AUTO_TEST_CASE(a_rebase_of_a_person_waits_for_that_person_and_nothing_is_touched) {
  Study study;
  write(study.vault / "a.md", "a\n");
  study.open();
  study.await_status("synced");
  fs::create_directories(study.vault / ".git/rebase-merge");
  write(study.vault / "a.md", "b\n");
  const auto before = git_ok(study.vault, {"rev-parse", "HEAD"});
  BOOST_TEST(study.now().sync_status() == "conflict");
  BOOST_TEST(study.view().trouble() == "operation_under_way");
  BOOST_TEST(git_ok(study.vault, {"rev-parse", "HEAD"}) == before);
  fs::remove_all(study.vault / ".git/rebase-merge");
  BOOST_TEST(study.now().sync_status() == "synced");
}

BOOST_AUTO_TEST_CASE(a_rewound_branch_waits_for_a_person_who_takes_it) {
  Study study;
  write(study.vault / "a.md", "a\n");
  study.open();
  study.await_status("synced");
  write(study.vault / "b.md", "b\n");
  study.now();
  const auto first = git_ok(study.yard.remote(), {"rev-list", "--max-parents=0", "main"});
  git_ok(study.yard.remote(), {"update-ref", "refs/heads/main", first});
  BOOST_TEST(study.now().sync_status() == "conflict");
  BOOST_TEST(study.view().trouble() == "rewound");
  BOOST_TEST(study.now(true).sync_status() == "synced");
  BOOST_TEST(git_ok(study.yard.remote(), {"show", "main:b.md"}) == "b");
}

BOOST_AUTO_TEST_CASE(what_was_asked_for_before_the_node_ended_is_done_after_it) {
  Study study;
  write(study.vault / "a.md", "a\n");
  study.open([](GitBridgeOptions& options) {
    options.access = []() -> Result<Access> {
      return fail(ErrorCode::not_found, "nothing is sealed as git-key");
    };
  });
  study.now();
  BOOST_TEST(study.view().trouble() == "denied");
  must(study.tell(std::make_shared<sync::Now>()));
  study.close();
  study.open();
  study.await_status("synced");
  BOOST_TEST(study.view().answered() == study.view().asked());
}

BOOST_AUTO_TEST_CASE(it_is_told_what_comes_before_it_lies_there) {
  Study study;
  write(study.vault / "Pending_Approval/Email/a.md", "a\n");
  std::mutex mutex;
  std::map<std::string, bool> told;
  study.open([&](GitBridgeOptions& options) {
    options.arriving = [&](const std::string& path) {
      const std::lock_guard lock(mutex);
      told[path] = fs::exists(study.vault / path);
    };
  });
  study.await_status("synced");
  const auto ines = clone_with(study, "ines");
  fs::create_directories(ines / "Approved");
  fs::rename(ines / "Pending_Approval/Email/a.md", ines / "Approved/a.md");
  publish(ines, "approve");
  study.now();
  const std::lock_guard lock(mutex);
  BOOST_TEST(told.at("Approved/a.md") == false);
  BOOST_TEST(told.at("Pending_Approval/Email/a.md") == true);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
