// What a configuration asks to be looked at, with a node and real children: when one is online,
// what makes it be restarted, and that the journal tells why.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/bridges/process/workplace.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/node/product_node.hpp"
#include "tests/support/web/receiver.hpp"

namespace nightshift::tests {
namespace {

using namespace process_pb;

struct Health : Workplace {
  WebReceiver server;

  void answer_with(int status) {
    server.behave([status](const Received&) { return answer(status); });
  }
  ProcessConfig live() const {
    ProcessConfig config;
    config.add_live(server.url("/health"));
    config.set_live_every_ms(20);
    config.set_live_failures(2);
    // Where the test is slow, it happens again before the server is well again.
    config.set_crash_loop_restarts(1000);
    config.set_restarts_max(1000);
    return config;
  }
  /// It was restarted, once more than before, and says this of it.
  void check_restart(const std::string& name, const View& before, const std::string& why,
                     bool failed) const {
    await_another(name, before.run());
    const auto told = story(name);
    const auto stopped = std::ranges::find(told, "is being stopped: " + why);
    BOOST_TEST_REQUIRE((stopped != told.end()), name << ": " << why);
    const auto again = std::find_if(stopped, told.end(), [](const std::string& sentence) {
      return sentence.starts_with("is being started");
    });
    BOOST_TEST_REQUIRE((again != told.end()));
    BOOST_TEST(again->contains(why), *again);
    BOOST_TEST((view(name).unstable_restarts() > 0) == failed);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(process_restarts, Health)

BOOST_AUTO_TEST_CASE(it_is_online_once_it_answers) {
  ProcessConfig config;
  const auto url = server.url("/ready");
  config.add_ready("output:never");
  config.add_ready("output:up and " + url);
  answer_with(503);
  run("web", "echo up; exec sleep 1000", config);
  BOOST_TEST(server.await(2));
  BOOST_TEST(status("web") == "launching");
  answer_with(200);
  await("web", "online");
  BOOST_TEST(view("web").cause() == "output:up and " + url);
  config.set_ready(1, "tcp:" + std::to_string(server.port()));
  run("tcp", "exec sleep 1000", config);
  await("tcp", "online");
  BOOST_TEST(view("tcp").cause() == config.ready(1));
}

BOOST_AUTO_TEST_CASE(what_is_not_ready_in_time_is_started_again_as_a_failure) {
  ProcessConfig config;
  config.add_ready(server.url("/ready"));
  config.set_ready_timeout_ms(100);
  config.set_crash_loop_restarts(1);
  answer_with(503);
  run("web", "exec sleep 1000", config);
  await("web", "errored");
  const auto why = "it was not ready within 100 ms: " + server.url("/ready") + " answered 503";
  BOOST_TEST(view("web").cause().contains(why), view("web").cause());
  BOOST_TEST(view("web").restart_count() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_not_well_any_more_is_restarted_as_a_failure) {
  run("web", "exec sleep 1000", live());
  await("web", "online");
  const auto before = view("web");
  BOOST_TEST(server.await(3));
  BOOST_TEST(view("web").run() == before.run());
  answer_with(503);
  eventually([&] { return view("web").run() != before.run(); }, "it is restarted");
  answer_with(200);
  check_restart("web", before,
                "it is not well, 2 times in a row: " + server.url("/health") + " answered 503",
                true);
}

BOOST_AUTO_TEST_CASE(life_is_asked_for_after_the_next_node_has_found_it) {
  run("web", "exec sleep 1000", live());
  await("web", "online");
  const auto before = view("web");
  close();
  answer_with(503);
  open();
  eventually([&] { return view("web").run() != before.run(); }, "it is restarted");
  answer_with(200);
  check_restart("web", before,
                "it is not well, 2 times in a row: " + server.url("/health") + " answered 503",
                true);
}

BOOST_AUTO_TEST_CASE(what_does_not_come_up_is_restarted_with_the_reason) {
  auto config = live();
  config.add_startup(server.url("/up"));
  config.set_ready_timeout_ms(50);
  answer_with(404);
  run("web", "exec sleep 1000", config);
  await("web", "online");
  const auto before = view("web");
  eventually([&] { return view("web").run() != before.run(); }, "it is restarted");
  answer_with(200);
  check_restart("web", before,
                "it has not come up within 50 ms: " + server.url("/up") + " answered 404", true);
}

BOOST_AUTO_TEST_CASE(it_is_restarted_when_it_is_time) {
  ProcessConfig config;
  config.set_cron_restart("0 4 * * *");
  clock().set(*from_rfc3339("2030-01-15T02:58:00Z"));
  run("berlin", "exec sleep 1000", config);
  await("berlin", "online");
  const auto berlin = view("berlin");
  clock().set(*from_rfc3339("2030-01-15T02:59:59Z"));
  config.set_cron_zone("Asia/Kathmandu");
  run("kathmandu", "exec sleep 1000", config);
  await("kathmandu", "online");
  const auto kathmandu = view("kathmandu");
  check_restart("berlin", berlin, "it is time: 0 4 * * * in Europe/Berlin", false);
  BOOST_TEST(view("kathmandu").run() == kathmandu.run());
}

BOOST_AUTO_TEST_CASE(it_is_restarted_when_its_files_change) {
  ProcessConfig config;
  std::filesystem::create_directories(folder / "app/node_modules");
  config.add_watch((folder / "app").string());
  config.add_watch_ignore("node_modules");
  config.set_watch_delay_ms(50);
  config.set_out_file((folder / "app/out.log").string());
  run("web", "echo up; exec sleep 1000", config);
  await("web", "online");
  auto before = view("web");
  eventually([&] { return !read_file(folder / "app/out.log").empty(); }, "it has printed");
  write_file(folder / "app/node_modules/x", "");
  write_file(folder / "app/main.js", "1");
  check_restart("web", before, (folder / "app/main.js").string() + " has changed", false);
  BOOST_TEST(count("web", "Launched") == 2u);
  before = view("web");
  close();
  open();
  await("web", "online");
  // The next node begins to watch some time after it has opened; changes may come too early for it.
  auto written = std::chrono::steady_clock::now() - std::chrono::hours(1);
  eventually(
      [&] {
        if (std::chrono::steady_clock::now() - written > std::chrono::seconds(1)) {
          write_file(folder / "app/main.js", "2");
          written = std::chrono::steady_clock::now();
        }
        return view("web").run() != before.run();
      },
      "it is restarted under the next node");
}

BOOST_AUTO_TEST_CASE(who_writes_into_what_is_watched_for_it_is_given_up) {
  ProcessConfig config;
  std::filesystem::create_directories(folder / "app");
  config.add_watch((folder / "app").string());
  config.set_watch_delay_ms(1);
  config.set_backoff_ms(1);
  config.set_backoff_ms_max(1);
  // Not before it is watched, which is before it runs.
  run("web", "echo x > " + (folder / "app/state").string() + "; exec sleep 1000", config);
  await("web", "errored");
  BOOST_TEST(view("web").cause().contains((folder / "app/state").string() + " has changed"));
  BOOST_TEST(view("web").cause().contains("watch_ignore"));
  BOOST_TEST(count("web", "Launched") == 11u);
}

BOOST_AUTO_TEST_CASE(it_is_restarted_when_its_tree_has_grown) {
  ProcessConfig config;
  config.set_memory_restart_bytes(64u << 20);
  const auto fat = (folder / "fat").string();
  const auto script = "if [ ! -e " + fat + " ]; then touch " + fat +
                      "; perl -e '$x = \"x\" x (100 << 20); sleep 1000' & fi; wait; "
                      "exec sleep 1000";
  run("hog", script, config);
  await("hog", "online");
  const auto before = view("hog");
  await_another("hog", before.run());
  const auto told = story("hog");
  const auto why = std::ranges::find_if(told, [](const std::string& sentence) {
    return sentence.starts_with("is being stopped: it uses ");
  });
  BOOST_TEST_REQUIRE((why != told.end()));
  BOOST_TEST(why->ends_with("MiB of memory, more than 64 MiB (memory_restart_bytes)"), *why);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_looked_at_is_errored_with_the_reason) {
  ProcessConfig config;
  config.add_watch("/no/such/place");
  run("nowhere", "exec sleep 1000", config);
  await("nowhere", "errored");
  BOOST_TEST(view("nowhere").cause().starts_with("/no/such cannot be watched: "));
  config = {};
  config.set_cron_restart("@daily");
  config.set_cron_zone("Europe/Berln");
  run("lost", "exec sleep 1000", config);
  await("lost", "errored");
  BOOST_TEST(view("lost").cause().contains("the nearest is Europe/Berlin"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
