// MCP servers on the whole program: configured or imported, listed, changed, accepted by a person.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::tests;
using nlohmann::json;

struct Desk : House {
  Desk() {
    add_anna();
    says("Says it again.");
  }
  /// With the servers, which a killed node would leave running.
  ~Desk() { stop(); }
  void says(const std::string& description) const {
    const auto fresh = path("tools.new");
    std::ofstream(fresh) << R"([{"name":"echo","description":")" + description +
                                R"(","inputSchema":{"type":"object"}}])";
    std::filesystem::rename(fresh, path("tools"));
  }
  std::string stand_in() const {
    return std::filesystem::absolute("tests/bridges/mcp/servers/stand_in.sh").string();
  }
  std::string here() const { return std::filesystem::path(path("tools")).parent_path().string(); }

  json server() const {
    const auto shown = run({"--json", "get", "mcp_server/desk"});
    return shown.exit_code == 0 ? json::parse(shown.out) : json{{"status", ""}};
  }
  void await_server(const std::string& status) const {
    eventually([&] { return server()["status"] == status; }, "the server is " + status);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_server_of_the_configuration_is_listed_and_asks_when_it_changes, Desk) {
  std::ofstream(path("nightshift.toml")) << "[mcp.desk]\ncommand = \"/bin/sh\"\nargs = [\"" +
                                                stand_in() + "\", \"" + here() +
                                                "\"]\nprobe_every_s = 1\nfree = [\"echo\"]\n";
  start({"--config", path("nightshift.toml")});
  await_server("online");
  expect(0, "online", {"list", "mcp_server"});
  expect(0, "mcp-desk", {"ps"});
  says("Says it again, to everybody.");
  await_server("changed");
  expect(0, "mcp_server/desk", {"inbox"});
  const auto view = server()["view"];
  BOOST_TEST(view["health"] == "online");
  BOOST_TEST(view["tools"][0]["differs"][0] == "description");
  const auto pin = view["pin"].get<std::string>();
  const auto token = read_file(folder().admin_token_file()).substr(0, 46);
  expect(5, "", {"--token", token, "mcp_server", "accept", "desk", "tool=echo", "pin=" + pin});
  expect(4, "", {"mcp_server", "accept", "desk", "tool=echo", "pin=" + std::string(64, '0')});
  expect(0, "online", {"mcp_server", "accept", "desk", "tool=echo", "pin=" + pin});
  expect(0, "anna", {"why", "mcp_server/desk"});
}

BOOST_FIXTURE_TEST_CASE(a_server_of_claude_code_is_imported, Desk) {
  std::ofstream(path(".mcp.json")) << json{{"mcpServers",
                                            {{"desk",
                                              {{"command", "/bin/sh"},
                                               {"args", {stand_in(), here()}},
                                               {"env", {{"DESK_TOKEN", "hush"}}}}}}}}
                                          .dump();
  start();
  expect(0, "would be sealed: mcp.desk.DESK_TOKEN", {"import", path(".mcp.json"), "--dry-run"});
  expect(3, "", {"get", "mcp_server/desk"});
  expect(0, "desk", {"import", path(".mcp.json")});
  await_server("online");
  const auto config = server()["view"]["config"];
  BOOST_TEST(config["secrets"][0] == "DESK_TOKEN=sealed:mcp.desk.DESK_TOKEN");
  BOOST_TEST(!config.dump().contains("hush"));
  expect(0, "", {"mcp_server", "delete", "desk"});
  await_server("deleted");
}
