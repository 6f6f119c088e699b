// What is JSON, and what only looks like it; beside another reader.
#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

#include "messages/json.hpp"

namespace nightshift {

BOOST_AUTO_TEST_CASE(a_text_is_json_where_another_reader_takes_it) {
  const std::vector<std::string> texts{
      "{}", "[]", " {\"a\": [1, -2.5e3, true, false, null, \"\\u00e9\\n\"]} \r\n", "\"text\"", "0",
      "null", "[[[]]]", "{\"a\":{\"a\":{}}}", "\"Gr\u00fc\u00dfe \U0001F319\"",
      // not JSON
      "", " ", "{", "}", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a:1}", "{\"a\":1,}", "[1 2]", "01",
      "1.", "+1", "nul", "nulll", "True", "'a'", "\"a", "\"\t\"", "\"\\x\"", "{} {}", "[1]]",
      "\"\xff\"", "\xef\xbb\xbf{}", "NaN", "// {}", std::string("\0", 1), "{}\v"};
  for (const auto& text : texts) {
    BOOST_TEST(is_json(text) == (nlohmann::json::accept(text) && !text.starts_with("\xef")), text);
  }
}

BOOST_AUTO_TEST_CASE(json_is_deep_within_bounds) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  BOOST_TEST(is_json(nested(json_depth_max)));
  BOOST_TEST(!is_json(nested(json_depth_max + 1)));
  BOOST_TEST(!is_json(std::string(1'000'000, '[')));
}

}  // namespace nightshift
