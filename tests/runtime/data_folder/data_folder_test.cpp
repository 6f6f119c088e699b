// The data folder: its lock, its private files, what others can read of a running node.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "messages/crypto.hpp"
#include "runtime/data_folder.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::runtime;
using nightshift::tests::read_file;
using nightshift::tests::TemporaryFolder;
using nightshift::tests::write_file;

mode_t mode_of(const std::filesystem::path& path) {
  struct stat info{};
  BOOST_TEST_REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

/// Runs `work` as an unprivileged user in a process of its own; true if it returned true there.
template <class Work>
bool as_nobody(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    ::_exit(work() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_new_folder_is_for_its_owner_alone) {
  const TemporaryFolder root;
  const DataFolder folder(root / "a/b");
  BOOST_TEST(folder.create().has_value());
  BOOST_TEST(mode_of(folder.root()) == 0700u);
  BOOST_TEST(mode_of(folder.root() / "approvers") == 0700u);
  BOOST_TEST(!folder.initialised());
  ::chmod(folder.root().c_str(), 0755);
  BOOST_TEST(folder.create().has_value());
  BOOST_TEST(mode_of(folder.root()) == 0700u);
}

BOOST_AUTO_TEST_CASE(a_file_in_the_folders_place_is_named) {
  const TemporaryFolder root;
  write_file(root / "data", "x");
  const auto made = DataFolder(root / "data").create();
  BOOST_TEST_REQUIRE(!made.has_value());
  BOOST_TEST((made.error().code == ErrorCode::io));
  BOOST_TEST((made.error().detail.find((root / "data").string()) != std::string::npos));
  BOOST_TEST((made.error().detail.find("--data") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_an_error) {
  const TemporaryFolder root;
  ::chmod(root.path().c_str(), 0755);
  const DataFolder folder(root / "data");
  const bool refused = as_nobody([&] {
    const auto made = folder.create();
    return !made && made.error().code == ErrorCode::io;
  });
  BOOST_TEST(refused);
}

BOOST_AUTO_TEST_CASE(the_lock_is_for_one_and_names_its_holder) {
  const TemporaryFolder root;
  const DataFolder folder(root.path());
  {
    const auto lock = FolderLock::take(folder);
    BOOST_TEST_REQUIRE(lock.has_value());
    BOOST_TEST(FolderLock::last_holder(folder) == ::getpid());
    NodeFile node;
    node.set_pid(::getpid());
    node.set_name("tower");
    BOOST_TEST(folder.write_node(node).has_value());
    const auto second = FolderLock::take(folder);
    BOOST_TEST_REQUIRE(!second.has_value());
    BOOST_TEST((second.error().code == ErrorCode::locked));
    for (const auto& word : {std::string("tower"), std::to_string(::getpid())}) {
      BOOST_TEST((second.error().detail.find(word) != std::string::npos), second.error().detail);
    }
  }
  BOOST_TEST(FolderLock::take(folder).has_value());
}

BOOST_AUTO_TEST_CASE(a_lock_ends_with_its_process) {
  const TemporaryFolder root;
  const DataFolder folder(root.path());
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = FolderLock::take(folder);
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  BOOST_TEST(FolderLock::last_holder(folder) == child);
  BOOST_TEST(FolderLock::take(folder).has_value());
}

BOOST_AUTO_TEST_CASE(the_node_file_comes_back_as_written) {
  const TemporaryFolder root;
  const DataFolder folder(root.path());
  BOOST_TEST(!folder.read_node()->has_value());
  NodeFile node;
  node.set_pid(7);
  node.set_name("tower");
  node.set_http("127.0.0.1:1");
  node.set_cluster("none");
  node.set_version("1");
  BOOST_TEST(folder.write_node(node).has_value());
  BOOST_TEST(read_file(folder.node_file()) ==
             "{\"pid\":7,\"name\":\"tower\",\"http\":\"127.0.0.1:1\",\"cluster\":\"none\","
             "\"version\":\"1\"}\n");
  BOOST_TEST(folder.read_node()->value().http() == "127.0.0.1:1");
  BOOST_TEST(mode_of(folder.node_file()) == 0600u);
  write_file(folder.node_file(), "{");
  BOOST_TEST((folder.read_node().error().code == ErrorCode::corrupt));
  folder.remove_node();
  BOOST_TEST(!folder.read_node()->has_value());
}

BOOST_AUTO_TEST_CASE(the_admin_token_is_made_once) {
  const TemporaryFolder root;
  const DataFolder folder(root.path());
  const auto token = folder.ensure_admin_token();
  BOOST_TEST_REQUIRE(token.has_value());
  BOOST_TEST(token->starts_with("ns_"));
  BOOST_TEST(token->size() == 3u + 43u);
  BOOST_TEST(mode_of(folder.admin_token_file()) == 0600u);
  BOOST_TEST(folder.ensure_admin_token().value() == *token);
}

BOOST_AUTO_TEST_CASE(the_node_key_is_made_once) {
  const TemporaryFolder root;
  const DataFolder folder(root / "a");
  BOOST_TEST_REQUIRE(folder.create().has_value());
  BOOST_TEST((folder.read_node_key().error().code == ErrorCode::not_found));
  const auto made = folder.ensure_node_key();
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(mode_of(folder.node_key_file()) == 0600u);
  BOOST_TEST(folder.ensure_node_key()->public_key() == made->public_key());
  BOOST_TEST(folder.read_node_key()->public_key() == made->public_key());
  for (const auto* text : {"", "nightshift.node_key.v1 ", "nightshift.node_key.v1 AAAA", "AAAA"}) {
    write_file(folder.node_key_file(), text);
    BOOST_TEST((folder.ensure_node_key().error().code == ErrorCode::corrupt), text);
  }
}

BOOST_AUTO_TEST_CASE(approvers_are_those_with_a_public_key) {
  const TemporaryFolder root;
  const DataFolder folder(root.path());
  BOOST_TEST(folder.create().has_value());
  BOOST_TEST(folder.approvers()->empty());
  const auto key = to_base64url(std::string(32, 'k'));
  write_file(folder.approver_public_file("zoe"), key + "\n");
  write_file(folder.approver_public_file("anna"), key + "\n");
  write_file(folder.approver_key_file("other"), "x");
  BOOST_TEST_REQUIRE(folder.approvers()->size() == 2u);
  BOOST_TEST(folder.approvers()->front().name == "anna");
  write_file(folder.approver_public_file("bad"), "short");
  BOOST_TEST((folder.approvers().error().code == ErrorCode::corrupt));
}

BOOST_AUTO_TEST_CASE(a_private_file_is_replaced_at_once_and_leaves_nothing_behind) {
  const TemporaryFolder root;
  const auto file = root / "f";
  write_file(file, "old");
  ::chmod(file.c_str(), 0644);
  BOOST_TEST(write_private_file(file, "new").has_value());
  BOOST_TEST(read_file(file) == "new");
  BOOST_TEST(mode_of(file) == 0600u);
  BOOST_TEST(std::distance(std::filesystem::directory_iterator(root.path()), {}) == 1);
  const auto failed = write_private_file(root / "absent/f", "x");
  BOOST_TEST_REQUIRE(!failed.has_value());
  BOOST_TEST((failed.error().detail.find("absent/f") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(a_small_file_is_read_whole_or_not_at_all) {
  const TemporaryFolder root;
  write_file(root / "f", std::string(5000, 'x'));
  BOOST_TEST(read_small_file(root / "f")->size() == 5000u);
  write_file(root / "big", std::string((1 << 20) + 1, 'x'));
  BOOST_TEST((read_small_file(root / "big").error().code == ErrorCode::too_large));
}
