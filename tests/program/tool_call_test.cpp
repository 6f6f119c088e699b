// Approved calls of MCP tools on the whole program: signed, called once with exactly that, refused
// where anything is other than it was.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::tests;
using nlohmann::json;

struct Office : House {
  Office() { add_anna(); }
  /// With the servers, which a killed node would leave running.
  ~Office() { stop(); }
  void says(const std::string& description) const {
    const auto tool = [&](const std::string& name) {
      return json{
          {"name", name}, {"description", description}, {"inputSchema", {{"type", "object"}}}};
    };
    const auto fresh = path("tools.new");
    std::ofstream(fresh) << json{tool("echo"), tool("burn")}.dump();
    std::filesystem::rename(fresh, path("tools"));
  }
  void is_in_the_mood_to(const std::string& mood) const { write_file(path("mood"), mood); }
  static std::string stand_in() {
    return std::filesystem::absolute("tests/bridges/mcp/servers/stand_in.sh").string();
  }
  std::string here() const { return std::filesystem::path(path("tools")).parent_path().string(); }
  void configure(const std::string& more) const {
    write_file(path("nightshift.toml"),
               "[mcp.desk]\ncommand = \"/bin/sh\"\nargs = [\"" + stand_in() + "\", \"" + here() +
                   "\"]\nprobe_every_s = 1\nforbidden = [\"burn\"]\n" + more);
  }
  json server() const {
    const auto shown = run({"--json", "get", "mcp_server/desk"});
    return shown.exit_code == 0 ? json::parse(shown.out) : json{{"status", ""}};
  }
  void await_server(const std::string& status) const {
    eventually([&] { return server()["status"] == status; }, "the server is " + status);
  }
  Ended propose_call(const std::string& id, const std::string& arguments,
                     const std::string& tool = "echo", const std::string& name = "desk") const {
    return run({"approval", "propose", id, "title=Say it", "category=tool",
                "action.mcp.server=" + name, "action.mcp.tool=" + tool,
                "action.mcp.arguments=" + arguments});
  }
  void approve(const std::string& id) const {
    expect(0, "", {"approval", "approve", id, "--passphrase-file", passphrase_file()});
  }
  std::string shown(const std::string& id) const { return run({"get", "approval/" + id}).out; }
  /// What the server was called with.
  std::vector<json> calls() const {
    std::vector<json> all;
    std::ifstream in(path("calls"));
    for (std::string line; std::getline(in, line);) all.push_back(json::parse(line)["params"]);
    return all;
  }
};

struct Desk : Office {
  Desk() {
    says("Says it again.");
    configure("");
    start({"--config", path("nightshift.toml")});
    await_server("online");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_approved_tool_is_called_once_with_exactly_that, Desk) {
  BOOST_TEST(propose_call("say", R"({ "text": "h\u0069", "n": 1.0 })").exit_code == 0);
  BOOST_TEST(shown("say").contains(R"({"n":1,"text":"hi"})"), shown("say"));
  BOOST_TEST(shown("say").contains(server()["view"]["tools"][1]["pin"].get<std::string>()));
  BOOST_TEST(calls().empty());
  approve("say");
  await_status("say", "sent");
  BOOST_TEST_REQUIRE(calls().size() == 1u);
  BOOST_TEST(calls()[0]["name"] == "echo");
  BOOST_TEST(calls()[0]["arguments"] == json::parse(R"({"n":1,"text":"hi"})"));
  BOOST_TEST(shown("say").contains("desk/echo answered: done"), shown("say"));
}

BOOST_FIXTURE_TEST_CASE(what_may_not_be_called_is_refused_when_it_is_proposed, Desk) {
  const auto refused = [&](const Ended& ended, int exit_code, const std::string& words) {
    BOOST_TEST(ended.exit_code == exit_code, ended.out << ended.err);
    BOOST_TEST(ended.err.contains(words), ended.err);
  };
  refused(propose_call("a", "{}", "burn"), 5, "forbidden");
  refused(propose_call("b", "{}", "ecko"), 1, "did you mean echo?");
  refused(propose_call("c", "{}", "echo", "dask"), 1, "did you mean desk?");
  refused(propose_call("d", R"({"a":1,"a":2})"), 1, "arguments");
  refused(propose_call("e", R"({"path":")" + folder().admin_token_file().string() + "\"}"), 5,
          "the node's own data");
  says("Says it again, to everybody.");
  await_server("changed");
  refused(propose_call("f", "{}"), 4, "nobody has accepted it as it is");
  BOOST_TEST(calls().empty());
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_another_than_was_approved_stops_the_call, Desk) {
  const auto file = path("letter");
  write_file(file, "Dear Bob");
  BOOST_TEST(propose_call("send", R"({"paths":[")" + file + "\"]}").exit_code == 0);
  BOOST_TEST(shown("send").contains(file));
  write_file(file, "Dear Eve");
  approve("send");
  await_status("send", "failed");
  BOOST_TEST(shown("send").contains("the file " + file + " is not what it was"), shown("send"));
  BOOST_TEST(calls().empty());
  expect(0, "pending", {"approval", "retry", "send"});
  approve("send");
  await_status("send", "sent");
  BOOST_TEST(calls().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_tool_that_has_changed_meanwhile_is_not_called, Desk) {
  BOOST_TEST(propose_call("say", "{}").exit_code == 0);
  says("Says it again, to everybody.");
  await_server("changed");
  approve("say");
  await_status("say", "failed");
  BOOST_TEST(shown("say").contains("nobody has accepted it as it is"), shown("say"));
  BOOST_TEST(calls().empty());
}

BOOST_FIXTURE_TEST_CASE(a_server_that_dies_in_the_call_leaves_it_unknown_and_is_not_asked_again,
                        Desk) {
  is_in_the_mood_to("die");
  BOOST_TEST(propose_call("say", "{}").exit_code == 0);
  approve("say");
  await_status("say", "unknown");
  is_in_the_mood_to("");
  BOOST_TEST(calls().size() == 1u);
  expect(0, "say", {"inbox"});
  expect(0, "failed", {"approval", "resolve", "say", "outcome=failed", "evidence=nothing there"});
  BOOST_TEST(calls().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_node_killed_in_mid_call_asks_a_person_and_calls_no_second_time, Desk) {
  for (const std::string point : {"before_tool", "after_tool"}) {
    stop();
    environment["NIGHTSHIFT_CRASH_AT"] = point;
    start({"--config", path("nightshift.toml")});
    await_server("online");
    const auto before = calls().size();
    BOOST_TEST(propose_call(point, "{}").exit_code == 0);
    approve(point);
    node().wait();
    environment.erase("NIGHTSHIFT_CRASH_AT");
    start({"--config", path("nightshift.toml")});
    await_status(point, "unknown");
    await_server("online");
    BOOST_TEST(calls().size() - before == (point == "after_tool" ? 1u : 0u));
  }
}

BOOST_FIXTURE_TEST_CASE(a_free_tool_is_called_at_once_and_written_down, Desk) {
  expect(5, "not free", {"action", "call", "a", "server=desk", "tool=echo", "arguments={}"});
  stop();
  configure("free = [\"echo\"]\n");
  start({"--config", path("nightshift.toml")});
  await_server("online");
  const auto status = [&](const std::string& id) {
    return json::parse(run({"--json", "get", "action/" + id}).out)["status"];
  };
  expect(0, "", {"action", "call", "b", "server=desk", "tool=echo", "arguments={}", "intent=look"});
  eventually([&] { return status("b") == "succeeded"; }, "it was called");
  BOOST_TEST(run({"get", "action/b"}).out.contains("done"));
  is_in_the_mood_to("die");
  expect(0, "", {"action", "call", "c", "server=desk", "tool=echo", "arguments={}"});
  eventually([&] { return status("c") == "unknown"; }, "nobody knows");
  expect(0, "action/c", {"inbox"});
  BOOST_TEST(calls().size() == 2u);
  expect(0, "failed", {"action", "resolve", "c", "outcome=failed"});
  is_in_the_mood_to("");
}

BOOST_FIXTURE_TEST_CASE(the_rule_set_of_odoo_lets_nothing_be_posted_or_paid_without_an_approval,
                        Office) {
  const auto tool = [](const std::string& name) {
    return json{{"name", name}, {"description", ""}, {"inputSchema", {{"type", "object"}}}};
  };
  json tools;
  for (const auto* name : {"search_invoices", "create_draft_invoice", "post_invoice",
                           "register_payment", "delete_invoice", "send_invoice"}) {
    tools.push_back(tool(name));
  }
  write_file(path("tools"), tools.dump());
  // The rules as they stand in config/, for a server that is here.
  std::istringstream rules(read_file("config/odoo.toml"));
  std::string text = "[node]\ncapabilities = [\"mcp\", \"outbox\"]\n";
  for (std::string line; std::getline(rules, line);) {
    if (line.starts_with("url =")) {
      line = "command = \"/bin/sh\"\nargs = [\"" + stand_in() + "\", \"" + here() + "\"]";
    }
    if (!line.starts_with("secret_headers")) text += line + "\n";
  }
  write_file(path("nightshift.toml"), text);
  start({"--config", path("nightshift.toml")});
  eventually([&] { return run({"get", "mcp_server/odoo"}).out.contains("online"); }, "it is there");
  const auto proposed = [&](const std::string& name) {
    return propose_call(name, "{}", name, "odoo");
  };
  expect(0, "", {"action", "call", "s", "server=odoo", "tool=search_invoices", "arguments={}"});
  const auto run_at_once = [&](int exit_code, const std::string& words, const std::string& name) {
    expect(exit_code, words,
           {"action", "call", name, "server=odoo", "tool=" + name, "arguments={}"});
  };
  run_at_once(5, "not free", "create_draft_invoice");
  run_at_once(1, "odoo_post", "post_invoice");
  run_at_once(1, "odoo_post", "register_payment");
  BOOST_TEST(proposed("create_draft_invoice").exit_code == 0);
  for (const auto* name : {"post_invoice", "register_payment"}) {
    const auto ended = proposed(name);
    BOOST_TEST(ended.err.contains("odoo_post"), ended.err);
  }
  for (const auto* name : {"delete_invoice", "send_invoice"}) {
    BOOST_TEST(proposed(name).exit_code == 5);
  }
  approve("create_draft_invoice");
  await_status("create_draft_invoice", "sent");
}
