// Several nodes and plain git push to one remote at the same time.
#include <boost/test/unit_test.hpp>
#include <thread>

#include "tests/bridges/git/yard.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::git;

BOOST_AUTO_TEST_SUITE(crowd)

BOOST_AUTO_TEST_CASE(no_commit_is_lost_among_nodes_and_plain_git) {
  constexpr int rounds = 6;
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  auto local = yard.desk("local", Role::local);
  write(cloud.vault / "start.md", "s\n");
  cloud.round_ok();
  const auto person = yard.clone("person");
  const auto work = [&](Desk& desk) {
    for (int i = 0; i < rounds; ++i) {
      write(desk.vault / (desk.options.node + std::to_string(i) + ".md"), "x\n");
      desk.round();
    }
  };
  std::jthread first([&] { work(cloud); });
  std::jthread second([&] { work(local); });
  std::vector<std::string> pushed;
  for (int i = 0; i < rounds; ++i) {
    write(person / ("person" + std::to_string(i) + ".md"), "x\n");
    git_ok(person, {"add", "-A"});
    git_ok(person, {"commit", "-qm", "by hand"});
    for (int attempt = 0; attempt < 20; ++attempt) {
      git_ok(person, {"pull", "-q", "--no-rebase", "--no-edit", "origin", "main"});
      if (git(person, {"push", "-q", "origin", "HEAD:main"}).exit_code != 0) continue;
      pushed.push_back(git_ok(person, {"rev-parse", "HEAD"}));
      break;
    }
  }
  first.join();
  second.join();
  cloud.round_ok();
  local.round_ok();
  cloud.round_ok();
  git_ok(person, {"pull", "-q", "--no-rebase", "--no-edit", "origin", "main"});
  const auto files = files_of(cloud.vault);
  BOOST_TEST(files.size() == 1U + 3U * rounds);
  BOOST_TEST(files == files_of(local.vault));
  BOOST_TEST(files == files_of(person));
  for (const auto& commit : pushed) {
    git_ok(yard.remote(), {"merge-base", "--is-ancestor", commit, "main"});
  }
  git_ok(yard.remote(), {"fsck", "--strict"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::tests
