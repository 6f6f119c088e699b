// A file of PM2 under a real node: taken over, looked at, scaled, stopped, as its users would.
#include <signal.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::tests;
namespace utf = boost::unit_test;

constexpr const char* ecosystem = R"js(
const common = { cwd: __dirname, env: { MODE: 'development' },
                 env_production: { MODE: 'production', API_KEY: 's3cret' } };
module.exports = { apps: [
  { ...common, name: 'web', script: 'web.js', instances: 2, exec_mode: 'cluster',
    cron_restart: '0 4 * * *', max_memory_restart: '300M' },
  { name: 'sleeper', script: '/bin/sleep', args: '1000', kill_timeout: '3s', colour: 'blue' },
] };
)js";
constexpr const char* web = R"js(
const { NODE_APP_INSTANCE, MODE, API_KEY } = process.env;
console.log(`instance ${NODE_APP_INSTANCE} ${MODE} key ${(API_KEY || '').length}`);
console.error('a word of warning');
process.on('SIGINT', () => { console.log('ends well'); process.exit(0); });
setInterval(() => {}, 1000);
)js";

utf::precondition::predicate_t here(std::vector<std::string> programs) {
  return [programs](utf::test_unit_id) {
    boost::test_tools::assertion_result answer(true);
    for (const auto& program : programs) {
      if (::access(program.c_str(), X_OK) == 0) continue;
      answer = boost::test_tools::assertion_result(false);
      answer.message() << program << " is not installed";
    }
    return answer;
  };
}

struct Shop : House {
  Shop() {
    write_file(path("shop/ecosystem.config.js"), ecosystem);
    write_file(path("shop/web.js"), web);
    start();
  }
  ~Shop() { run({"delete", "all"}); }

  nlohmann::json jlist() const { return nlohmann::json::parse(expect(0, "", {"jlist"}).out); }
  nlohmann::json of(const std::string& id) const {
    for (const auto& process : jlist()) {
      if (process["pm2_env"]["unique_id"] == "process/" + id) return process;
    }
    return {{"pid", 0}, {"pm2_env", {{"status", "absent"}}}};
  }
  std::string status_of(const std::string& id) const { return of(id)["pm2_env"]["status"]; }
  void await_output(const std::string& id, const std::string& text) const {
    eventually([&] { return says(run({"logs", id}).out, text); }, id + " prints: " + text);
  }
};

bool is_gone(int pid) { return ::kill(pid, 0) != 0; }

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_ecosystem_is_taken_over_and_obeys_the_verbs_of_pm2, Shop,
                        *utf::precondition(here({"/usr/bin/node", "/usr/bin/bwrap"}))) {
  const auto file = path("shop/ecosystem.config.js");
  expect(0, "left out  sleeper  colour", {"import", file, "--env", "production", "--dry-run"});
  BOOST_TEST(jlist().empty());
  expect(0, "web.1", {"import", file, "--env", "production"});
  for (const auto* id : {"web", "web.1", "sleeper"}) BOOST_TEST(status_of(id) == "online", id);
  await_output("web.1", "instance 1 production key 6");
  await_output("web", " ! a word of warning");
  BOOST_TEST(!says(expect(0, "", {"jlist"}).out, "s3cret"));
  expect(0, "API_KEY: (sealed:web.API_KEY)", {"env", "web.1"});
  const auto before = of("web");
  BOOST_TEST(before["monit"]["memory"].get<std::uint64_t>() > 1'000'000u);

  expect(0, "online", {"restart", "web"});
  BOOST_TEST(is_gone(before["pid"].get<int>()));
  BOOST_TEST(of("web")["pid"] != before["pid"]);
  await_output("web", "ends well");
  expect(0, "web.2", {"scale", "web", "+1"});
  await_output("web.2", "instance 2 production key 6");
  const auto sleeper = of("sleeper")["pid"].get<int>();
  expect(0, "stopped", {"stop", "sleeper"});
  BOOST_TEST(is_gone(sleeper));
  expect(0, "online", {"start", "sleeper"});
  expect(0, "online", {"reload", "all"});
  expect(0, "deleted", {"delete", "all"});
  BOOST_TEST(jlist().empty());
}

BOOST_FIXTURE_TEST_CASE(one_that_cannot_run_is_errored_with_its_cause_and_the_rest_runs, Shop) {
  write_file(path("apps.json"), R"([{"name": "gone", "script": "/nonexistent/program"},
      {"name": "fine", "script": "/bin/sleep", "args": ["1000"]}])");
  expect(0, "/nonexistent/program does not exist", {"import", path("apps.json")});
  BOOST_TEST(status_of("gone") == "errored");
  BOOST_TEST(status_of("fine") == "online");
  expect(0, "does not exist", {"why", "process/gone"});
  expect(4, "already", {"start", "/bin/sleep", "--name", "fine", "--", "5"});
}

BOOST_FIXTURE_TEST_CASE(the_nine_of_a_cloud_node_start_with_one_command_and_survive, Shop) {
  expect(0, "cloud-watchdog", {"start", "config/cloud.ecosystem.json"});
  const auto nine = jlist();
  BOOST_TEST(nine.size() == 9u);
  for (const auto& process : nine) {
    BOOST_TEST(process["pm2_env"]["status"] == "online", process["name"]);
    ::kill(process["pid"].get<int>(), SIGKILL);
  }
  for (const auto& process : nine) {
    const std::string name = process["name"];
    eventually([&] { return status_of(name) == "online" && of(name)["pid"] != process["pid"]; },
               name + " has a successor");
  }
}

BOOST_FIXTURE_TEST_CASE(monit_shows_processes_and_what_the_chosen_one_prints, Shop) {
  expect(0, "talker",
         {"start", "/bin/sh", "--name", "talker", "--", "-c",
          "echo hello from the child; exec sleep 1000"});
  await_output("talker", "hello from the child");
  const auto ended = on_terminal({"monit", "--every", "1"},
                                 {{"1 of 1 online", "", {}}, {"hello from the child", "q", {}}});
  BOOST_TEST(ended.exit_code == 0, ended.out);
  expect(0, "talker", {"monit"});
}

BOOST_FIXTURE_TEST_CASE(logs_follow_what_is_printed_until_they_are_ended, Shop) {
  expect(0, "ticker",
         {"start", "/bin/sh", "--name", "ticker", "--", "-c",
          "n=0; while :; do n=$((n + 1)); echo tick $n; sleep 0.1; done"});
  const auto interrupt = [](pid_t program, int) { ::kill(program, SIGINT); };
  const auto ended =
      on_terminal({"logs", "ticker", "--follow"}, {{"tick 3", "", {}}, {"tick 9", "", interrupt}});
  BOOST_TEST(ended.exit_code == 128 + SIGINT, ended.out);
}
