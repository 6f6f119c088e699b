// The life of a process: starts, ends, stops, and what each leads to.
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
  BOOST_TEST((story.world.now - began == 3s));
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
  refused("memory_bytes_max", [](Config& c) { c.set_memory_bytes_max(10); });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(process_restarts, ProcessFixture)

BOOST_AUTO_TEST_CASE(the_first_restart_comes_at_once_and_the_next_ever_later) {
  define();
  start();
  report_started();
  report_exit(1);
  BOOST_TEST(status() == "launching");
  auto longest = 100ms;
  for (int failure = 2; failure <= 5; ++failure) {
    report_started();
    report_exit(1);
    BOOST_TEST_REQUIRE(status() == "waiting");
    const auto wait = from_proto(view().until()) - story.world.now;
    BOOST_TEST((wait <= longest && wait >= longest * 3 / 4));
    longest *= 2;
    wake();
    BOOST_TEST(status() == "launching");
  }
}

BOOST_AUTO_TEST_CASE(the_backoff_ends_at_its_bound) {
  config.set_crash_loop_restarts(1000);
  config.set_restarts_max(1000);
  define();
  start();
  for (int failure = 1; failure <= 40; ++failure) {
    report_started();
    report_exit(1);
    if (status() != "waiting") continue;
    BOOST_TEST((from_proto(view().until()) - story.world.now <= 60s));
    wake();
  }
  BOOST_TEST(view().unstable_restarts() == 40u);
}

BOOST_AUTO_TEST_CASE(what_ran_long_enough_begins_the_row_anew) {
  define();
  start();
  fail_after(10ms);
  fail_after(10ms);
  BOOST_TEST(view().unstable_restarts() == 2u);
  report_started();
  story.world.now += 2s;
  report_exit(1);
  BOOST_TEST(status() == "launching");
  BOOST_TEST(view().unstable_restarts() == 1u);
}

BOOST_AUTO_TEST_CASE(a_crash_loop_is_stopped_with_an_alert_and_begins_anew_with_a_start) {
  define();
  start();
  for (int restart = 1; restart <= 5; ++restart) {
    fail_after(1ms, 3);
    BOOST_TEST_REQUIRE(status() == "launching");
  }
  fail_after(1ms, 3);
  BOOST_TEST(status() == "errored");
  BOOST_TEST(view().alert() == "critical_error");
  BOOST_TEST(view().cause().contains("5 restarts within 60 s"));
  BOOST_TEST(view().cause().contains("exit code 3"));
  BOOST_TEST(view().restart_count() == 5u);
  start();
  fail_after(1ms, 3);
  BOOST_TEST(status() == "launching");
}

BOOST_AUTO_TEST_CASE(slow_crash_loops_meet_the_longer_window) {
  define();
  start();
  for (int restart = 1; restart <= 10; ++restart) {
    fail_after(50s);
    BOOST_TEST_REQUIRE(status() == "launching");
  }
  fail_after(50s);
  BOOST_TEST(status() == "errored");
  BOOST_TEST(view().cause().contains("within 600 s"));
}

BOOST_AUTO_TEST_CASE(what_fails_now_and_then_is_never_given_up) {
  define();
  start();
  for (int restart = 1; restart <= 100; ++restart) fail_after(61s);
  BOOST_TEST(status() == "launching");
  BOOST_TEST(view().restart_count() == 100u);
}

BOOST_AUTO_TEST_CASE(the_policy_says_whether_an_end_is_followed_by_a_start) {
  struct Case {
    RestartPolicy policy;
    std::uint32_t code;
    const char* status;
  };
  for (const auto& [policy, code, expected] :
       {Case{RESTART_POLICY_ALWAYS, 0, "launching"}, Case{RESTART_POLICY_ALWAYS, 42, "stopped"},
        Case{RESTART_POLICY_ON_FAILURE, 0, "stopped"},
        Case{RESTART_POLICY_ON_FAILURE, 1, "launching"},
        Case{RESTART_POLICY_ON_FAILURE, 42, "stopped"}, Case{RESTART_POLICY_NEVER, 1, "stopped"}}) {
    ProcessFixture one;
    one.config.set_restart(policy);
    one.config.add_stop_exit_codes(42);
    one.define();
    one.start();
    one.report_started();
    one.story.world.now += 5s;
    one.report_exit(code);
    BOOST_TEST_CONTEXT(RestartPolicy_Name(policy) << " " << code)
    BOOST_TEST(one.status() == expected);
  }
}

BOOST_AUTO_TEST_CASE(an_end_that_nobody_saw_is_no_failure) {
  define();
  start();
  report_started();
  ReportExited lost;
  lost.set_run(run());
  lost.mutable_exit()->set_unseen(true);
  as_host(lost).then_accepted();
  BOOST_TEST(status() == "launching");
  BOOST_TEST(view().unstable_restarts() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_not_well_is_restarted_and_counted_a_plan_is_not) {
  define();
  start();
  report_started();
  ReportTrouble trouble;
  trouble.set_run(run());
  trouble.set_trouble(TROUBLE_NOT_LIVE);
  trouble.set_detail("http://127.0.0.1:80/ does not answer");
  as_host(trouble).then_accepted();
  BOOST_TEST(view().cause() == trouble.detail());
  report_signal("SIGTERM");
  BOOST_TEST(status() == "launching");
  BOOST_TEST(view().unstable_restarts() == 1u);
  report_started();
  trouble.set_run(run());
  trouble.set_trouble(TROUBLE_CRON);
  as_host(trouble).then_accepted();
  report_signal("SIGTERM");
  BOOST_TEST(status() == "launching");
  BOOST_TEST(view().unstable_restarts() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
