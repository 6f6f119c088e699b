// Makes docs/reference/errors.md from error.def, and holds the table to its own rules.
#include <boost/test/unit_test.hpp>
#include <set>

#include "messages/error.hpp"
#include "tests/support/golden.hpp"

namespace nightshift {
namespace {

constexpr ErrorCode codes[] = {
#define NIGHTSHIFT_ERROR(number, name, http, exit, sentence) ErrorCode::name,
#include "messages/error.def"
#undef NIGHTSHIFT_ERROR
};

constexpr std::string_view head =
    "# Errors\n"
    "\n"
    "Generated from `messages/error.def`; `UPDATE_GOLDEN=1` with the test `messages` writes it.\n"
    "\n"
    "Over HTTP an error is a problem (RFC 9457) whose `code` is the name; `detail` says what "
    "happened,\n"
    "with which value, and what to do next. The command line prints the same and ends with the "
    "exit\n"
    "code: 1 refused, 2 usage, 3 absent, 4 conflict, 5 not allowed, 6 unreachable. Numbers and "
    "names\n"
    "never change their meaning.\n"
    "\n"
    "| number | name | HTTP | exit | sentence |\n"
    "|---|---|---|---|---|\n";

std::string page() {
  std::string text(head);
  for (const auto code : codes) {
    const auto& line = info(code);
    text += "| " + std::to_string(static_cast<int>(code)) + " | `" + std::string(line.name) +
            "` | " + std::to_string(line.http_status) + " | " + std::to_string(line.exit_code) +
            " | " + std::string(line.sentence) + " |\n";
  }
  return text;
}

/// CONTRACTS.md, exit codes.
int exit_code_of(int http_status) {
  switch (http_status) {
    case 404:
    case 410: return 3;
    case 409:
    case 412: return 4;
    case 401:
    case 403: return 5;
    case 503:
    case 504: return 6;
    default: return 1;
  }
}

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(the_page_is_what_the_table_says) {
  tests::check_golden("docs/reference/errors.md", page());
}

BOOST_AUTO_TEST_CASE(numbers_and_names_are_given_once) {
  std::set<int> numbers;
  std::set<std::string_view> names;
  for (const auto code : codes) {
    BOOST_TEST(numbers.insert(static_cast<int>(code)).second, info(code).name);
    BOOST_TEST(names.insert(info(code).name).second, info(code).name);
    BOOST_TEST(!info(code).sentence.empty(), info(code).name);
  }
}

BOOST_AUTO_TEST_CASE(the_exit_code_follows_from_the_http_status) {
  for (const auto code : codes) {
    const auto& line = info(code);
    // Only found before there is a request: the configuration and the command line.
    const bool local = code == ErrorCode::config || code == ErrorCode::usage;
    BOOST_TEST(line.exit_code == (local ? 2 : exit_code_of(line.http_status)), line.name);
  }
}

BOOST_AUTO_TEST_CASE(an_error_is_found_by_its_name) {
  const auto found = find_error("wrong_phase");
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST((found->code == ErrorCode::wrong_phase));
  BOOST_TEST(!find_error("no_such_error").has_value());
}

BOOST_AUTO_TEST_CASE(an_error_without_a_detail_says_the_sentence_of_the_table) {
  BOOST_TEST((Error{ErrorCode::stale, {}, {}}.message()) == info(ErrorCode::stale).sentence);
  BOOST_TEST((Error{ErrorCode::stale, "It moved.", {}}.message()) == "It moved.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
