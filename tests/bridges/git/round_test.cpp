// What goes over, what stays, and how the two sides meet.
#include <boost/test/unit_test.hpp>

#include "tests/bridges/git/yard.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::git;

BOOST_AUTO_TEST_SUITE(round)

BOOST_AUTO_TEST_CASE(a_vault_goes_to_an_empty_remote_and_to_the_other_machine) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  write(cloud.vault / "Inbox/a.md", "hello\n");
  write(cloud.vault / "Logs/Cloud/b.md", "row\n");
  const auto sent = cloud.round_ok();
  BOOST_TEST(sent.committed_files == 2U);
  BOOST_TEST(sent.pushed);
  BOOST_TEST(sent.ahead + sent.behind == 0U);
  BOOST_TEST(git_ok(yard.remote(), {"rev-parse", "main"}) == sent.head);

  auto local = yard.desk("local", Role::local);
  const auto got = local.round_ok();
  BOOST_TEST(got.written.size() == 2U);
  BOOST_TEST(files_of(local.vault) == files_of(cloud.vault));
  BOOST_TEST(git_ok(local.vault, {"status", "--porcelain", "--untracked-files=no"}) == "");
  git_ok(yard.remote(), {"fsck", "--strict"});
  BOOST_TEST(
      git_ok(yard.remote(), {"log", "-1", "--format=%an <%ae>|%(trailers:only,unfold)", "main"})
          .starts_with("cloud <nightshift@cloud>|Nightshift-Node: cloud\nNightshift-Role: "));
}

BOOST_AUTO_TEST_CASE(an_idle_round_changes_nothing_at_all) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  write(cloud.vault / "a.md", "hello\n");
  cloud.round_ok();
  const auto index = read(cloud.vault / ".git/index");
  const auto idle = cloud.round_ok();
  BOOST_TEST(idle.committed == "");
  BOOST_TEST(!idle.pushed);
  BOOST_TEST((read(cloud.vault / ".git/index") == index));
  BOOST_TEST(git_ok(yard.remote(), {"rev-list", "--count", "main"}) == "1");
}

BOOST_AUTO_TEST_CASE(what_both_changed_meets_and_deletions_and_moves_go_over) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  auto local = yard.desk("local", Role::local);
  write(cloud.vault / "Plans/week.md", "1\n2\n3\n4\n5\n");
  write(cloud.vault / "Inbox/gone.md", "gone\n");
  write(cloud.vault / "Inbox/moved.md", "moved\n");
  cloud.round_ok();
  local.round_ok();

  write(cloud.vault / "Plans/week.md", "one\n2\n3\n4\n5\n");
  write(cloud.vault / "Needs_Action/new.md", "new\n");
  fs::remove(cloud.vault / "Inbox/gone.md");
  write(local.vault / "Plans/week.md", "1\n2\n3\n4\nfive\n");
  fs::create_directories(local.vault / "Done");
  fs::rename(local.vault / "Inbox/moved.md", local.vault / "Done/moved.md");
  cloud.round_ok();
  const auto merged = local.round_ok();
  BOOST_TEST(merged.merges.size() == 1U);
  BOOST_TEST(merged.conflicts.empty());
  cloud.round_ok();
  const std::map<std::string, std::string> expected{{"Done/moved.md", "moved\n"},
                                                    {"Needs_Action/new.md", "new\n"},
                                                    {"Plans/week.md", "one\n2\n3\n4\nfive\n"}};
  BOOST_TEST(files_of(cloud.vault) == expected);
  BOOST_TEST(files_of(local.vault) == expected);
}

BOOST_AUTO_TEST_CASE(the_loser_of_a_contradiction_is_in_the_report_with_all_its_bytes) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  auto local = yard.desk("local", Role::local);
  write(cloud.vault / "Plans/a.md", "x\n");
  write(cloud.vault / "Files/b.bin", std::string("\0base", 5));
  cloud.round_ok();
  local.round_ok();
  write(cloud.vault / "Plans/a.md", "cloud\n");
  write(cloud.vault / "Files/b.bin", std::string("\0cloud", 6));
  write(local.vault / "Plans/a.md", "local\n");
  write(local.vault / "Files/b.bin", std::string("\0local", 6));
  local.round_ok();
  const auto report = cloud.round_ok();
  BOOST_REQUIRE(report.conflicts.size() == 2U);
  BOOST_TEST(report.conflicts[0].path == "Files/b.bin");
  BOOST_TEST(read(cloud.vault / report.conflicts[0].kept_as) == std::string("\0cloud", 6));
  BOOST_TEST(report.conflicts[1].path == "Plans/a.md");
  BOOST_TEST(report.conflicts[1].bytes == "cloud\n");
  BOOST_TEST(read(cloud.vault / "Plans/a.md") == "local\n");
  local.round_ok();
  BOOST_TEST(files_of(local.vault) == files_of(cloud.vault));
}

BOOST_AUTO_TEST_CASE(one_side_deletes_and_the_other_edits_and_the_edit_stays) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  auto local = yard.desk("local", Role::local);
  write(cloud.vault / "a.md", "a\n");
  write(cloud.vault / "b.md", "b\n");
  cloud.round_ok();
  local.round_ok();
  fs::remove(cloud.vault / "a.md");
  write(cloud.vault / "b.md", "B\n");
  write(local.vault / "a.md", "A\n");
  fs::remove(local.vault / "b.md");
  cloud.round_ok();
  local.round_ok();
  cloud.round_ok();
  const std::map<std::string, std::string> expected{{"a.md", "A\n"}, {"b.md", "B\n"}};
  BOOST_TEST(files_of(cloud.vault) == expected);
  BOOST_TEST(files_of(local.vault) == expected);
}

BOOST_AUTO_TEST_CASE(a_file_here_and_a_folder_there_of_one_name_are_both_kept) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  auto local = yard.desk("local", Role::local);
  write(cloud.vault / "start.md", "s\n");
  cloud.round_ok();
  local.round_ok();
  write(cloud.vault / "thing", "a file\n");
  write(cloud.vault / "Other/x.md", "below\n");
  write(cloud.vault / "note.md", "lower\n");
  write(local.vault / "thing/x.md", "a folder\n");
  write(local.vault / "Other", "the file\n");
  write(local.vault / "Note.md", "upper\n");
  cloud.round_ok();
  local.round_ok();
  cloud.round_ok();
  const auto files = files_of(cloud.vault);
  BOOST_TEST(files == files_of(local.vault));
  std::vector<std::string> texts;
  for (const auto& [path, text] : files) texts.push_back(text);
  for (const std::string text :
       {"a file\n", "below\n", "a folder\n", "the file\n", "lower\n", "upper\n"}) {
    BOOST_TEST((std::ranges::find(texts, text) != texts.end()), "lost: " << text);
  }
  BOOST_TEST(files.contains("thing/x.md"));
}

BOOST_AUTO_TEST_CASE(what_must_not_leave_stays_and_is_told) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  write(cloud.vault / "a.md", "a\n");
  write(cloud.vault / ".env", "X=1\n");
  write(cloud.vault / "Outbox/new/1", "mail\n");
  write(cloud.vault / ".git_sync_state.md", "state\n");
  write(cloud.vault / "server.pem", "pem\n");
  write(cloud.vault / "key.md",
        "sk-"
        "ant-"
        "abcdefghijklmnopqrstuvwxyz\n");
  fs::create_symlink("/etc/passwd", cloud.vault / "link.md");
  const auto report = cloud.round_ok();
  BOOST_TEST(git_ok(yard.remote(), {"ls-tree", "-r", "--name-only", "main"}) == "a.md");
  std::vector<std::string> told;
  for (const auto& skipped : report.skipped) told.push_back(skipped.path);
  BOOST_TEST(told == (std::vector<std::string>{"link.md", "server.pem", "key.md"}),
             boost::test_tools::per_element());
  write(cloud.vault / "key.md", "taken out\n");
  cloud.round_ok();
  BOOST_TEST(git_ok(yard.remote(), {"show", "main:key.md"}) == "taken out");
}

BOOST_AUTO_TEST_CASE(a_vault_within_a_repository_leaves_the_rest_alone) {
  Yard yard;
  const auto project = yard.clone("project");
  write(project / "code.py", "print(1)\n");
  write(project / "AI_Employee_Vault/a.md", "a\n");
  git_ok(project, {"add", "-A"});
  git_ok(project, {"commit", "-qm", "start"});
  git_ok(project, {"push", "-q", "origin", "HEAD:main"});
  auto options = yard.options("project", Role::cloud);
  options.vault = project / "AI_Employee_Vault";
  Synchroniser synchroniser(options);
  write(project / "code.py", "print(2)\n");
  write(project / "AI_Employee_Vault/a.md", "b\n");
  const auto report = synchroniser.round({});
  BOOST_TEST(name_of_trouble(report) == "");
  BOOST_TEST(git_ok(yard.remote(), {"show", "main:code.py"}) == "print(1)");
  BOOST_TEST(git_ok(yard.remote(), {"show", "main:AI_Employee_Vault/a.md"}) == "b");
  BOOST_TEST(git_ok(project, {"diff", "--name-only"}) == "code.py");
}

BOOST_AUTO_TEST_CASE(a_vault_that_is_not_there_is_not_taken_for_a_deletion) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  write(cloud.vault / "V/a.md", "a\n");
  auto options = cloud.options;
  options.vault = cloud.vault / "V";
  Synchroniser synchroniser(options);
  BOOST_TEST(name_of_trouble(synchroniser.round({})) == "");
  fs::rename(cloud.vault / "V", yard.path("elsewhere"));
  BOOST_TEST(name_of_trouble(synchroniser.round({})) == "no_repository");
  BOOST_TEST(git_ok(yard.remote(), {"show", "main:V/a.md"}) == "a");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::tests
