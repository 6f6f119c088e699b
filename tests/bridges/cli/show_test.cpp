// Answers as people read them.
#include "bridges/cli/show.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <ctime>

#include <nlohmann/json.hpp>

#include "tests/bridges/cli/played_node.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::bridges::cli;
using nightshift::bridges::cli::tests::CommandLine;
using nightshift::bridges::cli::tests::says;

struct Utc {
  Utc() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_entity_is_shown_without_its_empty_fields, Utc) {
  const CommandLine line;
  const auto entity = Json::parse(R"({"id": "x", "kind": "approval", "sequence": 2,
    "status": "pending", "view": {"title": "Hello", "preview": "To: anna\nHi", "reason": "",
    "revision": 1, "four_eyes": false, "decided_by": [], "content": "AAAAAAAA",
    "proposed_at": "2026-11-21T23:00:00Z"}})");
  BOOST_TEST(show_entity(entity, line.program.catalog->find("approval")) ==
             "approval/x  pending\n"
             "  title        Hello\n"
             "  preview      To: anna\n"
             "               Hi\n"
             "  revision     1\n"
             "  content      6 bytes (see --json)\n"
             "  proposed_at  2026-11-21 23:00:00\n"
             "  sequence     2\n");
}

BOOST_AUTO_TEST_CASE(nothing_in_an_entity_reaches_the_terminal_raw) {
  const auto entity = Json::parse(
      R"({"id": "x", "kind": "k", "status": "s", "view": {"title": "\u001b[2J\u202e"}})");
  const auto shown = show_entity(entity, nullptr);
  BOOST_TEST(!says(shown, "\x1b"));
  BOOST_TEST(says(shown, "\\x1b[2J\\u{202e}"), shown);
}

BOOST_FIXTURE_TEST_CASE(a_list_has_the_columns_of_the_kind, Utc) {
  const CommandLine line;
  const std::vector<Json> entities{Json::parse(
      R"({"id": "x", "status": "pending", "view": {"title": "Hello", "category": "email",
          "requester": "bot", "proposed_at": "2026-11-21T23:00:00Z"}})")};
  BOOST_TEST(show_list(entities, *line.program.catalog->find("approval"), {}) ==
             "ID  STATUS   CATEGORY  TITLE  REQUESTER  PROPOSED AT\n"
             "x   pending  email     Hello  bot        2026-11-21 23:00:00\n");
}

BOOST_FIXTURE_TEST_CASE(a_chain_begins_with_the_first_trigger, Utc) {
  const auto entity = Json::parse(R"({"id": "x", "kind": "approval", "status": "approved"})");
  const std::vector<Json> events{
      Json::parse(R"({"sequence": 1, "decided_at": "2026-11-21T22:00:00Z", "principal": "bot",
        "sentence": "was proposed", "cause": "c1", "correlation": "c1",
        "event": {"proposal": {"title": "Hello"}}})"),
      Json::parse(R"({"sequence": 2, "decided_at": "2026-11-21T23:00:00Z", "principal": "anna",
        "sentence": "was approved", "cause": "c2", "correlation": "c1",
        "event": {"decision": {"approver": "anna", "proof": "signature"}}})")};
  BOOST_TEST(show_chain(entity, events, {}) ==
             "approval/x is approved, because:\n"
             "\n"
             "#  WHEN                 WHO   WHAT          COMMAND  DETAILS\n"
             "1  2026-11-21 22:00:00  bot   was proposed  c1       title=Hello\n"
             "2  2026-11-21 23:00:00  anna  was approved  c2       approver=anna proof=signature\n"
             "\n"
             "first trigger: command c1 by bot at 2026-11-21 22:00:00\n");
}

BOOST_AUTO_TEST_CASE(an_error_says_what_to_what_and_by_which_code) {
  BOOST_TEST(show_error({ErrorCode::stale, "", "approval/x"}) ==
             "error: the entity has changed since the version named in If-Match\n"
             "  concerns: approval/x\n"
             "  code: stale\n");
  BOOST_TEST(show_error({ErrorCode::io, "DIR is full", "DIR"}) ==
             "error: DIR is full\n"
             "  code: io\n");
}
