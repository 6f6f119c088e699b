// Files and folders that mean harm, and settings that cannot be honoured.
#include <sys/stat.h>
#include <unistd.h>

#include <mutex>

#include "tests/bridges/vault/house.hpp"
#include "tests/support/small_disk.hpp"

namespace nightshift::bridges::vault {
namespace {

const std::string one = "Pending_Approval/Email/EMAIL_DRAFT_1.md";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vault_hostile, House)

BOOST_AUTO_TEST_CASE(hostile_files_are_told_once_and_the_rest_goes_on) {
  const std::string folder = "Pending_Approval/Email/";
  open();
  drop(folder + "NOT_UTF8.md", "\xff\xfe\x00");
  drop(folder + "BROKEN.md", "---\na: b: c\n---\n");
  drop(folder + "LAUGHS.md", "---\na: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n---\n");
  drop(folder + "HUGE.md", "");
  std::filesystem::resize_file(path() / "vault" / folder / "HUGE.md", 100u << 20);
  drop(folder + "OUT.md", "---\nto: a@b.c\nattachments: [../../../etc/passwd]\n---\n");
  drop(folder + "new\nline.md", mail("x"));
  drop(folder + "NOBODY.md", "no recipient\n");
  std::filesystem::create_symlink("/etc/passwd", path() / "vault" / folder / "LINK.md");
  std::filesystem::create_directory(path() / "vault" / folder / "FOLDER.md");
  BOOST_REQUIRE(::mkfifo((path() / "vault" / folder / "PIPE.md").c_str(), 0600) == 0);
  drop(folder + "GOOD.md", mail("Good"));
  await_file(folder + "GOOD.md", "status: pending");
  for (const char* told :
       {"NOT_UTF8.md | the file is not UTF-8", "BROKEN.md | the front matter is not YAML: line 1",
        "LAUGHS.md | the front matter is refused: line 1: anchors", "HUGE.md | it is larger than",
        "OUT.md | attachment '../../../etc/passwd': the path leads out", "new?line.md | ",
        "NOBODY.md | ", "LINK.md | it is a link", "FOLDER.md | it is not a regular file",
        "PIPE.md | it is not a regular file"}) {
    await_error(told);
  }
  BOOST_TEST(there(folder + "HUGE.md"));
  BOOST_TEST(bridge().refusals().count() == 10u);
  const auto first = bridge().refusals().list(1);
  BOOST_TEST(first.front().path == folder + "BROKEN.md");
  BOOST_TEST(contains(first.front().reason, "not YAML"));
  const std::string told = text("Logs/Local/errors.md");
  close();
  open();
  drop(folder + "AFTER.md", mail("After"));
  await_file(folder + "AFTER.md", "status: pending");
  BOOST_TEST(text("Logs/Local/errors.md") == told, "told again after a restart");
  const auto page = node().list({.kind = "approval", .where = {}, .after = {}, .limit = 100});
  BOOST_TEST(page->items.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_mended_file_is_proposed_and_off_the_list) {
  open();
  drop(one, "---\nto: nobody\n---\nHello\n");
  await_error("EMAIL_DRAFT_1.md");
  await("listed", [&] { return bridge().refusals().count() == 1; });
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  await("off the list", [&] { return bridge().refusals().count() == 0; });
}

BOOST_AUTO_TEST_CASE(a_refused_file_that_is_removed_is_off_the_list) {
  open();
  drop(one, "---\nto: nobody\n---\nHello\n");
  await("listed", [&] { return bridge().refusals().count() == 1; });
  std::filesystem::remove(path() / "vault" / one);
  await("off the list", [&] { return bridge().refusals().count() == 0; });
}

BOOST_AUTO_TEST_CASE(without_inotify_folders_are_compared_and_that_is_said) {
  adjust([](VaultOptions& options) { options.watches_max = 0; });
  open();
  await_error("changes are not told by the system");
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  rename(one, "Rejected/EMAIL_DRAFT_1.md");
  await_file("Rejected/EMAIL_DRAFT_1.md", "status: rejected");
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_exchanged_while_it_is_watched_goes_on) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  rename("Pending_Approval/Email", "Pending_Approval/Old");
  await_file(one, "status: pending");  // projected anew
  drop("Pending_Approval/Email/EMAIL_DRAFT_2.md", mail("Second"));
  await_file("Pending_Approval/Email/EMAIL_DRAFT_2.md", "status: pending");
}

BOOST_AUTO_TEST_CASE(on_a_full_disk_files_wait_and_are_taken_once_there_is_room,
                     *boost::unit_test::precondition(tests::SmallDisk::available)) {
  const tests::SmallDisk disk(1 << 20, path() / "vault");
  std::mutex mutex;
  std::string told;
  adjust([&](VaultOptions& options) {
    options.log = [&](std::string_view line) {
      const std::lock_guard lock(mutex);
      told += line;
    };
  });
  open();
  drop("Pending_Approval/Email/FIRST.md", mail("First"));
  await_file("Pending_Approval/Email/FIRST.md", "status: pending");
  close_vault();
  const std::string words = mail("Offer");
  std::ofstream(path() / "vault" / one) << words;
  disk.fill(0);
  open_vault();
  await("told", [&] {
    const std::lock_guard lock(mutex);
    return contains(told, "No space left");
  });
  BOOST_TEST(text(one) == words);
  disk.give_back();
  await_file(one, "status: pending");
  BOOST_TEST(status("EMAIL_DRAFT_1") == "pending");
  close();  // which logs
}

BOOST_AUTO_TEST_CASE(an_unreadable_file_is_listed_and_taken_once_it_can_be_read,
                     *boost::unit_test::precondition([](boost::unit_test::test_unit_id) {
                       return ::geteuid() != 0;
                     })) {
  open();
  drop(one, mail("Offer"));
  std::filesystem::permissions(path() / "vault" / one, std::filesystem::perms::none);
  await("listed", [&] { return bridge().refusals().count() == 1; });
  std::filesystem::permissions(path() / "vault" / one, std::filesystem::perms::owner_all);
  await_file(one, "status: pending");
}

BOOST_AUTO_TEST_CASE(a_vault_that_went_away_is_not_taken_for_an_empty_one) {
  open();
  drop(one, mail("Offer"));
  await_file(one, "status: pending");
  std::filesystem::rename(path() / "vault", path() / "elsewhere");
  std::filesystem::create_directory(path() / "vault");
  await("told", [&] {
    return contains(get("elsewhere/Logs/Local/errors.md"), "another folder stands in its place");
  });
  BOOST_TEST(std::filesystem::is_empty(path() / "vault"));
  std::filesystem::remove(path() / "vault");
  std::filesystem::rename(path() / "elsewhere", path() / "vault");
  approve("EMAIL_DRAFT_1");
  await_file("Done/EMAIL_DRAFT_1.md", "status: sent");
}

BOOST_AUTO_TEST_CASE(settings_that_cannot_be_honoured_are_refused) {
  open();
  const auto moved = VaultBridge::start(
      node(), {.root = path() / "vault", .owner = "mara", .decisions = "move", .log = {}});
  BOOST_REQUIRE(!moved.has_value());
  BOOST_TEST((moved.error().code == ErrorCode::config));
  put("file", "x");
  const auto file =
      VaultBridge::start(node(), {.root = path() / "file", .owner = "mara", .log = {}});
  BOOST_REQUIRE(!file.has_value());
  BOOST_TEST((file.error().code == ErrorCode::config));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
