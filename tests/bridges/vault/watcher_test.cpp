// What the kernel tells of the folders, and what becomes of it where it cannot tell everything.
#include "bridges/vault/watcher.hpp"

#include "tests/bridges/vault/temporary_folder.hpp"

namespace nightshift::bridges::vault {
namespace {

namespace fs = std::filesystem;

struct Watched : TemporaryFolder {
  Watched() {
    fs::create_directories(path() / "Inbox");
    fs::create_directories(path() / "Done");
    BOOST_REQUIRE(watcher->watch(root, {"", "Inbox", "Done"}, 3).has_value());
  }

  Folder root = Folder::open(path()).value();
  std::unique_ptr<Watcher> watcher = Watcher::open().value();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(watcher, Watched)

BOOST_AUTO_TEST_CASE(files_that_come_change_move_and_go_are_told_by_their_paths) {
  put("Inbox/new.md", "x");
  BOOST_TEST((watcher->take().files == std::set<std::string>{"Inbox/new.md"}));
  BOOST_TEST(watcher->take().files.empty());
  fs::rename(path() / "Inbox/new.md", path() / "Done/old.md");
  BOOST_TEST((watcher->take().files == std::set<std::string>{"Inbox/new.md", "Done/old.md"}));
  fs::permissions(path() / "Done/old.md", fs::perms::owner_read);
  BOOST_TEST((watcher->take().files == std::set<std::string>{"Done/old.md"}));
  fs::remove(path() / "Done/old.md");
  BOOST_TEST((watcher->take().files == std::set<std::string>{"Done/old.md"}));
}

BOOST_AUTO_TEST_CASE(hidden_files_are_not_news) {
  put("Inbox/.nightshift-0123456789abcdef-new.md", "x");
  const auto news = watcher->take();
  BOOST_TEST(news.files.empty());
  BOOST_TEST(!news.everything);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_exchanged_asks_for_a_look_at_everything) {
  fs::rename(path() / "Inbox", path() / "Away");
  fs::create_directory(path() / "Inbox");
  BOOST_TEST(watcher->take().everything);
  BOOST_REQUIRE(watcher->watch(root, {"", "Inbox", "Done"}, 3).has_value());
  watcher->take();
  put("Away/unseen.md", "x");
  BOOST_TEST(watcher->take().files.empty(), "the folder that left is watched still");
  put("Inbox/seen.md", "x");
  BOOST_TEST((watcher->take().files == std::set<std::string>{"Inbox/seen.md"}));
}

BOOST_AUTO_TEST_CASE(a_folder_that_went_and_came_back_is_told) {
  fs::rename(path() / "Inbox", path().string() + "-Inbox");
  fs::rename(path().string() + "-Inbox", path() / "Inbox");
  BOOST_TEST(watcher->take().everything);
}

BOOST_AUTO_TEST_CASE(more_than_the_queue_holds_is_a_look_at_everything) {
  constexpr int beyond_the_queue = 40'000;
  const std::string names[] = {(path() / "Inbox/a.md").string(), (path() / "Inbox/b.md").string()};
  for (const auto& name : names) std::ofstream(name) << "x";
  for (int i = 0; i < beyond_the_queue; ++i) {
    fs::permissions(names[i % 2], i % 4 < 2 ? fs::perms::owner_read : fs::perms::owner_all);
  }
  const auto news = watcher->take();
  BOOST_TEST(news.everything);
  BOOST_TEST(news.files.empty());
}

BOOST_AUTO_TEST_CASE(more_folders_than_may_be_watched_are_refused) {
  const auto refused = watcher->watch(root, {"", "Inbox", "Done"}, 2);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::too_large));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
