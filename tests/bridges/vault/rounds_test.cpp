// When a file has come to rest, on a clock that the test moves.
#include "bridges/vault/rounds.hpp"

#include "tests/bridges/vault/temporary_folder.hpp"

namespace nightshift::bridges::vault {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Paths = std::vector<std::string>;

constexpr std::size_t any = 100;

struct Walk : TemporaryFolder {
  Folder root = Folder::open(path()).value();
  Rounds rounds{root, {"Inbox", "Needs_Action"}, milliseconds(300)};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rounds, Walk)

BOOST_AUTO_TEST_CASE(a_file_rests_once_it_has_stayed_the_same) {
  put("Inbox/a.md", "x");
  BOOST_TEST(rounds.look_everywhere(seconds(1)).empty());
  BOOST_TEST((rounds.next() == milliseconds(1'300)));
  BOOST_TEST(rounds.rested(milliseconds(1'299), any).empty());
  BOOST_TEST((rounds.rested(milliseconds(1'300), any) == Paths{"Inbox/a.md"}));
  rounds.taken("Inbox/a.md");
  BOOST_TEST(!rounds.next().has_value());
  rounds.look_everywhere(seconds(2));
  BOOST_TEST(rounds.rested(seconds(9), any).empty(), "taken twice");
}

BOOST_AUTO_TEST_CASE(a_file_that_grows_does_not_rest) {
  put("Inbox/a.md", "x");
  rounds.look("Inbox/a.md", seconds(1));
  put("Inbox/a.md", "xx");
  BOOST_TEST(rounds.rested(seconds(2), any).empty());
  BOOST_TEST((rounds.rested(seconds(3), any) == Paths{"Inbox/a.md"}));
}

BOOST_AUTO_TEST_CASE(what_was_heard_of_is_read_again_though_size_and_time_are_as_before) {
  put("Inbox/a.md", "x");
  rounds.look("Inbox/a.md", seconds(1));
  rounds.rested(seconds(2), any);
  rounds.taken("Inbox/a.md");
  const auto time = std::filesystem::last_write_time(path() / "Inbox/a.md");
  put("Inbox/a.md", "y");
  std::filesystem::last_write_time(path() / "Inbox/a.md", time);
  rounds.look("Inbox/a.md", seconds(3));
  BOOST_TEST((rounds.rested(seconds(4), any) == Paths{"Inbox/a.md"}));
}

BOOST_AUTO_TEST_CASE(what_could_not_be_taken_comes_again_ever_more_seldom) {
  put("Inbox/a.md", "x");
  rounds.look("Inbox/a.md", seconds(0));
  auto now = Rounds::Moment(0);
  std::vector<std::int64_t> pauses_ms;
  for (int i = 0; i < 12; ++i) {
    const auto due = rounds.next().value();
    pauses_ms.push_back(std::chrono::duration_cast<milliseconds>(due - now).count());
    now = due;
    BOOST_REQUIRE((rounds.rested(now, any) == Paths{"Inbox/a.md"}));
    rounds.postpone("Inbox/a.md", now);
  }
  const std::vector<std::int64_t> expected{300,   300,    600,    1'200,  2'400,  4'800,
                                           9'600, 19'200, 38'400, 60'000, 60'000, 60'000};
  BOOST_TEST(pauses_ms == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_goes_is_forgotten_and_what_is_no_draft_is_not_seen) {
  put("Inbox/a.md", "x");
  put("Inbox/b.txt", "x");
  put("Inbox/.hidden.md", "x");
  put("Inbox/c.conflict-0123abcd.md", "x");
  put("Elsewhere/d.md", "x");
  rounds.look_everywhere(seconds(1));
  rounds.look("Elsewhere/d.md", seconds(1));
  BOOST_TEST(rounds.has("Inbox/a.md"));
  std::filesystem::remove(path() / "Inbox/a.md");
  BOOST_TEST(rounds.rested(seconds(2), any).empty());
  BOOST_TEST(!rounds.has("Inbox/a.md"));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_a_link_is_told_and_the_others_are_looked_at) {
  std::filesystem::create_directory_symlink("/etc", path() / "Inbox");
  put("Needs_Action/a.md", "x");
  const auto troubles = rounds.look_everywhere(seconds(1));
  BOOST_REQUIRE(troubles.size() == 1u);
  BOOST_TEST(troubles.front().folder == "Inbox");
  BOOST_TEST((rounds.rested(seconds(2), any) == Paths{"Needs_Action/a.md"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
