// Names of entities.
#include <boost/test/unit_test.hpp>

#include "messages/ids.hpp"

namespace nightshift {
namespace {

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(an_id_has_1_to_128_letters_digits_points_underlines_and_hyphens) {
  for (const auto* text : {"a", "EMAIL_DRAFT_42.md", "0", ".", "-", "_"}) {
    BOOST_TEST(is_id(text), text);
  }
  BOOST_TEST(is_id(std::string(128, 'x')));
  BOOST_TEST(!is_id(std::string(129, 'x')));
  for (const auto* text :
       {"", " ", "a b", "a/b", "a\n", "\xC3\xA4", "a+", "a:b", "[", "`", "{", "@"}) {
    BOOST_TEST(!is_id(text), text);
  }
  BOOST_TEST(!is_id(std::string_view("a\0b", 3)));
}

BOOST_AUTO_TEST_CASE(an_entity_is_written_and_read_as_kind_slash_id) {
  const EntityRef entity{"approval", "mail-1"};
  BOOST_TEST(to_string(entity) == "approval/mail-1");
  BOOST_TEST((parse_entity("approval/mail-1") == entity));
  for (const auto* text :
       {"", "/", "approval", "approval/", "/x", "a/b/c", "a//b", "a/b ", " a/b"}) {
    BOOST_TEST(!parse_entity(text), text);
  }
}

BOOST_AUTO_TEST_CASE(entities_sort_by_kind_and_then_by_id) {
  BOOST_TEST((EntityRef{"a", "z"} < EntityRef{"b", "a"}));
  BOOST_TEST((EntityRef{"a", "a"} < EntityRef{"a", "b"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
