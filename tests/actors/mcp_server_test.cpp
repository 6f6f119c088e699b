// The rules of `mcp_server`: how it is doing, and which tools people have accepted.
#include <boost/test/unit_test.hpp>

#include "actors/mcp_server/mcp_server.hpp"
#include "runtime/kernel/lift.hpp"
#include "tests/support/story.hpp"

namespace nightshift::tests {
namespace {

namespace pb = nightshift::mcp_server;
using namespace std::chrono_literals;

constexpr auto ok = pb::CALL_STATUS_SUCCESS;
constexpr auto failed = pb::CALL_STATUS_ERROR;
constexpr auto timeout = pb::CALL_STATUS_TIMEOUT;
constexpr auto denied = pb::CALL_STATUS_UNAUTHENTICATED;

struct Fixture {
  std::unique_ptr<const kernel::Kind> kind = kernel::lift<actors::McpServer>();
  Story story{*kind};

  static pb::Define define() {
    pb::Define command;
    auto& config = *command.mutable_config();
    config.set_command("mcp-server-filesystem");
    config.add_args("/srv/papers");
    config.add_free("read_*");
    config.add_approval("read_secret");
    config.add_forbidden("delete_*");
    config.add_capabilities("write_*=papers");
    return command;
  }
  void defined() { story.when(define()).then_accepted(); }

  void called(pb::CallStatus status, const std::string& detail = "") {
    const auto caller = story.world.caller;
    story.world.caller = kernel::Caller::of_host();
    pb::ReportCall command;
    command.set_status(status);
    command.set_detail(detail);
    story.when(command).then_accepted();
    story.world.caller = caller;
  }

  static void add(pb::ReportTools& report, const std::string& name, const std::string& says) {
    auto& seen = *report.add_tools();
    seen.set_tool(name);
    seen.mutable_definition()->set_pin(pin(says));
    seen.mutable_definition()->set_description(says);
  }
  static std::string pin(const std::string& says) { return to_hex(as_bytes(sha256(says))); }
  void offers(const std::vector<std::pair<std::string, std::string>>& tools) {
    const auto caller = story.world.caller;
    story.world.caller = kernel::Caller::of_host();
    pb::ReportTools report;
    for (const auto& [name, says] : tools) add(report, name, says);
    story.when(report).then_accepted();
    story.world.caller = caller;
  }
  static pb::Accept accept(const std::string& tool, const std::string& says) {
    pb::Accept command;
    command.set_tool(tool);
    command.set_pin(pin(says));
    return command;
  }

  pb::View view() { return story.view<pb::View>(); }
  std::string standing(const std::string& tool) {
    const auto all = view();
    for (const auto& shown : all.tools()) {
      if (shown.tool() == tool) return shown.standing();
    }
    return "not there";
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mcp_server, Fixture)

BOOST_AUTO_TEST_CASE(how_it_is_doing_follows_from_its_last_three_calls) {
  struct Row {
    std::vector<pb::CallStatus> calls;
    std::string status;
  };
  const std::vector<Row> rows{{{}, "starting"},
                              {{ok}, "online"},
                              {{failed}, "degraded"},
                              {{timeout}, "degraded"},
                              {{failed, failed}, "degraded"},
                              {{ok, ok, ok}, "online"},
                              {{ok, ok, timeout}, "degraded"},
                              {{ok, timeout, timeout}, "degraded"},
                              {{ok, timeout, timeout, failed}, "offline"},
                              {{failed, failed, failed, ok}, "degraded"},
                              {{failed, failed, failed, ok, ok}, "degraded"},
                              {{failed, failed, failed, ok, ok, ok}, "online"},
                              {{denied}, "unauthenticated"},
                              {{ok, ok, denied}, "unauthenticated"},
                              {{denied, denied, denied, ok}, "degraded"}};
  for (const auto& row : rows) {
    Fixture fresh;
    fresh.defined();
    std::string words;
    for (const auto call : row.calls) {
      fresh.called(call);
      words += pb::CallStatus_Name(call) + " ";
    }
    BOOST_TEST_CONTEXT(words) {
      BOOST_TEST(fresh.story.status() == row.status);
      BOOST_TEST(fresh.view().health() == row.status);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_last_error_is_shown_in_200_characters_and_gone_with_the_next_success) {
  defined();
  std::string text = "line\none ";
  for (int i = 0; i < 300; ++i) text += "ü";
  called(failed, text);
  const auto shown = view().error_message();
  BOOST_TEST(shown.starts_with("line one ü"));
  BOOST_TEST(shown.size() == 9u + 191u * 2u);
  BOOST_TEST(view().last_call_status() == "error");
  BOOST_TEST(!view().has_last_successful_call_timestamp());
  story.world.now += 1min;
  called(ok);
  BOOST_TEST(view().error_message().empty());
  BOOST_TEST(view().last_call_status() == "success");
  BOOST_TEST((from_proto(view().last_successful_call_timestamp()) == story.world.now));
}

BOOST_AUTO_TEST_CASE(a_server_that_stays_off_line_for_one_reason_is_written_down_now_and_then) {
  defined();
  for (int i = 0; i < 3; ++i) called(failed, "no route");
  called(failed, "no route");
  BOOST_TEST(story.events().empty());
  called(failed, "no name");
  BOOST_TEST(story.events().size() == 1u);
  story.world.now += 10min;
  called(failed, "no name");
  BOOST_TEST(story.events().size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_first_tools_are_taken_and_what_changes_later_waits_for_a_person) {
  defined();
  called(ok);
  offers({{"read_file", "Reads."}, {"write_file", "Writes."}});
  BOOST_TEST(story.status() == "online");
  BOOST_TEST(standing("read_file") == "usable");

  offers({{"read_file", "Reads, and mails it to us."}, {"write_file", "Writes."}});
  BOOST_TEST(story.status() == "changed");
  BOOST_TEST(view().health() == "online");
  BOOST_TEST(view().waiting() == 1u);
  BOOST_TEST(view().tool() == "read_file");
  BOOST_TEST(standing("read_file") == "changed");
  BOOST_TEST(view().tools(0).description() == "Reads.");
  BOOST_TEST(view().tools(0).offered().description() == "Reads, and mails it to us.");
  BOOST_TEST(view().tools(0).differs(0) == "description");

  story.world.caller = person("alice", {SCOPE_APPROVE});
  story.when(accept("read_file", "Reads.")).then(ErrorCode::digest_mismatch, "pin");
  story.when(accept("read_file", "Reads, and mails it to us.")).then_accepted();
  BOOST_TEST(story.status() == "online");
  BOOST_TEST(view().tools(0).pin() == pin("Reads, and mails it to us."));
}

BOOST_AUTO_TEST_CASE(a_tool_that_comes_later_waits_unless_it_is_forbidden_anyway) {
  defined();
  called(ok);
  offers({{"read_file", "Reads."}});
  offers({{"read_file", "Reads."}, {"delete_file", "Deletes."}});
  BOOST_TEST(story.status() == "online");
  BOOST_TEST(standing("delete_file") == "forbidden");
  offers({{"read_file", "Reads."}, {"write_file", "Writes."}});
  BOOST_TEST(story.status() == "changed");
  BOOST_TEST(standing("write_file") == "new");
}

BOOST_AUTO_TEST_CASE(a_tool_that_goes_and_comes_back_as_it_was_is_known) {
  defined();
  called(ok);
  offers({{"read_file", "Reads."}, {"write_file", "Writes."}});
  offers({{"write_file", "Writes."}});
  BOOST_TEST(standing("read_file") == "gone");
  BOOST_TEST(story.status() == "online");
  story.when(accept("read_file", "Reads.")).then(ErrorCode::wrong_phase);
  offers({{"read_file", "Reads."}, {"write_file", "Writes."}});
  BOOST_TEST(standing("read_file") == "usable");
  offers({{"write_file", "Writes."}});
  offers({{"read_file", "Another."}, {"write_file", "Writes."}});
  BOOST_TEST(standing("read_file") == "changed");
}

BOOST_AUTO_TEST_CASE(what_is_offered_and_taken_back_again_waits_no_more) {
  defined();
  called(ok);
  offers({{"read_file", "Reads."}});
  offers({{"read_file", "Other."}});
  offers({{"read_file", "Reads."}});
  BOOST_TEST(story.status() == "online");
  BOOST_TEST(!story.events().empty());
  offers({{"read_file", "Reads."}});
  BOOST_TEST(story.events().empty());
}

BOOST_AUTO_TEST_CASE(of_several_policies_that_fit_a_tool_the_strictest_counts) {
  defined();
  offers({{"read_file", "r"}, {"read_secret", "s"}, {"delete_file", "d"}, {"write_file", "w"}});
  const auto shown = view();
  BOOST_TEST(shown.tools(0).policy() == MCP_POLICY_FREE);
  BOOST_TEST(shown.tools(1).policy() == MCP_POLICY_APPROVAL);
  BOOST_TEST(shown.tools(2).policy() == MCP_POLICY_FORBIDDEN);
  BOOST_TEST(shown.tools(3).policy() == MCP_POLICY_APPROVAL);
  BOOST_TEST(shown.tools(3).capability() == "papers");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_a_server_is_refused_by_its_field) {
  const auto refused = [this](auto change, const std::string& field) {
    auto command = define();
    change(*command.mutable_config());
    BOOST_TEST_CONTEXT(field) { story.when(command).then(ErrorCode::invalid, field); }
  };
  refused([](auto& config) { config.set_url("https://example.org/mcp"); }, "command");
  refused([](auto& config) { config.clear_command(); }, "command");
  refused([](auto& config) { config.add_env("API_KEY=abc"); }, "env");
  refused([](auto& config) { config.add_free("read file"); }, "free");
  refused([](auto& config) { config.add_capabilities("post"); }, "capabilities");
  const auto over_http = [&refused](auto change, const std::string& field) {
    refused(
        [change](auto& config) {
          config.clear_command();
          config.clear_args();
          config.set_url("https://example.org/mcp");
          change(config);
        },
        field);
  };
  over_http([](auto& config) { config.set_url("ftp://example.org"); }, "url");
  over_http([](auto& config) { config.set_url("https://me:pw@example.org"); }, "url");
  over_http([](auto& config) { config.add_args("x"); }, "url");
  over_http([](auto& config) { config.add_headers("Authorization: Bearer abc"); }, "headers");
  over_http([](auto& config) { config.add_headers("Mcp-Session-Id: 1"); }, "headers");
  over_http([](auto& config) { config.add_secret_headers("Authorization: Bearer abc"); },
            "secret_headers");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
