// Files and folders that mean harm, and settings that cannot be honoured.
#include <sys/stat.h>

#include "tests/bridges/vault/house.hpp"

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
  drop(folder + "HUGE.md", std::string(3u << 20, 'x'));
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
  const std::string told = text("Logs/Local/errors.md");
  close();
  open();
  drop(folder + "AFTER.md", mail("After"));
  await_file(folder + "AFTER.md", "status: pending");
  BOOST_TEST(text("Logs/Local/errors.md") == told, "told again after a restart");
  const auto page = node().list({.kind = "approval", .where = {}, .after = {}, .limit = 100});
  BOOST_TEST(page->items.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_mended_file_is_proposed) {
  open();
  drop(one, "---\nto: nobody\n---\nHello\n");
  await_error("EMAIL_DRAFT_1.md");
  drop(one, mail("Offer"));
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
