// Approved calls of MCP tools: what is signed, what is shown, what is refused.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "messages/canonical.hpp"
#include "messages/tool_call.pb.h"
#include "tests/actors/approval_fixture.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::tests {
namespace {

pb::Action::Mcp& mcp(pb::Propose& command) { return *command.mutable_action()->mutable_mcp(); }

pb::Propose calling() {
  pb::Propose command;
  command.set_title("Keep the notes of the call");
  command.set_category(pb::CATEGORY_TOOL);
  command.set_body("As agreed.\n\nCalled with, all of the rest:\n{}");
  mcp(command).set_server("files");
  mcp(command).set_tool("write_file");
  mcp(command).set_arguments("{ \"path\": \"/srv/notes\", \"content\": \"a\u202eb\" }");
  return command;
}

/// What the node found for `calling`, or for other arguments of the same.
Canonical found(const std::string& asked, const std::string& digest) {
  Canonical facts;
  facts.add("server", "files");
  facts.add("tool", "write_file");
  facts.add("reached", "mcp-server-filesystem /srv");
  facts.add("pin", std::string(64, 'a'));
  facts.add("class", "neither");
  facts.add("file", "/srv/notes");
  facts.add("file_sha256", digest);
  facts.add("arguments", "{\"content\":\"a\u202eb\",\"path\":\"/srv/notes\"}");
  facts.add("asked", asked);
  return facts;
}

struct Fixture : ApprovalFixture {
  Fixture() { finds(mcp_of(calling()).arguments(), std::string(64, '1')); }
  static pb::Action::Mcp mcp_of(pb::Propose command) { return command.action().mcp(); }
  void finds(const std::string& asked, const std::string& digest) {
    auto& targets = story.world.node.executors[effect::CallTool::descriptor()->full_name()];
    targets.insert_or_assign("files/write_file", found(asked, digest));
  }
};

struct Row {
  ErrorCode code;
  const char* instance;
  std::function<void(pb::Propose&)> spoil;
};

using E = ErrorCode;
using P = pb::Propose&;

// clang-format off
const std::vector<Row> rows{
    {E::invalid,     "action.mcp.server",    [](P p) { mcp(p).clear_server(); }},
    {E::invalid,     "action.mcp.server",    [](P p) { mcp(p).set_server("a b"); }},
    {E::invalid,     "action.mcp.tool",      [](P p) { mcp(p).clear_tool(); }},
    {E::invalid,     "action.mcp.tool",      [](P p) { mcp(p).set_tool("a\nb"); }},
    {E::invalid,     "action.mcp.arguments", [](P p) { mcp(p).clear_arguments(); }},
    {E::invalid,     "action.mcp.arguments", [](P p) { mcp(p).set_arguments("[1]"); }},
    {E::no_executor, "action",               [](P p) { mcp(p).set_server("other"); }},
    {E::no_executor, "action",               [](P p) { mcp(p).set_tool("read_file"); }},
    {E::no_executor, "action",               [](P p) { mcp(p).set_arguments("{}"); }},
    {E::invalid,     "attachments",          [](P p) { p.add_attachments()->set_name("a"); }},
};
// clang-format on

}  // namespace

BOOST_FIXTURE_TEST_SUITE(approval_tool, Fixture)

BOOST_AUTO_TEST_CASE(the_content_of_a_tool_call_is_the_recorded_one) {
  as(agent("scribe"), calling()).then_accepted();
  check_golden("tests/golden/approval/tool.content", view().content());
  check_golden("tests/golden/approval/tool.txt",
               "digest " + view().digest() + "\n\n" + view().preview());
}

BOOST_AUTO_TEST_CASE(a_signed_call_is_an_effect_of_its_own_type_behind_the_gate) {
  as(agent("scribe"), calling()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  BOOST_TEST(effect().type == "nightshift.effect.CallTool");
  BOOST_TEST(effect().gate.has_value());
  story.given(dispatched()).given(ended(EFFECT_STATE_UNKNOWN_AFTER_DISPATCH));
  BOOST_TEST(story.status() == "unknown");
}

BOOST_AUTO_TEST_CASE(a_bad_call_is_refused_with_its_field) {
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT("row " << &row - rows.data()) {
      auto command = calling();
      row.spoil(command);
      as(agent("scribe"), command).then(row.code, row.instance);
    }
  }
}

BOOST_AUTO_TEST_CASE(arguments_that_were_edited_unseen_by_the_node_are_refused) {
  as(agent("scribe"), calling()).then_accepted();
  const auto before = view().digest();
  pb::Edit edit;
  edit.mutable_action()->mutable_mcp()->set_arguments("{\"path\":\"/srv/other\"}");
  as(person("alice"), edit).then(E::no_executor, "action");
  finds("{\"path\":\"/srv/other\"}", std::string(64, '2'));
  as(person("alice"), edit).then_accepted();
  BOOST_TEST(view().digest() != before);
}

BOOST_AUTO_TEST_CASE(a_retry_shows_the_file_as_it_is_now) {
  as(agent("scribe"), calling()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  story.given(dispatched()).given(ended(EFFECT_STATE_FAILED_BEFORE_EFFECT));
  BOOST_TEST(story.status() == "failed");
  finds(mcp_of(calling()).arguments(), std::string(64, '3'));
  as(person("alice"), pb::Retry()).then_accepted();
  const auto content = Canonical::decode(view().content());
  BOOST_TEST(content->find("file_sha256").value() == std::string(64, '3'));
  BOOST_TEST(!content->find("asked").has_value());
}

BOOST_AUTO_TEST_CASE(what_the_picture_of_a_call_would_hide_is_not_shown_at_all) {
  as(agent("scribe"), calling()).then_accepted();
  const auto content = *Canonical::decode(view().content());
  BOOST_TEST(kind.preview(content.encode()).has_value());
  Canonical more;
  for (const auto& [name, value] : content.fields()) more.add(name, value);
  more.add("arguments", "{}");
  BOOST_TEST(!kind.preview(more.encode()).has_value());
  Canonical hidden;
  for (const auto& [name, value] : content.fields()) {
    if (name == "server") hidden.add("secret", "x");
    hidden.add(name, value);
  }
  BOOST_TEST(!kind.preview(hidden.encode()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
