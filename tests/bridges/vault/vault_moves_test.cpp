// Where moves decide: only that of the very file that waited, as it was, while the node looked on.
#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>

#include "tests/bridges/vault/house.hpp"
#include "tests/support/program/program.hpp"

namespace nightshift::bridges::vault {
namespace {

namespace fs = std::filesystem;

const std::string one = "Pending_Approval/Email/EMAIL_DRAFT_1.md";
const std::string approved = "Approved/EMAIL_DRAFT_1.md";
const std::string id = "EMAIL_DRAFT_1";

/// A vault where moves decide, and one mail that waits, looked at by the node.
struct Deciding : House {
  Deciding() {
    open();
    decide();
    drop(one, mail("Offer"));
    await_file(one, "status: pending");
    settle();
  }

  void decide() {
    close_vault();
    adjust([this](VaultOptions& options) { options.moves_doubted = [this] { return doubt; }; });
    open_vault("move");
  }

  /// Waits until the bridge has read the file as it lies there: what is dropped now is proposed
  /// later, and files are read in the order in which they come to rest.
  void settle() {
    await_file(one, view(id).digest());
    const auto name = "LATER_" + std::to_string(++later_);
    drop("Pending_Approval/Email/" + name + ".md", mail("Later"));
    await_file("Pending_Approval/Email/" + name + ".md", "status: pending");
  }

  /// The file is back where it waits, it says how to approve it, and nothing was approved.
  void is_put_back(const std::string& why) {
    await_file(one, "confirm with your key: nightshift approval approve EMAIL_DRAFT_1");
    await_error(why);
    await("nothing in Approved/", [&] { return !there(approved); });
    BOOST_TEST(status(id) == "pending");
    BOOST_TEST(delivered() == 0u);
  }

  approval::Approved event() {
    const auto events = node().events({.kind = "approval", .id = id}, 0, 100).value();
    for (const auto& event : events) {
      if (const auto* found = dynamic_cast<const approval::Approved*>(event.event.get())) {
        return *found;
      }
    }
    return {};
  }

  std::optional<std::string> doubt;

 private:
  int later_ = 0;
};

/// As `cp -a` and `rsync -a` do: the same bytes and times in another file.
void copy_with_times(const fs::path& from, const fs::path& to) {
  fs::copy_file(from, to);
  struct stat times{};
  BOOST_REQUIRE(::stat(from.c_str(), &times) == 0);
  const std::array<timespec, 2> both{times.st_atim, times.st_mtim};
  BOOST_REQUIRE(::utimensat(AT_FDCWD, to.c_str(), both.data(), 0) == 0);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vault_moves, Deciding)

BOOST_AUTO_TEST_CASE(the_owners_move_approves_what_the_file_shows) {
  const auto digest = view(id).digest();
  rename(one, approved);
  await_file("Done/EMAIL_DRAFT_1.md", "status: sent");
  BOOST_TEST(delivered() == 1u);
  const auto decided = event();
  BOOST_TEST(decided.decision().proof() == PROOF_MOVE);
  BOOST_TEST(decided.decision().approver() == "mara");
  BOOST_TEST(decided.move().from() == one);
  BOOST_TEST(decided.move().to() == approved);
  BOOST_TEST(view(id).digest() == digest);
  BOOST_TEST(view(id).proof() == PROOF_MOVE);
}

BOOST_AUTO_TEST_CASE(edited_and_moved_in_one_go_approves_nothing_and_the_words_are_an_edit) {
  auto changed = text(one);
  changed.replace(changed.find("Hello"), 5, "Pay me");
  // In place: it is the same file still.
  put("vault/" + one, changed);
  rename(one, approved);
  await("the edit", [&] { return view(id).revision() == 2; });
  await_error("nothing is approved: it is not the file that waited, or it was changed");
  BOOST_TEST(view(id).preview_text() == "Pay me");
  BOOST_TEST(status(id) == "pending");
  BOOST_TEST(!there(approved));
  BOOST_TEST(delivered() == 0u);
}

BOOST_AUTO_TEST_CASE(a_copy_is_no_move) {
  copy_with_times(path() / "vault" / one, path() / "vault" / approved);
  fs::remove(path() / "vault" / one);
  is_put_back("did not come from " + one + " in one step");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_written_anew_is_no_move) {
  const auto bytes = text(one);
  fs::remove(path() / "vault" / one);
  drop(approved, bytes);
  is_put_back("did not come from");
}

BOOST_AUTO_TEST_CASE(a_move_by_way_of_another_folder_approves_nothing) {
  rename(one, "elsewhere.md");
  rename("elsewhere.md", approved);
  is_put_back("did not come from");
}

BOOST_AUTO_TEST_CASE(a_move_while_the_node_was_down_approves_nothing) {
  close_vault();
  rename(one, approved);
  open_vault("move");
  is_put_back("had not looked at the file");
}

BOOST_AUTO_TEST_CASE(what_a_merge_brings_approves_nothing) {
  const auto git = [this](const std::string& folder, std::vector<std::string> words) {
    words.insert(words.begin(), {"-c", "user.name=m", "-c", "user.email=m@example.com", "-C",
                                 (path() / folder).string()});
    const auto ended = run_program(
        tests::Launch{.arguments = words, .environment = {}, .program = "/usr/bin/git"});
    BOOST_REQUIRE_MESSAGE(ended.exit_code == 0, ended.err);
  };
  git("vault", {"init", "-q", "-b", "main"});
  git("vault", {"add", one});
  git("vault", {"commit", "-qm", "waits"});
  git("vault", {"worktree", "add", "-q", "-b", "moved", "../elsewhere"});
  fs::create_directories(path() / "elsewhere/Approved");
  git("elsewhere", {"mv", one, approved});
  git("elsewhere", {"commit", "-qm", "moved"});
  git("vault", {"merge", "-q", "moved"});
  is_put_back("did not come from");
}

BOOST_AUTO_TEST_CASE(after_it_was_put_back_and_looked_at_a_move_decides) {
  close_vault();
  rename(one, approved);
  open_vault("move");
  is_put_back("had not looked at the file");
  settle();
  rename(one, approved);
  await_file("Done/EMAIL_DRAFT_1.md", "status: sent");
  BOOST_TEST(delivered() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_edited_elsewhere_is_not_approved_by_the_old_file) {
  // A file that is open for writing is not brought up to date.
  std::FILE* held = std::fopen((path() / "vault" / one).c_str(), "r+");
  BOOST_REQUIRE(held != nullptr);
  auto edit = std::make_shared<approval::Edit>();
  edit->set_body("Over HTTP");
  command(id, std::move(edit), "mara").value();
  rename(one, approved);
  std::fclose(held);
  await_file(one, "Over HTTP");
  BOOST_TEST(status(id) == "pending");
  BOOST_TEST(delivered() == 0u);
}

BOOST_AUTO_TEST_CASE(what_the_policy_does_not_name_waits_for_the_key) {
  const std::string post = "Pending_Approval/LinkedIn/LINKEDIN_POST_1.md";
  drop(post, "# News\n\nWe have moved.\n");
  await_file(post, "status: pending");
  settle();
  rename(post, "Approved/LINKEDIN_POST_1.md");
  await_file(post, "confirm with your key");
  await_error("moves_decide does not name linkedin");
  BOOST_TEST(status("LINKEDIN_POST_1") == "pending");
}

BOOST_AUTO_TEST_CASE(where_somebody_else_could_have_moved_it_nothing_is_approved) {
  close_vault();
  doubt = "process/x runs as the user of the node";
  const auto refused = VaultBridge::start(node(), {.root = path() / "vault",
                                                   .owner = "mara",
                                                   .decisions = "move",
                                                   .moves_doubted = [this] { return doubt; },
                                                   .log = {}});
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::config));
  BOOST_TEST(refused.error().detail.find("process/x runs as") != std::string::npos);
  doubt.reset();
  open_vault("move");
  settle();
  close_vault();
  adjust([](VaultOptions& options) {
    options.moves_doubted = [asked = 0]() mutable -> std::optional<std::string> {
      if (asked++ == 0) return std::nullopt;
      return "process/y runs as the user of the node";
    };
  });
  open_vault("move");
  settle();
  rename(one, approved);
  is_put_back("process/y runs as");
}

BOOST_AUTO_TEST_CASE(a_move_to_rejected_rejects_here_as_well) {
  rename(one, "Rejected/EMAIL_DRAFT_1.md");
  await_file("Rejected/EMAIL_DRAFT_1.md", "status: rejected");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
