// Stems, ids and text.
#include "bridges/vault/names.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/ids.hpp"

namespace nightshift::bridges::vault {

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(a_stem_that_is_an_id_stays_as_it_is) {
  for (const char* stem : {"EMAIL_DRAFT_12345", "LINKEDIN_POST_2026-02-15", "a.b"}) {
    BOOST_TEST(id_of_stem(stem) == stem);
  }
}

BOOST_AUTO_TEST_CASE(any_other_stem_becomes_a_slug_and_a_hash) {
  BOOST_TEST(id_of_stem("Reply to John Doe").starts_with("Reply_to_John_Doe-"));
  BOOST_TEST(id_of_stem("Grüße").starts_with("Gr_e-"));
  BOOST_TEST(id_of_stem("日本").starts_with("file-"));
  BOOST_TEST(id_of_stem("a b") != id_of_stem("a  b"));
  for (const std::string& stem :
       {std::string("a\nb"), std::string("../../etc/passwd"), std::string(300, 'x'),
        std::string("\xff\xfe"), std::string(" ")}) {
    BOOST_TEST(is_id(id_of_stem(stem)), "no id from " << printable(stem));
    BOOST_TEST(id_of_stem(stem) == id_of_stem(stem));
  }
}

BOOST_AUTO_TEST_CASE(a_stem_used_again_is_numbered_and_stays_an_id) {
  BOOST_TEST(numbered_stem("EMAIL_DRAFT_1", 2) == "EMAIL_DRAFT_1-2");
  BOOST_TEST(is_id(numbered_stem(std::string(128, 'x'), 17)));
}

BOOST_AUTO_TEST_CASE(drafts_are_visible_markdown_and_not_what_was_kept_aside) {
  BOOST_TEST(is_draft_name("X.md"));
  BOOST_TEST(is_draft_name("X.conflict-zzzzzzzz.md"));
  for (const char* name : {".X.md.swp", ".X.md", "X.txt", "X.md~", "X.conflict-0123abcd.md"}) {
    BOOST_TEST(!is_draft_name(name), name);
  }
  BOOST_TEST(!is_draft_name(conflict_name("X.md", "some text")));
  BOOST_TEST(!is_draft_name(conflict_name(std::string(252, 'x') + ".md", "some text")));
}

BOOST_AUTO_TEST_CASE(text_is_utf8_without_nul) {
  for (const char* good : {"", "plain", "Grüße, 日本 🚀", "\xEF\xBB\xBFmark"}) {
    BOOST_TEST(is_text(good), good);
  }
  for (const std::string& bad :
       {std::string("\xC3\x28"), std::string("\xA0"), std::string("\xE2\x82"),
        std::string("\xC0\xAF"), std::string("\xED\xA0\x80"), std::string("\xF4\x90\x80\x80"),
        std::string("a\0b", 3), std::string("\xF8\x88\x80\x80\x80")}) {
    BOOST_TEST(!is_text(bad), printable(bad));
  }
}

BOOST_AUTO_TEST_CASE(names_in_messages_cannot_forge_lines) {
  BOOST_TEST(printable("a\nb\x1b[31m\xff") == "a?b?[31m?");
  BOOST_TEST(printable(std::string(5000, 'x')).size() < 300u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
