// The rules of `action`, told as given, when, then.
#include <boost/test/unit_test.hpp>

#include "actors/all.hpp"
#include "messages/action.pb.h"
#include "messages/host.pb.h"
#include "messages/tool_call.pb.h"
#include "tests/support/story.hpp"

namespace nightshift::tests {
namespace {

namespace pb = nightshift::action;
using namespace std::chrono_literals;

runtime::Catalog all() {
  runtime::Catalog catalog;
  actors::register_all(catalog);
  return catalog;
}

struct Fixture {
  runtime::Catalog catalog = all();
  Story story{*catalog.find("action")};

  Fixture() {
    Canonical facts;
    facts.add("server", "files");
    facts.add("tool", "read_file");
    facts.add("pin", std::string(64, 'a'));
    facts.add("class", "neither");
    facts.add("arguments", "{\"path\":\"/srv/notes\"}");
    facts.add("asked", "{ \"path\": \"/srv/notes\" }");
    story.world.node.executors[effect::CallTool::descriptor()->full_name()]["files/read_file"] =
        facts;
    story.world.caller = {.principal = "scribe", .scopes = {SCOPE_PROPOSE}, .agent = true};
  }
  static pb::Call call() {
    pb::Call command;
    command.set_server("files");
    command.set_tool("read_file");
    command.set_arguments("{ \"path\": \"/srv/notes\" }");
    command.set_intent("To know what is in it");
    return command;
  }
  pb::View view() const { return story.view<pb::View>(); }
  kernel::Effect effect() const { return story.entity().pending().effects.at(0); }
  host::Dispatched dispatched() const {
    host::Dispatched event;
    event.set_effect_id(effect().id);
    event.set_attempt(1);
    return event;
  }
  static host::Ended ended(EffectState state, bool last = true) {
    host::Ended event;
    event.set_attempt(1);
    event.set_state(state);
    event.set_evidence("files/read_file answered");
    event.set_last(last);
    return event;
  }
  pb::Begin begin() const {
    pb::Begin command;
    command.mutable_subject()->set_server("files");
    command.mutable_subject()->set_approval("say");
    *command.mutable_until() = to_proto(story.world.now + 1h);
    return command;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(action, Fixture)

BOOST_AUTO_TEST_CASE(a_free_tool_is_called_without_a_gate_and_what_it_brought_is_kept) {
  story.when(call()).then_accepted();
  BOOST_TEST(story.status() == "wanted");
  effect::CallTool message;
  BOOST_TEST(message.ParseFromString(effect().payload));
  BOOST_TEST(!effect().gate.has_value());
  BOOST_TEST(message.arguments() == "{\"path\":\"/srv/notes\"}");
  BOOST_TEST(message.source() == story.world.id);
  BOOST_TEST(message.pin() == std::string(64, 'a'));
  story.given(dispatched());
  BOOST_TEST(story.status() == "calling");
  pb::End end;
  end.set_result("{\"content\":[]}");
  story.world.caller = kernel::Caller::of_host();
  story.when(end).then_accepted();
  story.given(ended(EFFECT_STATE_COMMITTED));
  BOOST_TEST(story.status() == "succeeded");
  BOOST_TEST(view().result() == "{\"content\":[]}");
  BOOST_TEST(view().requester() == "scribe");
  BOOST_TEST(view().arguments_sha256() ==
             to_hex(as_bytes(sha256(std::string("{\"path\":\"/srv/notes\"}")))));
}

BOOST_AUTO_TEST_CASE(arguments_that_the_node_has_not_looked_at_are_not_called_with) {
  auto other = call();
  other.set_arguments("{\"path\":\"/srv/other\"}");
  story.when(other).then(ErrorCode::no_executor, "tool");
}

BOOST_AUTO_TEST_CASE(an_unknown_call_is_resolved_by_a_person_and_never_by_an_agent) {
  story.when(call()).then_accepted();
  story.given(dispatched()).given(ended(EFFECT_STATE_UNKNOWN_AFTER_DISPATCH));
  BOOST_TEST(story.status() == "unknown");
  BOOST_TEST(story.entity().pending().effects.empty());
  pb::Resolve resolve;
  resolve.set_outcome(pb::Resolve::OUTCOME_FAILED);
  story.world.caller.scopes = {SCOPE_OPERATE};
  story.when(resolve).then(ErrorCode::forbidden, "");
  story.world.caller = {.principal = "mara", .scopes = {SCOPE_OPERATE}};
  story.when(resolve).then_accepted();
  BOOST_TEST(story.status() == "failed");
}

BOOST_AUTO_TEST_CASE(one_more_attempt_is_the_same_call) {
  story.when(call()).then_accepted();
  const auto before = effect();
  story.given(dispatched()).given(ended(EFFECT_STATE_FAILED_BEFORE_EFFECT, false));
  BOOST_TEST(story.status() == "wanted");
  BOOST_TEST(effect().id == before.id);
  BOOST_TEST(effect().payload == before.payload);
}

BOOST_AUTO_TEST_CASE(of_an_approved_call_that_nobody_ended_it_says_so_once_it_is_too_late) {
  story.world.caller = kernel::Caller::of_host();
  story.when(begin()).then_accepted();
  BOOST_TEST(story.status() == "calling");
  BOOST_TEST(story.entity().pending().effects.empty());
  story.when(pb::Lapse()).then_accepted();
  BOOST_TEST(story.status() == "calling");
  story.world.now += 1h;
  story.when(pb::Lapse()).then_accepted();
  BOOST_TEST(story.status() == "unknown");
  BOOST_TEST(view().evidence().contains("approval/say"));
}

BOOST_AUTO_TEST_CASE(a_result_that_is_too_long_is_not_kept) {
  story.world.caller = kernel::Caller::of_host();
  story.when(begin()).then_accepted();
  pb::End end;
  end.set_outcome(pb::OUTCOME_SUCCEEDED);
  end.set_evidence("done");
  end.set_result(std::string((1u << 20) + 1, 'x'));
  story.when(end).then_accepted();
  BOOST_TEST(story.status() == "succeeded");
  BOOST_TEST(view().result().empty());
  BOOST_TEST(view().evidence() == "done");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
