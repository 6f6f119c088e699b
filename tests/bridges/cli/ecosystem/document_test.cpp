// Documents that are broken, endless or made to harm.
#include <boost/test/unit_test.hpp>

#include "bridges/cli/ecosystem/document.hpp"

namespace {

using namespace nightshift::bridges::cli::ecosystem;

std::string refusal(const nightshift::Result<Json>& read) {
  return read ? "accepted" : read.error().detail;
}

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(forms_are_told_by_names) {
  BOOST_TEST((form_of("a/ecosystem.config.cjs") == Form::javascript));
  BOOST_TEST((form_of("Procfile.dev") == Form::procfile));
  BOOST_TEST((form_of("apps.yml") == Form::yaml));
  BOOST_TEST(!form_of("ecosystem.toml"));
  BOOST_TEST((form_of_configuration("ecosystem.config.js") == Form::javascript));
  BOOST_TEST(!form_of_configuration("server.js"));
}

BOOST_AUTO_TEST_CASE(deep_and_huge_json_is_refused) {
  BOOST_TEST(says(refusal(read_json(repeated("[", 1'000'000))), "it "));
  BOOST_TEST(says(refusal(read_json(repeated("[", 40) + repeated("]", 40))), "nests deeper"));
  BOOST_TEST(says(refusal(read_json("[" + repeated("0,", 200'000) + "0]")), "more than"));
  BOOST_TEST(says(refusal(read_json("{apps: []}")), "name it ecosystem.config.js"));
  BOOST_TEST(says(refusal(read_json("")), "is not JSON"));
  BOOST_TEST(says(refusal(read_json("{\"a\": \"\xff\"}")), "is not JSON"));
  BOOST_TEST(read_json("// apps\n[1, /* two */ 2]").has_value());
}

BOOST_AUTO_TEST_CASE(yaml_that_multiplies_itself_is_refused) {
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    const auto name = "a" + std::to_string(i);
    laughs += name + ": &" + name + " [" + before + repeated(", " + before, 9) + "]\n";
  }
  BOOST_TEST(says(refusal(read_yaml(laughs)), "too many values"));
  BOOST_TEST(says(refusal(read_yaml(repeated("[", 100'000))), "it "));
  BOOST_TEST(says(refusal(read_yaml(repeated("- ", 60) + "x")), "too deep"));
  BOOST_TEST(says(refusal(read_yaml("a: 1\n---\nb: 2")), "more than one YAML document"));
  BOOST_TEST(says(refusal(read_yaml("{a: [b],},")), "more than one YAML document"));
  BOOST_TEST(says(refusal(read_yaml("")), "no YAML document"));
  BOOST_TEST(says(refusal(read_yaml("{[a]: b}")), "not one word"));
  BOOST_TEST(says(refusal(read_yaml("a: [b")), "line 1"));
  BOOST_TEST(says(refusal(read_yaml("a: *nobody")), "not YAML"));
  BOOST_TEST(says(refusal(read_yaml("a: \xff")), "not UTF-8"));
  BOOST_TEST(says(refusal(read_yaml("a: &a [*a]")), "it "));
}

BOOST_AUTO_TEST_CASE(yaml_words_mean_what_the_core_schema_says) {
  const auto read = read_yaml(R"({a: 1, b: 1.5, c: true, d: ~, e: "1", f: yes, g: 0x1, h: 1.2.3})");
  BOOST_TEST_REQUIRE(read.has_value(), read.error().detail);
  BOOST_TEST(read->dump() ==
             R"({"a":1,"b":1.5,"c":true,"d":null,"e":"1","f":"yes","g":"0x1","h":"1.2.3"})");
}

BOOST_AUTO_TEST_CASE(a_procfile_says_which_line_is_wrong) {
  const std::pair<std::string, const char*> wrong[] = {
      {"", "no line"},
      {"# only words\n", "no line"},
      {"web: a\nnonsense\n", "line 2 is not"},
      {"we b: a\n", "line 1 is not"},
      {"web:\n", "line 1 is not"},
      {"web: a\nweb: b\n", "line 2 names \"web\" a second time"},
      {std::string("web: a\0b\n", 9), "zero byte"},
      {"\xc3\xa9: a\n", "line 1 is not"},
      {"web: a\xff\n", "not UTF-8"},
  };
  for (const auto& [text, part] : wrong) {
    const auto read = read_procfile(text);
    BOOST_TEST_REQUIRE(!read, text);
    BOOST_TEST(says(read.error().detail, part), read.error().detail);
  }
  const auto good = read_procfile("web : a: b \r\n\n#c\nw_2-x: d").value();
  BOOST_TEST_REQUIRE(good.size() == 2u);
  BOOST_TEST(good[0].name + "=" + good[0].command == "web=a: b");
  BOOST_TEST(good[1].name + "=" + good[1].command == "w_2-x=d");
}
