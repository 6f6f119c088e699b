// What people have under way in the repository is never overwritten; they are told.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "bridges/git/premises.hpp"
#include "tests/bridges/git/yard.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::git;

/// A vault with a commit and a second one at the remote that changes `a.md`.
struct Scene {
  Yard yard;
  Desk desk = yard.desk("local", Role::local);
  fs::path other;

  Scene() {
    write(desk.vault / "a.md", "1\n");
    write(desk.vault / "b.md", "1\n");
    desk.round_ok();
    other = yard.clone("other");
    write(other / "a.md", "2\n");
    git_ok(other, {"commit", "-qam", "two"});
    git_ok(other, {"push", "-q", "origin", "main"});
  }
};

BOOST_AUTO_TEST_SUITE(people)

BOOST_AUTO_TEST_CASE(what_is_under_way_stops_the_round_before_it_touches_anything) {
  const auto conflict_with_other = [](const fs::path& vault) {
    write(vault / "a.md", "3\n");
    git_ok(vault, {"commit", "-qam", "three"});
    git_ok(vault, {"fetch", "-q", "origin"});
  };
  struct Case {
    std::string expected;
    std::function<void(const fs::path&)> act;
  };
  const std::vector<Case> cases{
      {"operation_under_way",
       [&](const fs::path& vault) {
         conflict_with_other(vault);
         BOOST_TEST(git(vault, {"merge", "-q", "origin/main"}).exit_code != 0);
       }},
      {"operation_under_way",
       [&](const fs::path& vault) {
         conflict_with_other(vault);
         BOOST_TEST(git(vault, {"rebase", "-q", "origin/main"}).exit_code != 0);
       }},
      {"operation_under_way",
       [&](const fs::path& vault) {
         conflict_with_other(vault);
         BOOST_TEST(git(vault, {"cherry-pick", "origin/main"}).exit_code != 0);
       }},
      {"operation_under_way", [](const fs::path& vault) { git_ok(vault, {"bisect", "start"}); }},
      {"detached", [](const fs::path& vault) { git_ok(vault, {"switch", "-q", "--detach"}); }},
      {"other_branch", [](const fs::path& vault) { git_ok(vault, {"switch", "-qc", "mine"}); }},
      {"sparse", [](const fs::path& vault) { git_ok(vault, {"sparse-checkout", "set", "Inbox"}); }},
      {"locked", [](const fs::path& vault) { write(vault / ".git/index.lock", ""); }},
  };
  for (const auto& one : cases) {
    Scene scene;
    one.act(scene.desk.vault);
    const bool under_way = one.expected == "operation_under_way";
    if (!under_way) write(scene.desk.vault / "new.md", "mine\n");
    const auto files = files_of(scene.desk.vault);
    const auto head = git_ok(scene.desk.vault, {"rev-parse", "HEAD"});
    const auto status = git(scene.desk.vault, {"status", "--porcelain"}).text;
    const auto report = scene.desk.round();
    BOOST_TEST(name_of_trouble(report) == one.expected);
    BOOST_TEST(files_of(scene.desk.vault) == files);
    BOOST_TEST(git_ok(scene.desk.vault, {"rev-parse", "HEAD"}) == head);
    BOOST_TEST(git(scene.desk.vault, {"status", "--porcelain"}).text == status);
    if (report.trouble) BOOST_TEST(report.trouble->words.size() > 40U);
  }
}

BOOST_AUTO_TEST_CASE(a_shallow_clone_and_a_sha_256_repository_are_refused_in_words) {
  Scene scene;
  git_ok(scene.yard.path(""),
         {"clone", "-q", "--depth", "1", "file://" + scene.yard.remote().string(), "shallow"});
  Synchroniser shallow(scene.yard.options("shallow", Role::local));
  BOOST_TEST(name_of_trouble(shallow.round({})) == "shallow");

  git_ok(scene.yard.path(""), {"init", "-q", "--object-format=sha256", "long"});
  Synchroniser longer(scene.yard.options("long", Role::local));
  const auto report = longer.round({});
  BOOST_TEST(name_of_trouble(report) == "unsupported");
  BOOST_TEST(report.trouble->words.find("SHA-256") != std::string::npos);
  BOOST_TEST(name_of_trouble(Synchroniser(scene.yard.options("none", Role::local)).round({})) ==
             "no_repository");
}

BOOST_AUTO_TEST_CASE(what_was_staged_apart_from_the_file_is_not_committed_over) {
  Scene scene;
  const auto& vault = scene.desk.vault;
  write(vault / "b.md", "staged\n");
  git_ok(vault, {"add", "b.md"});
  write(vault / "b.md", "and more\n");
  BOOST_TEST(name_of_trouble(scene.desk.round()) == "staged");
  BOOST_TEST(git_ok(vault, {"show", ":b.md"}) == "staged");
  git_ok(vault, {"add", "b.md"});
  scene.desk.round_ok();
  BOOST_TEST(git_ok(scene.yard.remote(), {"show", "main:b.md"}) == "and more");
  BOOST_TEST(read(vault / "a.md") == "2\n");
  BOOST_TEST(git_ok(vault, {"status", "--porcelain"}) == "?? .gitignore");
}

BOOST_AUTO_TEST_CASE(changes_that_we_do_not_commit_stand_in_the_way_of_what_is_fetched) {
  Scene scene;
  write(scene.other / "server.md", "x\n");
  write(scene.other / ".obsidian/app.json", "theirs\n");
  git_ok(scene.other, {"add", "-A"});
  git_ok(scene.other, {"commit", "-qm", "dot"});
  git_ok(scene.other, {"push", "-q", "origin", "main"});
  write(scene.desk.vault / ".obsidian/app.json", "mine\n");
  BOOST_TEST(name_of_trouble(scene.desk.round()) == "uncommitted");
  BOOST_TEST(read(scene.desk.vault / ".obsidian/app.json") == "mine\n");
  BOOST_TEST(read(scene.desk.vault / "server.md") == "<absent>");
  fs::remove(scene.desk.vault / ".obsidian/app.json");
  scene.desk.round_ok();
  BOOST_TEST(read(scene.desk.vault / ".obsidian/app.json") == "theirs\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_edited_while_it_is_fetched_is_merged) {
  Scene scene;
  write(scene.other / "long.md", "1\n2\n3\n4\n5\n");
  git_ok(scene.other, {"add", "-A"});
  git_ok(scene.other, {"commit", "-qm", "long"});
  git_ok(scene.other, {"push", "-q", "origin", "main"});
  scene.desk.round_ok();
  write(scene.other / "long.md", "one\n2\n3\n4\n5\n");
  git_ok(scene.other, {"commit", "-qam", "one"});
  git_ok(scene.other, {"push", "-q", "origin", "main"});
  // The person writes at the very moment in which the file is exchanged.
  auto options = scene.desk.options;
  int edits = 0;
  options.step = [&](std::string_view name) {
    if (name == "written" && ++edits == 1) {
      write(scene.desk.vault / "long.md", "1\n2\n3\n4\nfive\n");
    }
  };
  Synchroniser synchroniser(options);
  BOOST_TEST(name_of_trouble(synchroniser.round({})) == "");
  BOOST_TEST(edits >= 2);
  BOOST_TEST(read(scene.desk.vault / "long.md") == "one\n2\n3\n4\nfive\n");
}

BOOST_AUTO_TEST_CASE(init_makes_what_is_missing_and_its_hook_refuses_keys) {
  Yard yard;
  const auto vault = yard.path("vault");
  fs::create_directories(vault);
  BOOST_REQUIRE(make_premises(vault, "main", yard.remote().string()).has_value());
  const auto again = make_premises(vault, "main", yard.remote().string());
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST(again->empty());
  write(vault / "a.md",
        "sk-"
        "ant-"
        "abcdefghijklmnopqrstuvwxyz\n");
  git_ok(vault, {"add", "a.md"});
  BOOST_TEST(git(vault, {"commit", "-qm", "leak"}).exit_code != 0);
  write(vault / "a.md", "words\n");
  write(vault / "b.pem", "x\n");
  git_ok(vault, {"add", "-f", "a.md", "b.pem"});
  BOOST_TEST(git(vault, {"commit", "-qm", "pem"}).exit_code != 0);
  git_ok(vault, {"rm", "-q", "--cached", "b.pem"});
  git_ok(vault, {"commit", "-qm", "fine"});
  const auto other = make_premises(vault, "main", "/elsewhere.git");
  BOOST_TEST(!other.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::tests
