// The YAML block: within bounds, and changed without harm to its other lines.
#include "bridges/vault/front_matter.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::bridges::vault {
namespace {

std::string refusal(const std::string& yaml) {
  const auto fields = parse_front_matter(yaml);
  return fields ? "accepted" : std::string(fields.error().message());
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(front_matter)

BOOST_AUTO_TEST_CASE(a_file_parts_at_its_rulers) {
  const auto parts = split("---\nto: a@b.c\n---\nHello\n---\nnot a ruler\n");
  BOOST_REQUIRE(parts.has_value());
  BOOST_TEST(parts->front_matter == "to: a@b.c\n");
  BOOST_TEST(parts->body == "Hello\n---\nnot a ruler\n");
  BOOST_TEST(split("no block\n")->body == "no block\n");
  BOOST_TEST(!split("no block\n")->has_front_matter);
  BOOST_TEST(split("---\r\na: b\r\n---\r\nx")->front_matter == "a: b\r\n");
  BOOST_TEST(split("\xEF\xBB\xBF---\na: b\n---\n")->front_matter == "a: b\n");
  BOOST_TEST(split("---\na: b\n---")->body == "");
}

BOOST_AUTO_TEST_CASE(an_open_or_endless_block_is_refused) {
  BOOST_TEST((split("---\na: b\nno end").error().code == ErrorCode::invalid));
  const std::string endless = "---\n" + std::string(70'000, 'x') + "\n---\n";
  BOOST_TEST((split(endless).error().code == ErrorCode::too_large));
}

BOOST_AUTO_TEST_CASE(scalars_and_lists_are_read_as_text) {
  const auto fields = parse_front_matter(
      "subject: \"Re: the offer\"\nto:\n- a@b.c\n- d@e.f\ncc: g@h.i\nempty:\nnumber: 12\n"
      "long: >-\n  two\n  lines\nnested: {a: [1, 2]}\n");
  BOOST_REQUIRE(fields.has_value());
  BOOST_TEST(scalar(*fields, "subject").value() == "Re: the offer");
  BOOST_TEST(texts(*fields, "to").size() == 2u);
  BOOST_TEST(texts(*fields, "cc").front() == "g@h.i");
  BOOST_TEST(!scalar(*fields, "empty").has_value());
  BOOST_TEST(scalar(*fields, "number").value() == "12");
  BOOST_TEST(scalar(*fields, "long").value() == "two lines");
  BOOST_TEST(!scalar(*fields, "nested").has_value());
  BOOST_TEST(parse_front_matter("")->empty());
  BOOST_TEST(parse_front_matter("# only a comment\n")->empty());
}

BOOST_AUTO_TEST_CASE(what_could_grow_or_mislead_is_refused) {
  std::string laughs = "a: &a [x, x, x]\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    laughs += std::string(1, c) + ": &" + c + " [*" + before + ", *" + before + "]\n";
  }
  BOOST_TEST(contains(refusal(laughs), "anchors"));
  BOOST_TEST(contains(refusal("a: *b\n"), "line 1"));
  BOOST_TEST(contains(refusal("to: a@b.c\nto: evil@b.c\n"), "stands twice"));
  BOOST_TEST(contains(refusal("a: " + std::string(200, '[') + std::string(200, ']')), "deep"));
  BOOST_TEST(contains(refusal("a: " + std::string(30'000, '[')), "deep"));
  BOOST_TEST(contains(refusal("a: [" + std::string(10'000, ',') + "]"), "too many"));
  std::string many = "a:\n";
  for (int i = 0; i < 5'000; ++i) many += "- x\n";
  BOOST_TEST(contains(refusal(many), "too many"));
  BOOST_TEST(contains(refusal("- a list\n"), "not a mapping"));
  BOOST_TEST(contains(refusal("just text\n"), "not a mapping"));
  BOOST_TEST(contains(refusal("[a]: b\n"), "a key must be a text"));
  BOOST_TEST(contains(refusal("a: b: c\n"), "not YAML: line 1"));
  BOOST_TEST(contains(refusal("a:\n\tb: c\n"), "line 2"));
}

BOOST_AUTO_TEST_CASE(written_text_reads_back_as_itself) {
  for (const std::string& text :
       {std::string("plain"), std::string("Re: \"quoted\" \\ #1"), std::string("true"),
        std::string("12"), std::string("- x"), std::string("a\nb\tc\x01"), std::string("Grüße 🚀"),
        std::string("2026-11-21T07:00:00Z"), std::string("* star"), std::string("null")}) {
    const auto one = parse_front_matter("k: " + yaml_text(text) + "\n");
    BOOST_REQUIRE(one.has_value());
    BOOST_TEST(scalar(*one, "k").value() == text);
    const auto list = parse_front_matter("k: " + yaml_list({text, "b, c"}) + "\n");
    BOOST_REQUIRE(list.has_value());
    BOOST_TEST(texts(*list, "k").front() == text);
    BOOST_TEST(texts(*list, "k").back() == "b, c");
  }
}

BOOST_AUTO_TEST_CASE(setting_a_key_keeps_every_other_byte) {
  FrontMatterLines lines(
      "# mine\nstatus:   draft  # old\n\"id\": 7\nto:\n- a@b.c\nnote: |\n  x\n\n  y\n");
  lines.set("status", "pending");
  lines.set("id", "X");
  lines.set("digest", "\"00\"");
  lines.set_if_absent("to", "nobody");
  BOOST_TEST(lines.text() ==
             "# mine\nstatus: pending\nid: X\nto:\n- a@b.c\nnote: |\n  x\n\n  y\ndigest: \"00\"\n");
  lines.remove("to");
  BOOST_TEST(!lines.has("to"));
  BOOST_TEST(!contains(lines.text(), "a@b.c"));
}

BOOST_AUTO_TEST_CASE(line_ends_stay_what_they_are) {
  FrontMatterLines lines("a: b\r\n");
  lines.set("status", "pending");
  BOOST_TEST(lines.text() == "a: b\r\nstatus: pending\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
