// What a shell is offered at each place of a line.
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "actors/all.hpp"
#include "tests/bridges/cli/played_node.hpp"

namespace {

using namespace nightshift::bridges::cli::tests;

/// What `line|` would be completed with, in one line; `+` where file names fit as well.
std::string offered(const CommandLine& line, const std::string& text) {
  std::vector<std::string> arguments{"completion", "words", "--"};
  std::istringstream words(text);
  for (std::string word; words >> word;) arguments.push_back(word);
  if (text.empty() || text.ends_with(' ')) arguments.emplace_back();
  const auto run = line.run(arguments);
  BOOST_TEST(run.exit_code == 0, run.err);
  std::istringstream out(run.out);
  std::string all;
  for (std::string row; std::getline(out, row);) {
    const auto word = row == " files" ? "+" : row.substr(0, row.find('\t'));
    all += (all.empty() ? "" : " ") + word;
  }
  return all;
}

/// All kinds, each with `behind`.
std::string kinds(const std::string& behind) {
  nightshift::runtime::Catalog catalog;
  nightshift::actors::register_all(catalog);
  std::string all;
  for (const auto* kind : catalog.all()) {
    all += (all.empty() ? "" : " ") + std::string(kind->name()) + behind;
  }
  return all;
}

struct Place {
  const char* line;
  std::string words;
};

}  // namespace

BOOST_AUTO_TEST_CASE(every_place_of_a_line_offers_what_the_parser_takes_there) {
  const CommandLine line;
  const Place places[] = {
      {"appr", "approver approval"},
      {"comp", "completion"},
      {"completion ", "bash zsh fish"},
      {"nonsense ", ""},
      {"get --nonsense ", ""},
      {"approval ", "propose approve reject edit withdraw retry resolve"},
      {"approval re", "reject retry resolve"},
      {"approval resolve x out", "outcome="},
      {"approval resolve x outcome=", "outcome=committed outcome=failed"},
      {"approval resolve x outcome=f", "outcome=failed"},
      {"approval resolve x outcome=failed ", "evidence="},
      {"approval propose x t", "title= to="},
      {"approval propose x title=a t", "to="},
      {"approval propose x to=a t", "title= to="},
      {"approval propose x action.w", "action.webhook.target= action.webhook.payload="},
      {"approval propose x four_eyes=t", "four_eyes=true"},
      {"approval propose x body=@", "+"},
      {"approval propose x body=a", ""},
      {"approval approve x --app", "--approver"},
      {"approval approve x ", ""},
      {"list ", kinds("")},
      {"list approval --where ", "status= category= requester= file="},
      {"list approval --where=c", "--where=category="},
      {"list approval --where category=em", "category=email"},
      {"list approval --where status=s", "status=sent"},
      {"list approval --limit ", ""},
      {"get ", kinds("/")},
      {"get --js", "--json"},
      {"get --json --js", ""},
      {"node --config ", "+"},
      {"--data ", "+"},
      {"--data x down ", ""},
      {"replay --at 1 ", "get list why"},
      {"replay --at 1 list ap", "approval/"},
      {"token create x --scope ", "read operate propose approve admin"},
      {"token create x --scope read --scope a", "approve admin"},
      {"secret import --format f", "fernet"},
      {"sta", "start startup"},
      {"import --e", "--env"},
      {"import ", "+"},
      {"logs --l", "--lines"},
      {"desc", "describe"},
      {"restart a", "all"},
      {"secret import ", "+"},
      {"-- ap", "approver approval"},
      {"completion wo", ""},
  };
  for (const auto& [text, words] : places) BOOST_TEST(offered(line, text) == words, text);
}

BOOST_AUTO_TEST_CASE(
    ids_come_from_the_node_of_the_line_and_only_those_that_would_take_the_command) {
  const PlayedNode node([](const Asked& asked) {
    if (says(asked.target, "/v1/supervision")) {
      return Answered{200, R"({"items":[{"path":"node"},{"path":"node/work"}]})"};
    }
    return Answered{200, R"({"items":[{"id":"offer-1"},{"id":"offer-2"},{"id":"bad id"},
                             {"id":"zebra"}],"next":"zebra"})"};
  });
  const CommandLine line;
  const auto there = "--url " + node.url() + " --token t ";
  BOOST_TEST(offered(line, there + "approval reject of") == "offer-1 offer-2");
  BOOST_TEST_REQUIRE(node.asked().size() == 1u);
  BOOST_TEST(node.asked()[0].target == "/v1/approval?limit=200&after=oe~&status=pending");
  BOOST_TEST(node.asked()[0].token == "Bearer t");
  BOOST_TEST(offered(line, there + "get approval/") ==
             "approval/offer-1 approval/offer-2 approval/zebra");
  BOOST_TEST(node.asked()[1].target == "/v1/approval?limit=200");
  BOOST_TEST(offered(line, there + "approval propose ") == "");
  BOOST_TEST(node.asked().size() == 2u, "what is not there yet has no id to offer");
  BOOST_TEST(offered(line, there + "chaos kill node/") == "node/work");
}

BOOST_AUTO_TEST_CASE(a_node_that_is_away_or_refuses_offers_nothing_and_is_asked_once) {
  const CommandLine line;
  BOOST_TEST(offered(line, "get approval/") == "");
  BOOST_TEST(offered(line, "--url http://127.0.0.1:1 approval withdraw ") == "");
  const PlayedNode refusing([](const Asked&) { return Answered{503, "{}"}; });
  BOOST_TEST(offered(line, "--url " + refusing.url() + " --token t approval withdraw ") == "");
  BOOST_TEST(refusing.asked().size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_words_of_the_shells_are_no_verb_for_people) {
  const CommandLine line;
  BOOST_TEST(!says(line.run({"completion"}).err, "words"));
  BOOST_TEST(line.run({"completion", "tcsh"}).exit_code == 2);
  for (const auto* shell : {"bash", "zsh", "fish"}) {
    BOOST_TEST(says(line.run({"completion", shell}).out, "completion words"), shell);
  }
}
