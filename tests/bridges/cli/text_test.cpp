// What a terminal may be shown: nothing in it that it would obey, hide or turn around.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <clocale>
#include <cstdlib>
#include <ctime>

#include "bridges/cli/table.hpp"
#include "bridges/cli/text.hpp"

namespace {

using namespace nightshift::bridges::cli;

struct Case {
  std::string given;
  std::string shown;
};
std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.shown; }

const Case sanitised[] = {
    {"plain", "plain"},
    {"grün, 日本", "grün, 日本"},
    {"a\nb", "a\\nb"},
    {"a\tb", "a b"},
    {"\x1b[2Jgone", "\\x1b[2Jgone"},
    {"a\rb", "a\\x0db"},
    {"bell\a", "bell\\x07"},
    {std::string("nul\0", 4), "nul\\x00"},
    {"del\x7f", "del\\x7f"},
    {"\xc2\x9b"
     "31m",
     "\\x9b31m"},
    {"anna\u202egpj.exe", "anna\\u{202e}gpj.exe"},
    {"a\ufe01 \u2764\ufe0f", "a\\u{fe01} \u2764\ufe0f"},
    {"a\u2066b\u2069c", "a\\u{2066}b\\u{2069}c"},
    {"a\u200bb", "a\\u{200b}b"},
    {"\ufeffa", "\\u{feff}a"},
    {"a\u2028b", "a\\u{2028}b"},
    {"a\U000e0041b", "a\\u{e0041}b"},
    {"\xff\xfe", "\\xff\\xfe"},
    {"\xc0\x80", "\\xc0\\x80"},
    {"\xe2\x82", "\\xe2\\x82"},
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
};

}  // namespace

BOOST_DATA_TEST_CASE(what_a_terminal_would_obey_is_shown_instead,
                     boost::unit_test::data::make(sanitised), c) {
  BOOST_TEST(sanitise(c.given, Lines::escape) == c.shown);
}

BOOST_AUTO_TEST_CASE(line_ends_stay_where_lines_are_wanted) {
  BOOST_TEST(sanitise("a\nb\r\nc\rd\n", Lines::keep) == "a\nb\nc\\x0dd\n");
}

BOOST_AUTO_TEST_CASE(width_counts_columns_not_bytes) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  BOOST_TEST(display_width("abc") == 3u);
  BOOST_TEST(display_width("grün") == 4u);
  BOOST_TEST(display_width("日本") == 4u);
}

BOOST_AUTO_TEST_CASE(what_is_cut_says_so_and_fits) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  BOOST_TEST(cut_to_width("abcdef", 6) == "abcdef");
  BOOST_TEST(cut_to_width("abcdef", 5) == "abcd…");
  BOOST_TEST(cut_to_width("日本語", 5) == "日本…");
  BOOST_TEST(cut_to_width("日本語", 4) == "日…");
  BOOST_TEST(cut_to_width("abc", 0) == "");
}

BOOST_AUTO_TEST_CASE(times_are_shown_in_the_local_zone) {
  ::setenv("TZ", "Europe/Berlin", 1);
  ::tzset();
  BOOST_TEST(local_time("2026-11-21T22:00:00Z") == "2026-11-21 23:00:00");
  BOOST_TEST(local_time("2026-07-01T00:00:00.5+02:00") == "2026-07-01 00:00:00");
  BOOST_TEST(local_time("tomorrow") == "tomorrow");
  ::unsetenv("TZ");
  ::tzset();
}

BOOST_AUTO_TEST_CASE(a_table_lines_up_its_columns) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  Table table({"ID", "TITLE"});
  table.add({"a", "grün"});
  table.add({"longer", "x\ny"});
  BOOST_TEST(table.render(std::nullopt, false) ==
             "ID      TITLE\n"
             "a       grün\n"
             "longer  x\\ny\n");
}

BOOST_AUTO_TEST_CASE(a_table_fits_the_terminal_by_cutting_its_widest_column) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  Table table({"ID", "TITLE"});
  table.add({"a", std::string(50, 'x')});
  const auto text = table.render(20, false);
  std::size_t from = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', from)) {
    BOOST_TEST(display_width(text.substr(from, end - from)) <= 20u);
    from = end + 1;
  }
  BOOST_TEST((text.find("…") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(colour_is_only_for_who_wants_it) {
  const Table table({"ID"});
  BOOST_TEST(table.render(80, true) == "\033[1mID\033[0m\n");
  BOOST_TEST(table.render(80, false) == "ID\n");
}
