// What is found over a run, with a clock that is moved by hand and sockets that are real.
#include "bridges/process/vigil.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/eventually.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/web/receiver.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::process;
using namespace std::chrono_literals;
namespace pb = nightshift::process;

struct Watched {
  runtime::ManualClock clock{*from_rfc3339("2026-11-22T02:00:00Z")};
  WebReceiver server;
  ProcessConfig config;
  std::unique_ptr<Vigil> vigil;
  std::optional<Time> online_at;
  std::uint64_t memory = 0;

  void begin(const char* zone = "UTC") {
    auto begun = Vigil::begin("r1", config, {}, clock, *runtime::Zone::find(zone));
    BOOST_TEST_REQUIRE(begun.has_value(), (begun ? "" : begun.error().detail));
    vigil = std::move(*begun);
    BOOST_TEST_REQUIRE(vigil != nullptr);
  }
  void look() {
    vigil->look({online_at, [](const Check&) { return false; }, [this] { return memory; }});
  }
  /// Looks until the server was asked so often, all in all, and its answers were heard.
  void await_asked(std::size_t times) {
    eventually(
        [&] {
          look();
          return server.count() >= times && !is_asking();
        },
        "the server is asked " + std::to_string(times) + " times");
  }
  bool is_asking() const {
    std::vector<pollfd> sockets;
    vigil->add_to(sockets);
    return !sockets.empty();
  }
  std::string found() const {
    if (!vigil->finding()) return "";
    return pb::Trouble_Name(vigil->finding()->trouble) + " " + vigil->finding()->detail;
  }
  void answer_with(int status) {
    server.behave([status](const Received&) { return answer(status); });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(process_vigil, Watched)

BOOST_AUTO_TEST_CASE(nothing_to_look_at_needs_no_vigil) {
  config.set_command("sleep");
  const auto none = Vigil::begin("r1", config, {}, clock, {});
  BOOST_TEST((none.has_value() && *none == nullptr));
}

BOOST_AUTO_TEST_CASE(life_is_asked_every_so_often_and_a_good_answer_begins_anew) {
  config.add_live(server.url("/health"));
  config.set_live_every_ms(1000);
  config.set_live_failures(2);
  begin();
  online_at = clock.now();
  look();
  clock.advance(999ms);
  look();
  BOOST_TEST(server.count() == 0u);
  answer_with(500);
  clock.advance(1ms);
  await_asked(1);
  answer_with(200);
  clock.advance(1s);
  await_asked(2);
  answer_with(503);
  clock.advance(1s);
  await_asked(3);
  BOOST_TEST(found() == "");
  BOOST_TEST((*vigil->next_look() - clock.elapsed() == 1s));
  clock.advance(1s);
  await_asked(4);
  BOOST_TEST(found() == "TROUBLE_NOT_LIVE it is not well, 2 times in a row: " +
                            server.url("/health") + " answered 503");
  BOOST_TEST(!vigil->next_look().has_value());
}

BOOST_AUTO_TEST_CASE(life_is_not_asked_before_it_has_come_up) {
  config.add_startup(server.url("/up"));
  config.add_live(server.url("/health"));
  config.set_live_every_ms(1000);
  config.set_live_failures(1);
  begin();
  online_at = clock.now();
  answer_with(503);
  await_asked(1);
  clock.advance(2s);
  await_asked(2);
  BOOST_TEST(found() == "");
  answer_with(200);
  clock.advance(2s);
  await_asked(3);
  answer_with(503);
  clock.advance(1s);
  await_asked(4);
  const auto asked = server.received();
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(asked[i].line == "GET /up HTTP/1.1");
  BOOST_TEST(asked[3].line == "GET /health HTTP/1.1");
  BOOST_TEST(found().starts_with("TROUBLE_NOT_LIVE it is not well: "));
}

BOOST_AUTO_TEST_CASE(what_never_comes_up_is_found_out) {
  config.add_startup(server.url("/up"));
  config.set_ready_timeout_ms(3000);
  begin();
  online_at = clock.now();
  answer_with(503);
  await_asked(1);
  clock.advance(2s);
  await_asked(2);
  BOOST_TEST(found() == "");
  clock.advance(2s);
  await_asked(3);
  BOOST_TEST(found() == "TROUBLE_NEVER_READY it has not come up within 3000 ms: " +
                            server.url("/up") + " answered 503");
}

BOOST_AUTO_TEST_CASE(readiness_is_asked_ever_more_seldom_until_it_holds) {
  config.add_ready(server.url("/ready"));
  config.set_ready_timeout_ms(3'600'000);
  begin();
  answer_with(503);
  await_asked(1);
  BOOST_TEST(!vigil->ready().has_value());
  BOOST_TEST((*vigil->next_look() - clock.elapsed() == 20ms));
  clock.advance(2s);
  await_asked(2);
  BOOST_TEST((*vigil->next_look() - clock.elapsed() == 200ms));
  clock.advance(1min);
  await_asked(3);
  BOOST_TEST((*vigil->next_look() - clock.elapsed() == 1s));
  answer_with(200);
  clock.advance(1s);
  await_asked(4);
  BOOST_TEST(*vigil->ready() == server.url("/ready"));
  BOOST_TEST(!vigil->next_look().has_value());
}

BOOST_AUTO_TEST_CASE(what_is_missing_when_it_is_not_ready_in_time_is_told) {
  config.add_ready(server.url("/ready"));
  config.add_ready("output:up");
  config.add_ready("notify and tcp:1");
  config.add_ready("ipc");
  config.set_ready_timeout_ms(3000);
  begin();
  answer_with(500);
  await_asked(1);
  BOOST_TEST(found() == "");
  clock.advance(3s);
  look();
  BOOST_TEST(found() ==
             "TROUBLE_NEVER_READY it was not ready within 3000 ms: " + server.url("/ready") +
                 " answered 500, it has not printed \"up\", it has not said READY=1 "
                 "(notify), it has not sent 'ready' (ipc)");
}

BOOST_AUTO_TEST_CASE(who_does_not_answer_in_time_is_told_as_such) {
  server.behave([](const Received&) { return Reply{"", Reply::End::hang}; });
  config.add_ready(server.url("/ready"));
  config.set_ready_timeout_ms(3000);
  begin();
  look();
  BOOST_TEST((*vigil->next_look() - clock.elapsed() == 3s));
  clock.advance(3s);
  look();
  BOOST_TEST(found() == "TROUBLE_NEVER_READY it was not ready within 3000 ms: " +
                            server.url("/ready") + " has not answered yet");
}

BOOST_AUTO_TEST_CASE(a_plan_comes_by_the_clock_on_the_wall) {
  config.set_cron_restart("30 4 * * *");
  config.set_cron_zone("Europe/Berlin");
  begin("Asia/Kathmandu");
  online_at = clock.now();
  look();
  BOOST_TEST(found() == "");
  // It may be set at any time: looked at once a minute at the least.
  BOOST_TEST((*vigil->next_look() - clock.elapsed() == 1min));
  clock.set(*from_rfc3339("2026-11-22T03:29:59Z"));
  look();
  BOOST_TEST(found() == "");
  BOOST_TEST((*vigil->next_look() - clock.elapsed() == 1s));
  clock.set(*from_rfc3339("2026-11-22T03:30:00Z"));
  look();
  BOOST_TEST(found() == "TROUBLE_CRON it is time: 30 4 * * * in Europe/Berlin");
}

BOOST_AUTO_TEST_CASE(a_plan_counts_in_the_nodes_zone_and_is_made_up_for_within_a_minute) {
  config.set_cron_restart("15 8 * * *");
  const auto due = *from_rfc3339("2026-11-22T02:30:00Z");
  struct Case {
    Time online_at;
    Time now;
    bool found;
  };
  for (const auto& [online, now, is_found] :
       {Case{due - 1h, due, true}, Case{due - 1h, due + 59s, true},
        Case{due - 1h, due + 2min, false}, Case{due, due + 1s, false},
        Case{due - 1h, due - 1s, false}}) {
    clock.set(now);
    begin("Asia/Kathmandu");
    online_at = online;
    look();
    BOOST_TEST(!found().empty() == is_found, to_rfc3339(online) << " " << to_rfc3339(now));
  }
}

BOOST_AUTO_TEST_CASE(what_grows_beyond_its_bound_is_found) {
  config.set_memory_restart_bytes(100u << 20);
  begin();
  memory = 100u << 20;
  clock.advance(2s);
  look();
  BOOST_TEST(found() == "");
  memory = 101u << 20;
  look();
  BOOST_TEST(found() == "");
  BOOST_TEST((*vigil->next_look() - clock.elapsed() == 2s));
  clock.advance(2s);
  look();
  BOOST_TEST(
      found() ==
      "TROUBLE_OUTGROWN it uses 101 MiB of memory, more than 100 MiB (memory_restart_bytes)");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_refused_with_the_reason) {
  config.set_cron_restart("0 4 * * *");
  config.set_cron_zone("Europe/Berln");
  auto refused = Vigil::begin("r1", config, {}, clock, {});
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().detail.contains("there is no time zone Europe/Berln"));
  BOOST_TEST(refused.error().detail.contains("Europe/Berlin"));
  config = {};
  config.add_watch("/no/such/place");
  refused = Vigil::begin("r1", config, {}, clock, {});
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().detail.starts_with("/no/such cannot be watched: "));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
