// Permissions to use a tool: what is signed, what is shown, what is refused.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "messages/canonical.hpp"
#include "messages/effects.pb.h"
#include "tests/actors/approval_fixture.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::tests {
namespace {

pb::Action::Permission& permission(pb::Propose& command) {
  return *command.mutable_action()->mutable_permission();
}

pb::Propose asking() {
  pb::Propose command;
  command.set_title("scribe wants to use Write");
  command.set_category(pb::CATEGORY_TOOL);
  command.set_body("To keep the notes.\n\nAllowed, exactly this input:\n{}");
  permission(command).set_tool("Write");
  permission(command).set_use("toolu_1");
  permission(command).set_input("{\"content\":\"a\u202eb\",\"file_path\":\"/tmp/notes\"}");
  return command;
}

struct Row {
  ErrorCode code;
  const char* instance;
  std::function<void(pb::Propose&)> spoil;
};

using E = ErrorCode;
using P = pb::Propose&;

const std::string too_long(513, 'x');

// clang-format off
const std::vector<Row> rows{
    {E::invalid,   "action.permission.tool",  [](P p) { permission(p).clear_tool(); }},
    {E::invalid,   "action.permission.tool",  [](P p) { permission(p).set_tool("a\nb"); }},
    {E::invalid,   "action.permission.tool",  [](P p) { permission(p).set_tool(too_long); }},
    {E::invalid,   "action.permission.use",   [](P p) { permission(p).set_use("a\nb"); }},
    {E::invalid,   "action.permission.input", [](P p) { permission(p).clear_input(); }},
    {E::invalid,   "action.permission.input", [](P p) { permission(p).set_input("[1]"); }},
    {E::invalid,   "action.permission.input", [](P p) { permission(p).set_input("{\"a\":}"); }},
    {E::invalid,   "attachments",             [](P p) { p.add_attachments()->set_name("a"); }},
};
// clang-format on

}  // namespace

BOOST_FIXTURE_TEST_SUITE(approval_permission, ApprovalFixture)

BOOST_AUTO_TEST_CASE(the_content_of_a_permission_is_the_recorded_one) {
  as(agent("scribe"), asking()).then_accepted();
  check_golden("tests/golden/approval/permission.content", view().content());
  check_golden("tests/golden/approval/permission.txt",
               "digest " + view().digest() + "\n\n" + view().preview());
}

BOOST_AUTO_TEST_CASE(a_signed_permission_is_granted_by_an_effect_of_its_own_type) {
  as(agent("scribe"), asking()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  BOOST_TEST(effect().type == "nightshift.effect.GrantPermission");
  story.given(dispatched()).given(ended(EFFECT_STATE_COMMITTED));
  BOOST_TEST(story.status() == "sent");
}

BOOST_AUTO_TEST_CASE(a_bad_permission_is_refused_with_its_field) {
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT("row " << &row - rows.data()) {
      auto command = asking();
      row.spoil(command);
      as(agent("scribe"), command).then(row.code, row.instance);
    }
  }
}

BOOST_AUTO_TEST_CASE(another_input_or_another_asker_is_another_digest) {
  as(agent("scribe"), asking()).then_accepted();
  const auto before = view().digest();
  pb::Edit edit;
  edit.mutable_action()->mutable_permission()->set_input("{\"content\":\"other\"}");
  as(person("alice"), edit).then_accepted();
  BOOST_TEST(view().digest() != before);
  const auto content = Canonical::decode(view().content());
  BOOST_TEST(content->find("input").value() == "{\"content\":\"other\"}");
  BOOST_TEST(content->find("asker").value() == "scribe");
  BOOST_TEST(content->find("tool").value() == "Write");
}

BOOST_AUTO_TEST_CASE(what_the_picture_of_a_permission_would_hide_is_not_shown_at_all) {
  as(agent("scribe"), asking()).then_accepted();
  const auto content = *Canonical::decode(view().content());
  BOOST_TEST(kind.preview(content.encode()).has_value());
  const auto& fields = content.fields();
  for (std::size_t at = 0; at < fields.size(); ++at) {
    Canonical without, doubled;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto& [name, value] = fields[i];
      if (i != at) without.add(name, value);
      doubled.add(name, value);
      if (i == at) doubled.add(name, value);
    }
    const auto& name = fields[at].first;
    BOOST_TEST(!kind.preview(doubled.encode()).has_value(), name << " twice");
    const bool may_miss = name == "note" || name == "use";
    BOOST_TEST(kind.preview(without.encode()).has_value() == may_miss, "no " << name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
