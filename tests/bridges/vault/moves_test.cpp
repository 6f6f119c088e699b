// What makes a move count, one condition after the other.
#include "bridges/vault/moves.hpp"

#include <functional>

#include "tests/bridges/vault/temporary_folder.hpp"

namespace nightshift::bridges::vault {
namespace {

const std::string path = "Pending_Approval/Email/EMAIL_DRAFT_1.md";
const std::string approved = "Approved/EMAIL_DRAFT_1.md";

Standing waiting() {
  approval::Proposal proposal;
  proposal.set_category(approval::CATEGORY_EMAIL);
  proposal.set_title("Offer");
  proposal.set_subject("Offer");
  proposal.set_body("Hello");
  proposal.add_to("jane@example.com");
  proposal.set_file(path);
  proposal.set_digest(std::string(32, 'd'));
  const std::string digest = to_hex(proposal.digest());
  return {.id = "EMAIL_DRAFT_1",
          .status = "pending",
          .sequence = 1,
          .revisions = {proposal},
          .marks = {.id = "EMAIL_DRAFT_1", .status = "pending", .digest = digest, .note = ""}};
}

Draft read(const std::string& text) {
  auto draft = read_draft(
      text, {.name = "EMAIL_DRAFT_1.md", .category = approval::CATEGORY_EMAIL, .path = path},
      [](const std::string&, std::size_t) { return Result<std::string>(std::string()); });
  BOOST_REQUIRE(draft.has_value());
  return std::move(*draft);
}

/// A file that waited, was looked at and was moved as it should be.
struct Moved {
  Standing standing = waiting();
  FileText file{.text = render(standing.current(), standing.marks),
                .stamp = {.device = 1, .inode = 2, .size = 3, .modified_ns = 4}};
  Moves moves;

  Moved() {
    look();
    moves.hear({.from = path, .to = approved});
  }

  void look() { moves.look_at(standing, path, file, read(file.text)); }

  Result<Move> witness() const {
    return moves.witness(standing, {.folder = "Approved", .file = file, .draft = read(file.text)});
  }

  void does_not_count(const std::string& why) const {
    const auto seen = witness();
    BOOST_REQUIRE_MESSAGE(!seen.has_value(), why);
    BOOST_TEST(seen.error().detail.find(why) != std::string::npos, seen.error().detail);
  }

  void say(const std::string& from, const std::string& to) {
    file.text.replace(file.text.find(from), from.size(), to);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(moves, Moved)

BOOST_AUTO_TEST_CASE(the_very_file_as_it_was_counts_and_is_described) {
  const auto seen = witness();
  BOOST_REQUIRE(seen.has_value());
  BOOST_TEST(seen->from() == path);
  BOOST_TEST(seen->to() == approved);
  BOOST_TEST(seen->inode() == 2u);
  BOOST_TEST(seen->bytes_sha256() == to_hex(as_bytes(sha256(file.text))));
}

BOOST_AUTO_TEST_CASE(words_that_were_changed_do_not_count_though_nothing_else_shows_it) {
  for (const auto& [from, to] :
       {std::pair{"Hello", "Hallo"}, std::pair{"Offer", "Other"}, std::pair{"jane@", "joan@"}}) {
    Moved other;
    other.say(from, to);
    other.does_not_count("was changed");
  }
}

BOOST_AUTO_TEST_CASE(another_file_does_not_count_though_it_says_the_same) {
  const std::vector<std::function<void(Stamp&)>> differences{
      [](Stamp& stamp) { stamp.device = 9; }, [](Stamp& stamp) { stamp.inode = 9; },
      [](Stamp& stamp) { stamp.size = 9; }, [](Stamp& stamp) { stamp.modified_ns = 9; }};
  for (const auto& differ : differences) {
    Moved other;
    differ(other.file.stamp);
    other.does_not_count("not the file that waited");
  }
}

BOOST_AUTO_TEST_CASE(what_was_never_looked_at_does_not_count) {
  moves.forget(standing.id);
  does_not_count("had not looked at the file");
  look();
  // Its move was before.
  does_not_count("in one step");
}

BOOST_AUTO_TEST_CASE(out_of_sight_everything_is_forgotten) {
  moves.forget_all();
  does_not_count("had not looked at the file");
}

BOOST_AUTO_TEST_CASE(a_file_that_shows_something_else_is_not_looked_at) {
  const auto marked = [this](const std::string& from, const std::string& to) {
    say(from, to);
    look();
    does_not_count("had not looked at the file");
    say(to, from);
    look();
    BOOST_TEST(witness().has_value());
  };
  marked("Hello", "Hallo");
  marked("status: pending", "status: approved");
  marked(standing.marks.digest, std::string(64, '0'));
}

BOOST_AUTO_TEST_CASE(an_edit_since_makes_the_file_an_old_one) {
  auto edited = standing.current();
  edited.set_body("Over HTTP");
  edited.set_digest(std::string(32, 'e'));
  standing.marks.digest = to_hex(edited.digest());
  standing.revisions.push_back(edited);
  does_not_count("edited before it was moved");
}

BOOST_AUTO_TEST_CASE(what_was_edited_elsewhere_wants_the_key_though_the_file_shows_it) {
  auto edited = standing.current();
  edited.set_body("Over HTTP");
  edited.set_digest(std::string(32, 'e'));
  standing.marks.digest = to_hex(edited.digest());
  standing.revisions.push_back(edited);
  file.text = render(standing.current(), standing.marks);
  look();
  does_not_count("edited elsewhere");
  standing.taken = Taken{.bytes = {}, .digest = standing.marks.digest};
  BOOST_TEST(witness().has_value(), "the owner has edited it in the file");
}

BOOST_AUTO_TEST_CASE(what_came_or_went_alone_ends_what_a_move_says) {
  moves.hear({.from = approved, .to = {}});
  does_not_count("in one step");
  moves.hear({.from = path, .to = approved});
  BOOST_TEST(witness().has_value());
  moves.forget_moves();
  does_not_count("in one step");
}

BOOST_AUTO_TEST_CASE(a_move_from_elsewhere_or_back_does_not_count) {
  moves.hear({.from = "Inbox/EMAIL_DRAFT_1.md", .to = approved});
  does_not_count("in one step");
  moves.hear({.from = path, .to = approved});
  BOOST_TEST(witness().has_value());
  moves.hear({.from = approved, .to = path});
  does_not_count("in one step");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
