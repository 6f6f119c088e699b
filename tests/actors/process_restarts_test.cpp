// When a process is started again, and when no more.
#include <boost/test/unit_test.hpp>

#include "tests/actors/process_fixture.hpp"

namespace nightshift::tests {
namespace {

using namespace process_pb;
using namespace std::chrono_literals;

}  // namespace

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

BOOST_AUTO_TEST_CASE(files_that_change_after_every_start_are_given_up) {
  define();
  start();
  for (int restart = 1; restart <= 10; ++restart) {
    change_files_after(1s);
    if (status() == "waiting") {
      BOOST_TEST(view().cause().contains("/app/x has changed"), view().cause());
      wake();
    }
    BOOST_TEST_REQUIRE(status() == "launching", restart);
  }
  BOOST_TEST(view().unstable_restarts() == 0u);
  change_files_after(1s);
  BOOST_TEST(status() == "errored");
  BOOST_TEST(view().alert() == "critical_error");
  BOOST_TEST(view().restart_count() == 10u);
  for (const auto* part : {"10 times in a row", "/app/x has changed", "watch_ignore"}) {
    BOOST_TEST(view().cause().contains(part), view().cause());
  }
  start();
  change_files_after(1s);
  BOOST_TEST(status() == "launching");
}

BOOST_AUTO_TEST_CASE(files_that_a_person_changes_now_and_then_are_never_too_many) {
  define();
  start();
  for (int change = 1; change <= 100; ++change) {
    change_files_after(change % 8 == 0 ? 11s : 3s);
    if (status() == "waiting") wake();
    BOOST_TEST_REQUIRE(status() == "launching", change);
  }
  change_files_after(11s);
  BOOST_TEST(status() == "launching");
  as_alice(Restart()).then_accepted();
  report_exit(0);
  for (int change = 1; change <= 10; ++change) {
    change_files_after(1s);
    if (status() == "waiting") wake();
  }
  BOOST_TEST(status() == "launching");
}

BOOST_AUTO_TEST_CASE(files_that_change_long_after_every_start_are_given_up_within_a_day) {
  define();
  start();
  for (int change = 1; change <= 1'000; ++change) {
    change_files_after(60s);
    BOOST_TEST_REQUIRE(status() == "launching", change);
  }
  change_files_after(60s);
  BOOST_TEST(status() == "errored");
  BOOST_TEST(view().alert() == "critical_error");
  BOOST_TEST(view().cause().contains("1000 times within a day"), view().cause());
  start();
  for (int change = 1; change <= 1'100; ++change) {
    change_files_after(100s);
    BOOST_TEST_REQUIRE(status() == "launching", change);
  }
}

BOOST_AUTO_TEST_CASE(what_is_never_ready_is_given_up_however_long_it_is_given) {
  config.add_ready("tcp:1");
  define();
  start();
  const auto wait_in_vain = [this] {
    report_started();
    story.world.now += 62s;
    ReportTrouble trouble;
    trouble.set_run(run());
    trouble.set_trouble(TROUBLE_NEVER_READY);
    trouble.set_detail("it was not ready in time: tcp:1 refuses");
    as_host(trouble).then_accepted();
    report_signal("SIGTERM");
    if (status() == "waiting") wake();
  };
  for (int restart = 1; restart <= 10; ++restart) {
    wait_in_vain();
    BOOST_TEST_REQUIRE(status() == "launching", restart);
  }
  wait_in_vain();
  BOOST_TEST(status() == "errored");
  BOOST_TEST(view().alert() == "critical_error");
  BOOST_TEST(view().cause().contains("11 times in a row and never ready"), view().cause());
  // One that is ready once begins the row anew.
  start();
  for (int restart = 1; restart <= 30; ++restart) {
    if (restart % 10 == 0) {
      report_started();
      ReportReady ready;
      ready.set_run(run());
      as_host(ready).then_accepted();
      story.world.now += 600s;
      report_exit(1);
      if (status() == "waiting") wake();
    }
    wait_in_vain();
    BOOST_TEST_REQUIRE(status() == "launching", restart);
  }
}

BOOST_AUTO_TEST_CASE(why_it_was_ended_stays_on_show_until_it_runs_and_in_an_alert) {
  config.set_crash_loop_restarts(2);
  define();
  start();
  const auto ends = [this](Trouble what) {
    report_started();
    ReportTrouble trouble;
    trouble.set_run(run());
    trouble.set_trouble(what);
    trouble.set_detail("it is so");
    as_host(trouble).then_accepted();
    report_signal("SIGTERM");
    return view().cause();
  };
  BOOST_TEST(ends(TROUBLE_CRON) == "as it was to be restarted (it is so)");
  BOOST_TEST(ends(TROUBLE_NOT_LIVE) == "again, as it is so, ended by SIGTERM");
  const auto waits = ends(TROUBLE_OUTGROWN);
  BOOST_TEST(waits.starts_with("for "));
  BOOST_TEST(waits.ends_with(", after 2 failures in a row: it is so, ended by SIGTERM"));
  wake();
  BOOST_TEST(ends(TROUBLE_NEVER_READY) ==
             "crash loop: 2 restarts within 60 s, and it ended again: it is so, ended by SIGTERM");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
