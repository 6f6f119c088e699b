// Command lines, right and wrong: what is asked of the node, and which exit code comes of it.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

#include "messages/crypto.hpp"
#include "tests/bridges/cli/played_node.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::bridges::cli::tests;
using nightshift::tests::write_file;

struct Wrong {
  std::vector<std::string> arguments;
  int exit_code;
  std::string says;
};
std::ostream& operator<<(std::ostream& out, const Wrong& wrong) {
  for (const auto& argument : wrong.arguments) out << argument << " ";
  return out;
}

/// Refused before any node is asked.
const Wrong wrong_lines[] = {
    {{"fly"}, 2, "did you mean"},
    {{"lst", "approval"}, 2, "did you mean list?"},
    {{"aproval", "propose", "x"}, 3, "did you mean approval?"},
    {{"approval", "aprove", "x"}, 3, "did you mean approve?"},
    {{"approval", "expire", "x"}, 3, "no command"},
    {{"approval"}, 2, "propose"},
    {{"approval", "propose"}, 2, "id"},
    {{"approval", "propose", "a/b", "title=t"}, 1, "not an id"},
    {{"approval", "propose", "x", "title"}, 2, "not field=value"},
    {{"approval", "propose", "x", "=t"}, 2, "not field=value"},
    {{"approval", "propose", "x", "titel=t"}, 1, "title"},
    {{"approval", "propose", "x", "title=t", "category=pigeon"}, 1, "category"},
    {{"approval", "propose", "x", "title=t", "category=email", "four_eyes=perhaps"},
     1,
     "four_eyes"},
    {{"approval", "propose", "x", "category=email"}, 1, "title"},
    {{"approval", "propose", "x", "body=@/nonexistent"}, 3, "/nonexistent"},
    {{"approval", "propose", "x", "--colour", "red"}, 2, "--colour"},
    {{"get", "approval/x", "more"}, 2, "more"},
    {{"get", "approval"}, 2, "not KIND/ID"},
    {{"get", "aproval/x"}, 3, "did you mean approval?"},
    {{"list", "aproval"}, 3, "did you mean approval?"},
    {{"list", "approval", "--where", "status"}, 2, "FIELD=VALUE"},
    {{"list", "approval", "--limit", "0"}, 2, "--limit"},
    {{"why", "x"}, 2, "not KIND/ID"},
    {{"log", "x"}, 2, "not KIND/ID"},
    {{"replay", "get", "approval/x"}, 2, "--at"},
    {{"replay", "--at", "soon", "get", "approval/x"}, 2, "neither an offset nor a time"},
    {{"replay", "--at", "1", "fly", "approval/x"}, 2, "fly"},
    {{"replay", "--at", "1", "get", "approval/x"}, 3, "no journal"},
    {{"audit"}, 2, "verify"},
    {{"chaos"}, 2, "kill"},
    {{"chaos", "kill"}, 2, "path"},
    {{"supervision", "resume"}, 2, "path"},
    {{"audit", "verify", "/nonexistent"}, 3, "/nonexistent"},
    {{"token", "create", "bot"}, 2, "--scope"},
    {{"token", "create", "bot", "--scope", "reed"}, 2, "did you mean read?"},
    {{"token", "create", "bot", "--scope", "approve", "--agent"}, 5, "never approves"},
    {{"token", "create", "a b", "--scope", "read"}, 2, "not a name"},
    {{"approver", "add", "a/b"}, 2, "not a name"},
    {{"get", "approval/x"}, 6, "nightshift up"},
    {{}, 2, "up"},
};

}  // namespace

BOOST_DATA_TEST_CASE(a_wrong_line_is_refused_with_its_own_words,
                     boost::unit_test::data::make(wrong_lines), wrong) {
  const CommandLine line;
  const auto run = line.run(wrong.arguments);
  BOOST_TEST(run.exit_code == wrong.exit_code, run.exit_code << ": " << run.err);
  BOOST_TEST(says(run.err, wrong.says), run.err);
  BOOST_TEST(run.out.empty(), run.out);
}

BOOST_AUTO_TEST_CASE(an_error_for_programs_is_a_problem_document) {
  const CommandLine line;
  const auto run = line.run({"--json", "get", "approval/x"});
  BOOST_TEST(run.exit_code == 6);
  const auto problem = nlohmann::json::parse(run.err);
  BOOST_TEST(problem.at("code").get<std::string>() == "unreachable");
  BOOST_TEST(problem.at("status").get<int>() == 503);
}

BOOST_AUTO_TEST_CASE(flags_may_stand_before_or_behind_the_verb) {
  const PlayedNode node([](const Asked&) { return Answered{200, "{\"id\":\"x\"}"}; });
  const CommandLine line;
  line.found_at(node);
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"--json", "get", "approval/x"},
                                             {"get", "--json", "approval/x"},
                                             {"get", "approval/x", "--json"}}) {
    const auto run = line.run(arguments);
    BOOST_TEST(run.exit_code == 0, run.err);
    BOOST_TEST(run.out == "{\"id\":\"x\"}\n");
  }
}

BOOST_AUTO_TEST_CASE(ids_may_look_like_verbs) {
  const PlayedNode node([](const Asked&) { return Answered{200, "{}"}; });
  const CommandLine line;
  line.found_at(node);
  BOOST_TEST(line.run({"approval", "reject", "get"}).exit_code == 0);
  BOOST_TEST(line.run({"approval", "reject", "reject"}).exit_code == 0);
  BOOST_TEST(line.run({"token", "revoke", "list"}).exit_code == 0);
  const auto asked = node.asked();
  BOOST_TEST_REQUIRE(asked.size() == 3u);
  BOOST_TEST(asked[0].target == "/v1/approval/get/reject");
  BOOST_TEST(asked[1].target == "/v1/approval/reject/reject");
  BOOST_TEST(asked[2].target == "/v1/principal/list/revoke");
}

BOOST_AUTO_TEST_CASE(the_tree_is_a_table_and_paths_are_sent_as_they_are) {
  const PlayedNode node([](const Asked& asked) {
    if (asked.method == "POST") return Answered{200, R"({"path":"x","killed":true})"};
    return Answered{200, R"({"items":[{"path":"work","type":"supervisor","state":"running",
      "strategy":"rest_for_one","restarts":1,"queue":0,"since":"2026-11-21T07:00:00Z"},
      {"path":"entities/errand/p","type":"entity","state":"quarantined","restarts":6,"queue":0,
      "since":"2026-11-21T07:00:00Z","last_error":"failed 6 times: spoilt"}]})"};
  });
  const CommandLine line;
  line.found_at(node);
  const auto table = line.run({"tree"});
  BOOST_TEST(table.exit_code == 0, table.err);
  BOOST_TEST(says(table.out, "running rest_for_one"));
  BOOST_TEST(says(table.out, "failed 6 times: spoilt"));
  BOOST_TEST(nlohmann::json::parse(line.run({"--json", "tree"}).out)["items"].size() == 2u);
  BOOST_TEST(line.run({"chaos", "kill", "work/effects"}).exit_code == 0);
  BOOST_TEST(line.run({"supervision", "resume", "errand/p"}).exit_code == 0);
  const auto asked = node.asked();
  BOOST_TEST_REQUIRE(asked.size() == 4u);
  BOOST_TEST(asked[2].method + " " + asked[2].target ==
             "POST /v1/supervision/kill?path=work%2feffects");
  BOOST_TEST(asked[3].target == "/v1/supervision/resume?path=errand%2fp");
}

BOOST_AUTO_TEST_CASE(a_command_sends_what_was_said_and_nothing_else) {
  const PlayedNode node([](const Asked&) { return Answered{201, "{}"}; });
  const CommandLine line;
  line.found_at(node);
  write_file(line.path("body.txt"), "Dear anna,\n\"quoted\"\n");
  const auto run = line.run({"approval", "propose", "x", "title=Hello = there", "category=email",
                             "to=a@example.org", "to=b@example.org", "four_eyes=true",
                             "body=@" + line.path("body.txt"), "--if-match", "0", "--key", "k1"});
  BOOST_TEST(run.exit_code == 0, run.err);
  const auto asked = node.asked().at(0);
  BOOST_TEST(asked.target == "/v1/approval/x/propose");
  BOOST_TEST(asked.key == "k1");
  BOOST_TEST(asked.if_match == "\"0\"");
  BOOST_TEST(nlohmann::json::parse(asked.body) == nlohmann::json::parse(R"({
    "title": "Hello = there", "category": "email", "to": ["a@example.org", "b@example.org"],
    "four_eyes": true, "body": "Dear anna,\n\"quoted\"\n"})"));
}

BOOST_AUTO_TEST_CASE(refusals_of_the_node_give_their_exit_codes) {
  const std::pair<std::string, int> codes[] = {
      {"invalid", 1},       {"not_found", 3}, {"wrong_phase", 4},     {"already_decided", 4},
      {"stale", 4},         {"forbidden", 5}, {"unauthenticated", 5}, {"no_space", 1},
      {"bad_signature", 5}, {"too_large", 1}, {"key_reused", 1}};
  for (const auto& [code, exit_code] : codes) {
    const PlayedNode node([&code](const Asked&) {
      return Answered{400, "{\"code\":\"" + code + "\",\"detail\":\"said so\"}"};
    });
    const CommandLine line;
    line.found_at(node);
    const auto run = line.run({"approval", "reject", "x"});
    BOOST_TEST(run.exit_code == exit_code, code << " gave " << run.exit_code);
    BOOST_TEST(says(run.err, "said so"));
    BOOST_TEST(says(run.err, "code: " + code));
  }
}

BOOST_AUTO_TEST_CASE(a_list_follows_its_pages_and_filters) {
  const PlayedNode node([](const Asked& asked) {
    const bool first = !says(asked.target, "after=");
    return Answered{200, first ? R"({"items":[{"id":"a","status":"pending"}],"next":"a"})"
                               : R"({"items":[{"id":"b","status":"pending"}]})"};
  });
  const CommandLine line;
  line.found_at(node);
  const auto run = line.run({"list", "approval", "--where", "status=pending", "--limit", "5"});
  BOOST_TEST(run.exit_code == 0, run.err);
  BOOST_TEST(says(run.out, "ID  STATUS"), run.out);
  BOOST_TEST(says(run.out, "\na   pending\nb   pending\n"), run.out);
  const auto asked = node.asked();
  BOOST_TEST_REQUIRE(asked.size() == 2u);
  BOOST_TEST(asked[0].target == "/v1/approval?status=pending&limit=5");
  BOOST_TEST(asked[1].target == "/v1/approval?status=pending&limit=4&after=a");
}

BOOST_AUTO_TEST_CASE(a_new_token_is_shown_once_and_only_its_hash_is_sent) {
  const PlayedNode node([](const Asked&) { return Answered{200, "{}"}; });
  const CommandLine line;
  line.found_at(node);
  const auto run = line.run({"token", "create", "bot", "--scope", "propose,read", "--agent"});
  BOOST_TEST(run.exit_code == 0, run.err);
  BOOST_TEST_REQUIRE(run.out.size() == 47u);
  const auto token = run.out.substr(0, 46);
  const auto asked = node.asked().at(0);
  BOOST_TEST(asked.target == "/v1/principal/bot/issue");
  BOOST_TEST(!says(asked.body, token));
  const auto body = nlohmann::json::parse(asked.body);
  BOOST_TEST(body.at("token_hash").get<std::string>() == to_hex(as_bytes(sha256(token))));
  BOOST_TEST((body.at("scopes").get<std::vector<std::string>>() ==
              std::vector<std::string>{"propose", "read"}));
  BOOST_TEST(body.at("agent").get<bool>());
}

BOOST_AUTO_TEST_CASE(node_is_run_by_the_composition_root) {
  CommandLine line;
  bridges::cli::NodeFlags given;
  line.program.run_node = [&](const bridges::cli::NodeFlags& flags) {
    given = flags;
    return 42;
  };
  const auto run = line.run({"node", "--http", "127.0.0.1:0", "--config", "c.toml"});
  BOOST_TEST(run.exit_code == 42);
  BOOST_TEST(given.data == line.folder().root());
  BOOST_TEST(given.http.value() == "127.0.0.1:0");
  BOOST_TEST(given.config.value() == "c.toml");
  BOOST_TEST(!given.quiet);
}

BOOST_AUTO_TEST_CASE(version_and_help_are_answered_without_a_node) {
  const CommandLine line;
  BOOST_TEST(line.run({"version"}).out == "nightshift 1.2.3\n");
  BOOST_TEST(line.run({"--version"}).exit_code == 0);
  const auto help = line.run({"approval", "approve", "--help"});
  BOOST_TEST(help.exit_code == 0);
  BOOST_TEST(says(help.out, "--passphrase-file"), help.out);
}
