// Files that people move while the projector looks for them.
#include "bridges/vault/projector.hpp"

#include <atomic>
#include <thread>

#include "messages/crypto.hpp"
#include "tests/bridges/vault/temporary_folder.hpp"

namespace nightshift::bridges::vault {
namespace {

const std::string stem = "EMAIL_DRAFT_1";
const std::string name = stem + ".md";

struct Desk : TemporaryFolder {
  Folder root = std::move(*Folder::open(path()));
  runtime::SystemClock clock;
  ErrorsLog errors{root, "local", {}};
  Projector projector{root, clock, errors};

  Standing waiting() const {
    approval::Proposal proposal;
    proposal.set_category(approval::CATEGORY_EMAIL);
    proposal.set_title("Offer");
    proposal.set_subject("Offer");
    proposal.set_body("Hello");
    proposal.add_to("jane@example.com");
    proposal.set_file("Pending_Approval/Email/" + name);
    proposal.set_digest(std::string(32, 'd'));
    const std::string digest = to_hex(proposal.digest());
    return {.id = stem,
            .status = "pending",
            .sequence = 1,
            .revisions = {proposal},
            .marks = {.id = stem, .status = "pending", .digest = digest, .note = ""}};
  }

  /// Projects while another thread moves the file there and back.
  void project_while_it_moves(const std::string& from, const std::string& to, int times) {
    const Standing standing = waiting();
    BOOST_REQUIRE(projector.make_folders().has_value());
    put(from + "/" + name, render(standing.current(), standing.marks));
    std::atomic<bool> done = false;
    std::thread person([&] {
      std::error_code gone;
      while (!done) {
        std::filesystem::rename(path() / from / name, path() / to / name, gone);
        std::filesystem::rename(path() / to / name, path() / from / name, gone);
      }
    });
    for (int i = 0; i < times; ++i) {
      const auto projected = projector.project(standing, false);
      const bool in_order = projected || projected.error().code == ErrorCode::conflict;
      BOOST_CHECK_MESSAGE(in_order, projected.error().message());
    }
    done = true;
    person.join();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(projector, Desk)

BOOST_AUTO_TEST_CASE(a_file_that_is_moved_to_be_decided_while_it_is_looked_for_is_never_removed) {
  project_while_it_moves("Pending_Approval/Email", "Rejected", 1'000);
  BOOST_TEST(count("Pending_Approval") + count("Rejected") == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_that_strays_while_it_is_looked_for_is_never_removed) {
  project_while_it_moves("Pending_Approval/Email", "Pending_Approval/Social", 1'000);
  BOOST_TEST(count("Pending_Approval") == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_without_marks_shows_the_revision_that_was_taken_from_it) {
  BOOST_REQUIRE(projector.make_folders().has_value());
  Standing standing = waiting();
  const std::string first = standing.marks.digest;
  auto edited = standing.current();
  edited.set_body("Edited elsewhere");
  edited.set_digest(std::string(32, 'e'));
  standing.revisions.push_back(edited);
  standing.marks.digest = to_hex(edited.digest());
  const std::string file = "Pending_Approval/Email/" + name;
  const std::string text = "---\nto: jane@example.com\nsubject: Offer\n---\nHello\n";
  put(file, text);
  BOOST_REQUIRE(projector.project(standing, false).has_value());
  BOOST_TEST(get(file) == text, "a file that nobody has taken yet is an edit");
  standing.taken = Taken{.bytes = sha256(text), .digest = first};
  BOOST_REQUIRE(projector.project(standing, false).has_value());
  BOOST_TEST(get(file).find("Edited elsewhere") != std::string::npos);
  BOOST_TEST(count("Pending_Approval") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
