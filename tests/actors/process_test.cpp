// The life of a process: starts, ends, stops, and what is refused.
#include <boost/test/unit_test.hpp>

#include "tests/actors/process_fixture.hpp"

namespace nightshift::tests {
namespace {

using namespace process_pb;
using namespace std::chrono_literals;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(process_life, ProcessFixture)

BOOST_AUTO_TEST_CASE(a_process_is_defined_started_and_online) {
  define();
  BOOST_TEST(status() == "stopped");
  start();
  BOOST_TEST(status() == "launching");
  BOOST_TEST(run().size() == 32u);
  report_started();
  BOOST_TEST(status() == "online");
  const auto shown = view();
  BOOST_TEST(shown.pid() == 4711u);
  BOOST_TEST(shown.log_file_path() == "/logs/x1-out.log");
  BOOST_TEST(shown.agent_type() == "local");
  BOOST_TEST(shown.app() == "x1");
  BOOST_TEST(shown.restart_count() == 0u);
  BOOST_TEST((from_proto(shown.online_at()) == story.world.now));
}

BOOST_AUTO_TEST_CASE(a_definition_can_start_what_is_new_and_refuse_what_is_not) {
  Define command;
  *command.mutable_config() = config;
  command.set_start(true);
  command.set_new_only(true);
  story.when(command).then_accepted();
  BOOST_TEST(status() == "launching");
  story.when(command).then(ErrorCode::wrong_phase, "id");
}

BOOST_AUTO_TEST_CASE(what_runs_goes_on_while_it_is_defined_anew_and_says_so) {
  define();
  start();
  report_started();
  define();
  BOOST_TEST(story.events().empty());
  BOOST_TEST(!view().outdated());
  config.add_args("--fast");
  define();
  BOOST_TEST(status() == "online");
  BOOST_TEST(view().outdated());
  as_alice(Restart()).then_accepted();
  report_exit(0);
  BOOST_TEST(!view().outdated());
  BOOST_TEST(view().config().args(0) == "--fast");
}

BOOST_AUTO_TEST_CASE(a_stop_ends_it_for_good) {
  define();
  start();
  report_started();
  as_alice(Stop()).then_accepted();
  BOOST_TEST(status() == "stopping");
  BOOST_TEST(view().then() == THEN_STOP);
  report_signal("SIGTERM");
  BOOST_TEST(status() == "stopped");
  BOOST_TEST(view().pid() == 0u);
  BOOST_TEST(view().last_exit().signal() == "SIGTERM");
  BOOST_TEST(view().unstable_restarts() == 0u);
  as_alice(Stop()).then();
}

BOOST_AUTO_TEST_CASE(a_restart_is_counted_and_is_another_run) {
  define();
  start();
  report_started();
  const auto first = run();
  as_alice(Restart()).then_accepted();
  report_exit(0);
  BOOST_TEST(status() == "launching");
  BOOST_TEST(run() != first);
  BOOST_TEST(view().restart_count() == 1u);
  BOOST_TEST(view().unstable_restarts() == 0u);
}

BOOST_AUTO_TEST_CASE(the_last_word_decides_what_follows_a_stop_but_a_deletion_is_final) {
  define();
  start();
  as_alice(Stop()).then_accepted();
  as_alice(Restart()).then_accepted();
  BOOST_TEST(view().then() == THEN_START);
  as_alice(Delete()).then_accepted();
  as_alice(Start()).then(ErrorCode::wrong_phase);
  report_exit(0);
  BOOST_TEST(status() == "deleted");
  define();
  BOOST_TEST(status() == "stopped");
  BOOST_TEST(view().restart_count() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_said_of_another_run_is_not_heard) {
  define();
  start();
  report_started();
  ReportExited other;
  other.set_run("another");
  other.mutable_exit()->set_code(1);
  as_host(other).then();
  BOOST_TEST(status() == "online");
  ReportTrouble trouble;
  trouble.set_run("another");
  as_host(trouble).then();
  BOOST_TEST(status() == "online");
}

BOOST_AUTO_TEST_CASE(it_counts_as_online_once_it_is_ready_and_only_in_time) {
  config.add_ready("tcp:6379");
  config.set_ready_timeout_ms(3000);
  define();
  start();
  report_started();
  BOOST_TEST(status() == "launching");
  ReportReady ready;
  ready.set_run(run());
  ready.set_detail("tcp:6379 answers");
  as_host(ready).then_accepted();
  BOOST_TEST(status() == "online");
  BOOST_TEST(story.entity().pending().deadlines.empty());
  as_alice(Restart()).then_accepted();
  report_exit(0);
  const auto began = story.world.now;
  wake();
  // Later than whoever looks at it would have reported what is missing.
  BOOST_TEST((story.world.now - began == 5s));
  BOOST_TEST(status() == "stopping");
  BOOST_TEST(view().then() == THEN_RECOVER);
  report_signal("SIGTERM");
  BOOST_TEST(view().unstable_restarts() == 1u);
}

BOOST_AUTO_TEST_CASE(it_waits_for_what_it_comes_after) {
  config.add_after("redis:ready");
  define();
  start();
  BOOST_TEST(status() == "waiting");
  BOOST_TEST(view().waits() == WAITS_DEPENDENCIES);
  as_alice(Start()).then();
  Hold hold;
  hold.set_detail("for redis, which is launching");
  as_host(hold).then_accepted();
  BOOST_TEST(view().cause() == hold.detail());
  as_host(hold).then();
  as_host(Release()).then_accepted();
  BOOST_TEST(status() == "launching");
}

BOOST_AUTO_TEST_CASE(what_can_never_be_started_says_why_and_stays) {
  config.add_after("b");
  define();
  start();
  Refuse refuse;
  refuse.set_detail("dependency cycle: x1 after b after x1");
  as_host(refuse).then_accepted();
  BOOST_TEST(status() == "errored");
  BOOST_TEST(view().alert() == "failed");
  BOOST_TEST(view().cause() == refuse.detail());
  config.clear_after();
  define();
  start();
  ReportRefused missing;
  missing.set_run(run());
  missing.set_detail("/usr/bin/server: no such file");
  missing.set_lasting(true);
  as_host(missing).then_accepted();
  BOOST_TEST(status() == "errored");
  BOOST_TEST(view().cause() == missing.detail());
  as_alice(Stop()).then_accepted();
  BOOST_TEST(status() == "stopped");
}

BOOST_AUTO_TEST_CASE(what_the_node_took_along_comes_back_with_it) {
  define();
  start();
  report_started();
  as_host(Park()).then_accepted();
  report_exit(0);
  BOOST_TEST(status() == "waiting");
  BOOST_TEST(view().waits() == WAITS_NODE);
  as_host(Release()).then_accepted();
  BOOST_TEST(status() == "launching");
}

BOOST_AUTO_TEST_CASE(signals_wait_until_they_are_sent) {
  define();
  start();
  Signal signal;
  signal.set_signal("SIGNONE");
  as_alice(signal).then(ErrorCode::invalid, "signal");
  signal.set_signal("SIGHUP");
  as_alice(signal).then_accepted();
  report_started();
  BOOST_TEST(view().knocks_size() == 1);
  ReportSignalled sent;
  sent.set_run(run());
  sent.set_knock(view().knock());
  as_host(sent).then_accepted();
  BOOST_TEST(view().knocks_size() == 0);
  as_host(sent).then();
  for (int i = 0; i < actors::Process::knocks_max; ++i) as_alice(signal).then_accepted();
  as_alice(signal).then(ErrorCode::overloaded);
}

BOOST_AUTO_TEST_CASE(a_definition_that_could_never_work_is_refused_by_field) {
  const auto refused = [this](const char* field, auto change) {
    Define command;
    *command.mutable_config() = config;
    change(*command.mutable_config());
    story.when(command).then(ErrorCode::invalid, field);
  };
  using Config = nightshift::ProcessConfig;
  refused("command", [](Config& c) { c.clear_command(); });
  refused("kill_signal", [](Config& c) { c.set_kill_signal("TERM"); });
  refused("after", [](Config& c) { c.add_after("redis:soon"); });
  refused("ready", [](Config& c) { c.add_ready("tcp:0"); });
  refused("ready", [](Config& c) { c.add_ready("tcp:80 and soon"); });
  refused("live", [](Config& c) { c.add_live("notify"); });
  refused("env", [](Config& c) { c.add_env("NO_VALUE"); });
  refused("env", [](Config& c) { c.add_env("API_KEY=sk-1"); });
  refused("secrets", [](Config& c) { c.add_secrets("API_KEY=sk-1"); });
  refused("cwd", [](Config& c) { c.set_cwd("here"); });
  refused("watch", [](Config& c) { c.add_watch("src"); });
  refused("ready", [](Config& c) { c.add_ready("tcp:db.example.org:5432"); });
  refused("startup", [](Config& c) { c.add_startup("output:up"); });
  refused("live_every_ms", [](Config& c) { c.set_live_every_ms(0); });
  refused("live_timeout_ms", [](Config& c) { c.set_live_timeout_ms(0); });
  refused("live_failures", [](Config& c) { c.set_live_failures(0); });
  refused("cron_restart", [](Config& c) { c.set_cron_restart("0 4 * *"); });
  refused("cron_restart", [](Config& c) { c.set_cron_restart("0 4 31 2 *"); });
  refused("cron_zone", [](Config& c) { c.set_cron_zone("Europe/Berlin"); });
  refused("env", [](Config& c) { c.add_env("SMTP_PASS=x"); });
  refused("memory_bytes_max", [](Config& c) { c.set_memory_bytes_max(10); });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
