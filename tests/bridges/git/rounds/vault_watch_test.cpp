// What the kernel tells of changes in a vault.
#include <boost/test/unit_test.hpp>

#include "bridges/git/rounds/vault_watch.hpp"
#include "tests/bridges/git/yard.hpp"
#include "tests/support/eventually.hpp"

namespace nightshift::tests {

BOOST_AUTO_TEST_SUITE(vault_watch)

BOOST_AUTO_TEST_CASE(files_in_folders_old_and_new_are_told) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "Plans");
  bridges::git::VaultWatch watch(folder.path());
  BOOST_TEST(!watch.take());
  write(folder / "Plans/week.md", "one");
  eventually([&] { return watch.take(); }, "a change in a folder is told");
  fs::create_directories(folder / "New");
  eventually([&] { return watch.take(); }, "a new folder is told");
  write(folder / "New/a.md", "two");
  eventually([&] { return watch.take(); }, "a file in a new folder is told");
  fs::remove(folder / "New/a.md");
  eventually([&] { return watch.take(); }, "a file that goes is told");
}

BOOST_AUTO_TEST_CASE(what_stays_here_is_not_told) {
  const TemporaryFolder folder;
  fs::create_directories(folder / ".git");
  fs::create_directories(folder / "Outbox/new");
  bridges::git::VaultWatch watch(folder.path());
  write(folder / ".git/index", "x");
  write(folder / ".git_sync_state.md", "x");
  write(folder / "Outbox/new/1", "x");
  BOOST_TEST(!watch.take());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
