// Where UTF-8 begins, ends and is none.
#include <boost/test/unit_test.hpp>

#include "messages/utf8.hpp"

namespace nightshift {
namespace {

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(the_first_and_last_character_of_every_length_are_read) {
  const std::pair<std::string_view, std::size_t> characters[] = {
      {"\x7F", 1},         {"\xC2\x80", 2},         {"\xDF\xBF", 2},
      {"\xE0\xA0\x80", 3}, {"\xED\x9F\xBF", 3},     {"\xEE\x80\x80", 3},
      {"\xEF\xBF\xBF", 3}, {"\xF0\x90\x80\x80", 4}, {"\xF4\x8F\xBF\xBF", 4},
  };
  for (const auto& [text, bytes] : characters) BOOST_TEST(utf8_character_bytes(text) == bytes);
}

BOOST_AUTO_TEST_CASE(overlong_forms_surrogates_and_cut_characters_are_refused) {
  for (const std::string_view text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x7F", "\xC2\xC0", "\xE0\x9F\xBF",
        "\xE0\xA0", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", ""}) {
    BOOST_TEST(utf8_character_bytes(text) == 0u);
  }
  BOOST_TEST(utf8_prefix_bytes("ab\xC3\xA4\xFFx") == 4u);
}

BOOST_AUTO_TEST_CASE(cutting_keeps_characters_whole) {
  constexpr std::string_view text = "a\xC3\xA4\xF0\x9F\x98\x80";
  const std::size_t lengths[] = {0, 1, 1, 3, 3, 3, 3, 7, 7};
  for (std::size_t max = 0; max < std::size(lengths); ++max) {
    BOOST_TEST(utf8_cut(text, max).size() == lengths[max], max);
  }
}

BOOST_AUTO_TEST_CASE(texts_are_counted_and_begun_by_characters) {
  BOOST_TEST(utf8_code_points("") == 0u);
  BOOST_TEST(utf8_code_points("aé世🌙") == 4u);
  BOOST_TEST(utf8_front("aé世🌙", 0) == "");
  BOOST_TEST(utf8_front("aé世🌙", 3) == "aé世");
  BOOST_TEST(utf8_front("aé", 60) == "aé");
  BOOST_TEST(utf8_front("\xFF\xFF"
                        "a",
                        2) == "\xFF\xFF",
             "what is none counts as one");
  BOOST_TEST(is_utf8("aé世🌙"));
  BOOST_TEST(!is_utf8("aé世\xE2\x82"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
