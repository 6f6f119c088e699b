// Folders without a way out; nothing overwritten unseen.
#include "bridges/vault/files.hpp"

#include <sys/stat.h>

#include "bridges/vault/names.hpp"
#include "messages/crypto.hpp"
#include "tests/bridges/vault/temporary_folder.hpp"

namespace nightshift::bridges::vault {
namespace {

struct Fixture : TemporaryFolder {
  Folder root = open();

  Folder open() const {
    auto folder = Folder::open(path());
    BOOST_REQUIRE(folder.has_value());
    return std::move(*folder);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(files, Fixture)

BOOST_AUTO_TEST_CASE(links_pipes_and_folders_are_not_files) {
  put("real.md", "x");
  std::filesystem::create_symlink("/etc/passwd", path() / "link.md");
  std::filesystem::create_directory(path() / "folder.md");
  BOOST_REQUIRE(::mkfifo((path() / "pipe.md").c_str(), 0600) == 0);
  BOOST_TEST(root.read("real.md", 10).has_value());
  for (const char* name : {"link.md", "folder.md", "pipe.md", "..", "", "a/b"}) {
    BOOST_TEST((root.read(name, 10).error().code == ErrorCode::invalid), name);
    BOOST_TEST((root.stat(name).error().code == ErrorCode::invalid), name);
  }
  BOOST_TEST((root.read("absent.md", 10).error().code == ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(no_relative_path_leads_out) {
  put("Files/a.txt", "inside");
  std::filesystem::create_directory_symlink("/etc", path() / "etc");
  BOOST_TEST(root.read_beneath("Files/a.txt", 100).value() == "inside");
  for (const char* out : {"../a", "Files/../../a", "/etc/passwd", "etc/passwd", "Files/./a.txt",
                          "Files//a.txt", "Files/"}) {
    BOOST_TEST((root.read_beneath(out, 100).error().code == ErrorCode::invalid), out);
  }
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "d/";
  BOOST_TEST(!root.sub(deep, true).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_over_the_bound_is_not_read) {
  put("big", std::string(101, 'x'));
  BOOST_TEST((root.read("big", 100).error().code == ErrorCode::too_large));
  BOOST_TEST(root.read("big", 101)->text.size() == 101u);
}

BOOST_AUTO_TEST_CASE(creating_and_moving_never_overwrite) {
  put("there.md", "a person's");
  BOOST_TEST((root.create("there.md", "ours").error().code == ErrorCode::conflict));
  BOOST_TEST(get("there.md") == "a person's");
  BOOST_REQUIRE(root.create("new.md", "ours").has_value());
  BOOST_TEST((root.move("new.md", root, "there.md").error().code == ErrorCode::conflict));
  BOOST_TEST(get("new.md") == "ours");
  BOOST_TEST(root.names(100)->size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_that_changed_meanwhile_is_not_replaced) {
  put("x.md", "first");
  const auto seen = root.read("x.md", 100);
  put("x.md", "a person's second");
  BOOST_TEST((root.replace("x.md", "ours", *seen).error().code == ErrorCode::conflict));
  BOOST_TEST((root.remove("x.md", *seen).error().code == ErrorCode::conflict));
  BOOST_TEST(get("x.md") == "a person's second");
  const auto again = root.read("x.md", 100);
  BOOST_REQUIRE(root.replace("x.md", "ours", *again).has_value());
  BOOST_TEST(get("x.md") == "ours");
  BOOST_TEST(root.names(100)->size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_that_has_gone_has_changed) {
  put("x.md", "first");
  const auto seen = root.read("x.md", 100);
  std::filesystem::remove(path() / "x.md");
  BOOST_TEST((root.replace("x.md", "ours", *seen).error().code == ErrorCode::conflict));
  BOOST_TEST((root.remove("x.md", *seen).error().code == ErrorCode::conflict));
  BOOST_TEST(root.names(100)->empty());
}

BOOST_AUTO_TEST_CASE(a_change_that_size_and_time_hide_is_found_by_its_bytes) {
  put("x.md", "first");
  auto seen = root.read("x.md", 100);
  seen->text = "FIRST";  // what was read differs from what is there, the stamp says otherwise
  BOOST_TEST((root.replace("x.md", "ours", *seen).error().code == ErrorCode::conflict));
  BOOST_TEST(get("x.md") == "first");
  BOOST_TEST(root.names(100)->size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_open_for_writing_is_neither_replaced_nor_removed) {
  put("x.md", "first");
  const auto seen = root.read("x.md", 100);
  {
    std::ofstream editor(path() / "x.md", std::ios::app);
    BOOST_TEST((root.replace("x.md", "ours", *seen).error().code == ErrorCode::conflict));
    BOOST_TEST((root.remove("x.md", *seen).error().code == ErrorCode::conflict));
    editor << " and more";
  }
  BOOST_TEST(get("x.md") == "first and more");
  BOOST_TEST(root.names(100)->size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_crash_leaves_tells_ours_from_a_persons) {
  const auto hash = to_hex(as_bytes(sha256("ours"))).substr(0, 16);
  const std::string name = ".nightshift-" + hash + "-X.md";
  BOOST_TEST(temporary_of(name, "ours")->ours);
  BOOST_TEST(temporary_of(name, "ours")->target == "X.md");
  BOOST_TEST(!temporary_of(name, "a person's")->ours);
  BOOST_TEST(!temporary_of("X.md", "ours").has_value());
  BOOST_TEST(!temporary_of(".nightshift-", "ours").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
