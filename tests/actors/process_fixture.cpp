// A process in tests.
#include "tests/actors/process_fixture.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

namespace nightshift::tests {

using namespace process_pb;

ProcessFixture::ProcessFixture() { config.set_command("/usr/bin/server"); }

void ProcessFixture::define() {
  Define command;
  *command.mutable_config() = config;
  story.world.caller = person("alice", {SCOPE_ADMIN});
  story.when(command).then_accepted();
  story.world.caller = person("alice");
}

void ProcessFixture::start() { as_alice(Start()).then_accepted(); }

void ProcessFixture::report_started() {
  ReportStarted command;
  command.set_run(run());
  command.set_pid(4711);
  command.set_boot_id("boot");
  command.set_start_ticks(99);
  *command.mutable_at() = to_proto(story.world.now);
  command.set_out_file("/logs/x1-out.log");
  as_host(command).then_accepted();
}

void ProcessFixture::report_exit(std::uint32_t code) {
  ReportExited command;
  command.set_run(run());
  command.mutable_exit()->set_code(code);
  *command.mutable_exit()->mutable_at() = to_proto(story.world.now);
  as_host(command).then_accepted();
}

void ProcessFixture::report_signal(const std::string& signal) {
  ReportExited command;
  command.set_run(run());
  command.mutable_exit()->set_signal(signal);
  *command.mutable_exit()->mutable_at() = to_proto(story.world.now);
  as_host(command).then_accepted();
}

void ProcessFixture::fail_after(std::chrono::milliseconds uptime, std::uint32_t code) {
  report_started();
  story.world.now += uptime;
  report_exit(code);
  if (status() == "waiting") wake();
}

void ProcessFixture::change_files_after(std::chrono::milliseconds uptime) {
  report_started();
  story.world.now += uptime;
  ReportTrouble trouble;
  trouble.set_run(run());
  trouble.set_trouble(TROUBLE_FILES_CHANGED);
  trouble.set_detail("/app/x has changed");
  as_host(trouble).then_accepted();
  report_signal("SIGTERM");
}

void ProcessFixture::wake() {
  const auto work = story.entity().pending();
  BOOST_TEST_REQUIRE(work.deadlines.size() == 1u);
  const auto& deadline = work.deadlines.front();
  story.world.now = std::max(story.world.now, deadline.due);
  const auto* command = kind->find_command(deadline.command);
  BOOST_TEST_REQUIRE(command != nullptr);
  std::unique_ptr<google::protobuf::Message> message(command->prototype->New());
  BOOST_TEST_REQUIRE(message->ParseFromString(deadline.payload));
  as_host(*message).then_accepted();
}

}  // namespace nightshift::tests
