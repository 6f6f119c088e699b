// The rules of `member`, told as given, when, then.
#include <boost/test/unit_test.hpp>

#include "actors/member/member.hpp"
#include "runtime/kernel/lift.hpp"
#include "tests/support/story.hpp"

namespace nightshift::tests {
namespace {

namespace member_pb = nightshift::member;
using namespace std::chrono_literals;

struct Fixture {
  std::unique_ptr<const kernel::Kind> kind = kernel::lift<actors::Member>();
  Story story{*kind};

  static member_pb::Declare local() {
    member_pb::Declare command;
    command.set_agent_id("local");
    command.set_vault_path("/home/user/vault");
    for (const auto* server : {"email-mcp", "whatsapp-mcp", "linkedin-mcp"}) {
      command.add_mcp_servers(server);
    }
    command.set_session_files_path("/home/user/.whatsapp_session.json");
    return command;
  }
  static member_pb::Declare cloud() {
    member_pb::Declare command;
    command.set_agent_id("cloud");
    command.set_vault_path("/opt/personal-ai-employee/vault");
    command.set_git_remote_url("git@github.com:user/ai-employee-vault.git");
    command.set_whatsapp_notification_number("+1234567890");
    command.set_anthropic_api_key("env:ANTHROPIC_API_KEY");
    return command;
  }
  member_pb::View view() const { return story.view<member_pb::View>(); }
  void by_host(const google::protobuf::Message& command) {
    story.world.caller = kernel::Caller::of_host();
    story.when(command).then_accepted();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(member, Fixture)

BOOST_AUTO_TEST_CASE(what_the_seeds_give_as_examples_lacks_nothing) {
  story.when(local()).then_accepted();
  BOOST_TEST(view().lacks_size() == 0);
  BOOST_TEST(story.status() == "offline");
  Fixture other;
  other.story.world.node.role = "cloud";
  other.story.when(cloud()).then_accepted();
  BOOST_TEST(other.view().lacks_size() == 0);
}

BOOST_AUTO_TEST_CASE(what_its_role_asks_for_and_it_lacks_is_on_show) {
  auto command = local();
  command.clear_mcp_servers();
  command.add_mcp_servers("email-mcp");
  story.when(command).then_accepted();
  BOOST_TEST(view().lacks_size() == 2);
  BOOST_TEST(view().lacks(0) == "whatsapp-mcp");
}

BOOST_AUTO_TEST_CASE(it_is_the_member_that_the_nodes_role_makes_it) {
  story.when(cloud()).then(ErrorCode::invalid, "agent_id");
  auto other = local();
  other.set_agent_id("laptop");
  story.when(other).then(ErrorCode::invalid, "agent_id");
}

BOOST_AUTO_TEST_CASE(attributes_that_cannot_be_are_refused_by_name) {
  const auto refused = [](auto change, const char* field) {
    Fixture other;
    other.story.world.node.role = "cloud";
    auto command = cloud();
    change(command);
    other.story.when(command).then(ErrorCode::invalid, field);
  };
  refused([](auto& c) { c.set_vault_path("vault"); }, "vault_path");
  refused([](auto& c) { c.set_vault_path("/srv/../etc"); }, "vault_path");
  for (const auto* url : {"https://github.com/user/vault.git", "git@github.com", "/srv/vault.git",
                          "-oProxyCommand=x@y:z", "git@-oProxyCommand=x:z", "ssh://"}) {
    refused([url](auto& c) { c.set_git_remote_url(url); }, "git_remote_url");
  }
  for (const auto* number :
       {"1234567890", "+0123456789", "+12", "+12345678901234567", "+12a4567"}) {
    refused([number](auto& c) { c.set_whatsapp_notification_number(number); },
            "whatsapp_notification_number");
  }
  for (const auto* key : {"sk-ant-api03-secret", "env:", "ANTHROPIC_API_KEY"}) {
    refused([key](auto& c) { c.set_anthropic_api_key(key); }, "anthropic_api_key");
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_was_written_there_by_mistake_is_not_repeated) {
  story.world.node.role = "cloud";
  auto command = cloud();
  command.set_anthropic_api_key("sk-ant-api03-secret");
  story.when(command).then(ErrorCode::invalid, "anthropic_api_key");
  BOOST_TEST(!std::string(story.error().message()).contains("secret"));
}

BOOST_AUTO_TEST_CASE(session_files_lie_outside_of_the_vault_and_servers_have_one_name_each) {
  auto inside = local();
  inside.set_session_files_path("/home/user/vault/.session");
  story.when(inside).then(ErrorCode::invalid, "session_files_path");
  auto twice = local();
  twice.add_mcp_servers("email-mcp");
  story.when(twice).then(ErrorCode::invalid, "mcp_servers");
}

BOOST_AUTO_TEST_CASE(it_is_on_line_while_it_is_heard_of_and_off_line_after_five_minutes) {
  story.when(local()).then_accepted();
  by_host(member_pb::Beat());
  BOOST_TEST(story.status() == "online");
  const auto since = story.world.now;
  story.world.now += 4min;
  by_host(member_pb::Beat());
  BOOST_TEST((from_proto(view().online_since()) == since));
  story.world.now += 4min;
  story.when(member_pb::Miss()).then();
  BOOST_TEST(story.status() == "online");
  story.world.now += 1min;
  by_host(member_pb::Miss());
  BOOST_TEST(story.status() == "offline");
  BOOST_TEST((from_proto(view().last_online_timestamp()) == since + 4min));
  by_host(member_pb::Beat());
  BOOST_TEST(story.status() == "online");
}

BOOST_AUTO_TEST_CASE(a_synchronisation_is_on_show_and_stays_so) {
  story.when(local()).then_accepted();
  by_host(member_pb::Beat());
  by_host(member_pb::Sync());
  const auto at = story.world.now;
  story.world.now += 1min;
  by_host(member_pb::Leave());
  BOOST_TEST(story.status() == "offline");
  BOOST_TEST((from_proto(view().last_sync_timestamp()) == at));
}

BOOST_AUTO_TEST_CASE(the_same_declaration_again_says_nothing_new) {
  story.when(local()).then_accepted();
  by_host(member_pb::Beat());
  story.when(local()).then();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
