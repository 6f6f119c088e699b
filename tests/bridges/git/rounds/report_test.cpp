// What of a round is written down.
#include <boost/test/unit_test.hpp>

#include "bridges/git/rounds/report.hpp"

namespace nightshift::bridges::git {
namespace {

BOOST_AUTO_TEST_SUITE(report)

BOOST_AUTO_TEST_CASE(paths_are_those_that_people_see_from_the_vault_and_lead_back) {
  for (const auto& [path, prefix, seen] :
       {std::tuple{"Plans/week.md", "", "Plans/week.md"},
        {"notes/vault/Plans/week.md", "notes/vault/", "Plans/week.md"},
        {"notes/other.md", "notes/vault/", "../../notes/other.md"},
        {"README.md", "vault/", "../README.md"}}) {
    BOOST_TEST(from_vault(path, prefix) == seen);
    BOOST_TEST(from_top(seen, prefix) == path);
  }
}

BOOST_AUTO_TEST_CASE(reasons_say_whether_a_person_has_to_act) {
  for (const auto& [kind, absent, waits] : {std::tuple{TroubleKind::unreachable, true, false},
                                            {TroubleKind::host_changed, true, false},
                                            {TroubleKind::locked, false, false},
                                            {TroubleKind::moved, false, false},
                                            {TroubleKind::rewound, false, true},
                                            {TroubleKind::operation_under_way, false, true},
                                            {TroubleKind::full, false, true}}) {
    Report report;
    report.trouble = Trouble{kind, "words"};
    const auto trouble = round_of(report, "").trouble();
    BOOST_TEST_CONTEXT(trouble.name()) {
      BOOST_TEST(trouble.absent() == absent);
      BOOST_TEST(trouble.waits() == waits);
    }
  }
}

BOOST_AUTO_TEST_CASE(many_files_are_counted_and_the_first_are_named) {
  Report report;
  for (int i = 0; i < 1'000; ++i) {
    report.written.push_back("a" + std::to_string(i) + ".md");
    report.skipped.push_back({"b" + std::to_string(i) + "\xff.md", std::string(5'000, 'x')});
  }
  const auto round = round_of(report, "");
  BOOST_TEST(round.written_files() == 1'000U);
  BOOST_TEST(round.written_size() == 50);
  BOOST_TEST(round.skipped(0).path() == "b0?");
  BOOST_TEST(round.skipped(0).reason().size() == 1'000U);
}

BOOST_AUTO_TEST_CASE(the_same_words_left_out_of_the_same_file_have_the_same_key) {
  Conflict conflict{"vault/a.md", Side::theirs, "both", "", "words"};
  const auto key = conflict_of(conflict, "vault/").key();
  BOOST_TEST(conflict_of(conflict, "vault/").key() == key);
  BOOST_TEST(conflict_of(conflict, "vault/").path() == "a.md");
  conflict.bytes = "other words";
  BOOST_TEST(conflict_of(conflict, "vault/").key() != key);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::bridges::git
