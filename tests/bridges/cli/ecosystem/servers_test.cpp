// What Claude Code keeps of MCP servers, as ours.
#include "bridges/cli/ecosystem/servers.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {
namespace {

using namespace bridges::cli::ecosystem;

Servers translate(const std::string& text) {
  const auto document = read_json(text);
  BOOST_TEST_REQUIRE(document.has_value());
  BOOST_TEST_REQUIRE(holds_servers(*document));
  return translate_servers(*document, {{"HOME", "/home/mara"}, {"CRM_TOKEN", "hush"}}, "/srv/app");
}

/// What is said of the one server that is refused.
std::string wrong(const std::string& server) {
  const auto all = translate(R"({"mcpServers":{"one":)" + server + "}}");
  BOOST_TEST(!all.usable());
  BOOST_TEST(all.servers.empty());
  BOOST_TEST_REQUIRE(all.remarks.size() == 1u);
  return all.remarks[0].field + ": " + all.remarks[0].text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_command_is_taken_with_its_arguments_and_variables) {
  const auto all = translate(R"({"mcpServers":{"files":{"type":"stdio","command":"npx",
    "args":["-y","server-filesystem","${HOME}/papers","${PLACE:-/tmp}"],
    "env":{"LOG":"warn","API_KEY":"abc","USER_NAME":"${CRM_TOKEN}"}}}})");
  BOOST_TEST(all.usable());
  BOOST_TEST(all.remarks.empty());
  BOOST_TEST_REQUIRE(all.servers.size() == 1u);
  const auto& [id, config] = all.servers[0];
  BOOST_TEST(id == "files");
  BOOST_TEST(config.command() == "npx");
  BOOST_TEST(config.args(2) == "/home/mara/papers");
  BOOST_TEST(config.args(3) == "/tmp");
  BOOST_TEST(config.cwd() == "/srv/app");
  BOOST_TEST_REQUIRE(config.env_size() == 1);
  BOOST_TEST(config.env(0) == "LOG=warn");
  BOOST_TEST_REQUIRE(config.secrets_size() == 2);
  BOOST_TEST(config.secrets(0) == "API_KEY=sealed:mcp.files.API_KEY");
  BOOST_TEST(all.secrets.at("mcp.files.API_KEY") == "abc");
  BOOST_TEST(all.secrets.at("mcp.files.USER_NAME") == "hush");
}

BOOST_AUTO_TEST_CASE(a_server_over_http_is_taken_and_its_credentials_are_sealed) {
  const auto all = translate(R"({"mcpServers":{"crm":{"type":"http",
    "url":"https://crm.example.org/mcp",
    "headers":{"X-Team":"night","Authorization":"Bearer ${CRM_TOKEN}"}}}})");
  BOOST_TEST(all.usable());
  BOOST_TEST_REQUIRE(all.servers.size() == 1u);
  const auto& config = all.servers[0].config;
  BOOST_TEST(config.url() == "https://crm.example.org/mcp");
  BOOST_TEST(config.headers(0) == "X-Team: night");
  BOOST_TEST(config.secret_headers(0) == "Authorization: Bearer sealed:mcp.crm.Authorization");
  BOOST_TEST(all.secrets.at("mcp.crm.Authorization") == "hush");
}

BOOST_AUTO_TEST_CASE(what_has_no_counterpart_is_named_and_the_rest_taken) {
  const auto all = translate(R"({"mcpServers":{"one":{"command":"serve","oauth":{}}}})");
  BOOST_TEST(all.usable());
  BOOST_TEST(all.servers.size() == 1u);
  BOOST_TEST_REQUIRE(all.remarks.size() == 1u);
  BOOST_TEST(all.remarks[0].field == "oauth");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_taken_says_what_to_do) {
  BOOST_TEST(wrong(R"({"type":"sse","url":"https://x.example/sse"})").contains("Streamable HTTP"));
  BOOST_TEST(wrong(R"({"command":"serve","args":["${NO_SUCH}"]})").contains("set it"));
  BOOST_TEST(
      wrong(R"({"command":"serve","args":["${CRM_TOKEN}"]})").contains("looks like a secret"));
  BOOST_TEST(wrong(R"({"command":"serve","args":"x"})").contains("list of texts"));
  BOOST_TEST(wrong(R"({"command":"serve","env":{"A":1}})").contains("must be a text"));
  BOOST_TEST(wrong(R"({})").contains("how it is reached"));
  BOOST_TEST(wrong(R"("serve")").contains("must be an object"));
  const auto named = translate(R"({"mcpServers":{"my server":{"command":"serve"}}})");
  BOOST_TEST(!named.usable());
}

}  // namespace nightshift::tests
