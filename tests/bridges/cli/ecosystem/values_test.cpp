// Sizes, durations and command lines as people write them.
#include <boost/test/unit_test.hpp>

#include "bridges/cli/ecosystem/values.hpp"

namespace {

using namespace nightshift::bridges::cli::ecosystem;

std::string joined(std::string_view line) {
  const auto words = split_words(line);
  if (!words) return "open";
  std::string text;
  for (const auto& word : *words) text += "[" + word + "]";
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(sizes_are_powers_of_1024) {
  const std::pair<Json, std::uint64_t> sizes[] = {
      {"300M", 314572800},  {"1G", 1073741824}, {"1.5G", 1610612736}, {"100K", 102400},
      {"512MB", 536870912}, {"7 K", 7168},      {1048576, 1048576},   {"2048", 2048}};
  for (const auto& [text, bytes] : sizes) {
    BOOST_TEST(read_bytes(text).value_or(0) == bytes, text.dump());
  }
  for (const Json& wrong : {Json("M"), Json(""), Json("-1M"), Json("1T"), Json("1e3"), Json("nan"),
                            Json("inf"), Json("9999999999999G"), Json(-1), Json(), Json(true)}) {
    BOOST_TEST(!read_bytes(wrong), wrong.dump());
  }
}

BOOST_AUTO_TEST_CASE(durations_are_milliseconds) {
  const std::pair<Json, std::uint64_t> times[] = {{"5s", 5000},   {"10m", 600000}, {"1h", 3600000},
                                                  {"500ms", 500}, {1000, 1000},    {"250", 250}};
  for (const auto& [text, ms] : times)
    BOOST_TEST(read_milliseconds(text).value_or(0) == ms, text.dump());
  BOOST_TEST(!read_milliseconds("5 fortnights"));
  BOOST_TEST(!read_count(1.5));
  BOOST_TEST(read_count("16").value() == 16u);
}

BOOST_AUTO_TEST_CASE(command_lines_are_taken_apart_as_a_shell_does) {
  const std::pair<const char*, const char*> lines[] = {
      {"", ""},
      {"  a  b\tc\n", "[a][b][c]"},
      {R"(--queue "high priority" 'it''s')", "[--queue][high priority][its]"},
      {R"(a\ b "c\"d" 'e\f' g\\)", R"([a b][c"d][e\f][g\])"},
      {R"(--a="b c"d)", "[--a=b cd]"},
      {R"("" '')", "[][]"},
      {"\"open", "open"},
      {"it's", "open"},
      {"$HOME `id` *", "[$HOME][`id`][*]"},
  };
  for (const auto& [line, words] : lines) BOOST_TEST(joined(line) == words, line);
}
