// With a node: what the journal says is to run runs, and what became of it is in the journal.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "bridges/process/keeper/proc.hpp"
#include "tests/bridges/process/workplace.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::tests {
namespace {

using namespace process_pb;

bool lives(const View& view) {
  const auto row = bridge::read_process(static_cast<pid_t>(view.pid()));
  return row && !row->zombie && row->id.start_ticks == view.start_ticks();
}

void kill_it(const View& view) {
  BOOST_TEST(bridge::signal_process({static_cast<pid_t>(view.pid()), view.start_ticks()}, SIGKILL));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(process_bridge, Workplace)

BOOST_AUTO_TEST_CASE(where_nothing_runs_the_end_is_not_waited_for) {
  BOOST_TEST(bridge().end_children(std::chrono::seconds(60)));
}

BOOST_AUTO_TEST_CASE(a_process_is_started_restarted_stopped_and_deleted) {
  run("web", "echo up; exec sleep 1000");
  await("web", "online");
  const auto first = view("web");
  BOOST_TEST(lives(first));
  BOOST_TEST(first.boot_id() == bridge::boot_id());
  BOOST_TEST(first.log_file_path() == (folder / "logs/web-out.log").string());
  must(tell("web", Restart()));
  await_another("web", first.run());
  const auto second = view("web");
  BOOST_TEST(!lives(first));
  BOOST_TEST(lives(second));
  must(tell("web", Stop()));
  await("web", "stopped");
  BOOST_TEST(!lives(second));
  BOOST_TEST(view("web").last_exit().signal() == "SIGTERM");
  BOOST_TEST(output("web") == "up\nup\n");
  must(tell("web", Delete()));
  BOOST_TEST(status("web") == "deleted");
}

BOOST_AUTO_TEST_CASE(what_is_killed_comes_back_and_the_others_go_on) {
  for (const std::string name : {"a", "b", "c"}) run(name, "exec sleep 1000");
  for (const std::string name : {"a", "b", "c"}) await(name, "online");
  const auto others = view("b").run();
  const auto before = view("a");
  kill_it(before);
  await_another("a", before.run());
  BOOST_TEST(view("a").last_exit().signal() == "SIGKILL");
  BOOST_TEST(view("a").restart_count() == 1u);
  BOOST_TEST(view("b").run() == others);
}

BOOST_AUTO_TEST_CASE(a_crash_loop_ends_with_an_alert_and_its_cause) {
  ProcessConfig config;
  config.set_backoff_ms(1);
  run("good", "exec sleep 1000");
  run("bad", "exit 3", config);
  await("bad", "errored");
  BOOST_TEST(view("bad").alert() == "critical_error");
  BOOST_TEST(view("bad").cause().contains("exit code 3"));
  BOOST_TEST(count("bad", "Exited") == 6u);
  BOOST_TEST(status("good") == "online");
  runtime::ListQuery alerts;
  alerts.kind = "process";
  alerts.where = {{"alert", "critical_error"}};
  BOOST_TEST(must(node().list(alerts)).items.size() == 1u);
  const auto events = must(node().events({"process", "bad"}, 0, 1000));
  BOOST_TEST(events.back().sentence.starts_with("is not started again: crash loop: 5 restarts"));
}

BOOST_AUTO_TEST_CASE(bad_definitions_are_errored_with_the_reason_and_the_rest_runs) {
  const auto cause = [this](const std::string& name, ProcessConfig config) {
    if (config.command().empty()) config.set_command("/bin/sleep");
    define(name, config);
    await(name, "errored");
    BOOST_TEST(view(name).alert() == "failed");
    return view(name).cause();
  };
  run("good", "exec sleep 1000");
  ProcessConfig config;
  config.set_command("no-such-program");
  BOOST_TEST(cause("missing", config).starts_with("there is no program no-such-program in "));
  config.set_command("/etc/passwd");
  BOOST_TEST(cause("text", config).starts_with("/etc/passwd is not executable"));
  config = {};
  config.set_cwd("/no/such/folder");
  BOOST_TEST(cause("folder", config).starts_with("its folder /no/such/folder does not exist"));
  config = {};
  config.set_out_file("/proc/nowhere/out.log");
  BOOST_TEST(cause("log", config).starts_with("its output cannot be kept: /proc/nowhere/out.log"));
  config = {};
  config.add_secrets("KEY=sealed:unknown");
  BOOST_TEST(cause("secret", config) == "KEY: nothing is sealed as sealed:unknown");
  config = {};
  config.set_user("nobody");
  config.add_ready("tcp:80");
  BOOST_TEST(cause("port", config).starts_with("port 80 is below 1024"));
  config = {};
  config.set_command("/bin/sleep");
  config.add_after("second");
  define("first", config);
  config.set_after(0, "first");
  BOOST_TEST(
      cause("second", config).starts_with("dependency cycle: second after first after second"));
  await("first", "errored");
  BOOST_TEST(status("good") == "online");
}

BOOST_AUTO_TEST_CASE(secrets_reach_the_child_and_nothing_else) {
  ProcessConfig config;
  config.add_env("GREETING=hello");
  config.add_secrets("WORD=sealed:known");
  run("agent", "echo $GREETING $WORD $NIGHTSHIFT_PROCESS $NODE_APP_INSTANCE; exec sleep 1000",
      config);
  eventually([this] { return output("agent") == "hello hush agent 0\n"; }, "it has said so");
  const auto events = must(node().events({"process", "agent"}, 0, 1000));
  for (const auto& event : events) BOOST_TEST(!event.record.payload().contains("hush"));
}

BOOST_AUTO_TEST_CASE(it_is_online_once_it_says_so) {
  ProcessConfig config;
  config.add_ready("output:listening");
  run("slow",
      "while [ ! -e " + (folder / "go").string() +
          " ]; do sleep 0.01; done; echo listening; "
          "exec sleep 1000",
      config);
  eventually([this] { return view("slow").pid() != 0; }, "it has started");
  BOOST_TEST(status("slow") == "launching");
  std::ofstream(folder / "go");
  await("slow", "online");
  BOOST_TEST(view("slow").cause() == "output:listening");
}

BOOST_AUTO_TEST_CASE(dependencies_start_first_and_stop_last) {
  const auto log = (folder / "order").string();
  const auto script = [&log](const std::string& name) {
    return "trap 'echo -" + name + " >> " + log + "; exit 0' TERM; echo +" + name + " >> " + log +
           "; echo up; while :; do sleep 0.01; done";
  };
  ProcessConfig config;
  config.add_ready("output:up");
  config.set_kill_timeout_ms(60'000);
  config.set_kill_first_only(true);
  auto web = config;
  web.add_after("api");
  auto api = config;
  api.add_after("redis");
  run("web", script("web"), web);
  run("api", script("api"), api);
  eventually([this] { return view("api").cause().contains("of which there is no definition"); },
             "it says what it waits for");
  run("redis", script("redis"), config);
  await("web", "online");
  BOOST_TEST(bridge().end_children(std::chrono::seconds(60)));
  std::ifstream in(log);
  std::string all, line;
  while (std::getline(in, line)) all += line + " ";
  BOOST_TEST(all == "+redis +api +web -web -api -redis ");
  for (const std::string name : {"web", "api", "redis"}) BOOST_TEST(status(name) == "waiting");
  close();
  open();
  await("web", "online");
}

BOOST_AUTO_TEST_CASE(a_signal_reaches_it_and_is_written_down) {
  run("app", "trap 'echo hup' HUP; echo up; while :; do sleep 0.01; done");
  eventually([this] { return output("app") == "up\n"; }, "it is up");
  Signal signal;
  signal.set_signal("SIGHUP");
  must(tell("app", signal));
  eventually([this] { return output("app") == "up\nhup\n" && view("app").knocks_size() == 0; },
             "it got the signal");
  BOOST_TEST(count("app", "Signalled") == 1u);
}

BOOST_AUTO_TEST_CASE(the_next_node_finds_what_runs) {
  run("stays", "exec sleep 1000");
  run("goes", "while [ ! -e " + (folder / "go").string() + " ]; do sleep 0.01; done; exit 4");
  await("stays", "online");
  await("goes", "online");
  const auto before = view("stays");
  const auto gone = view("goes");
  close();
  BOOST_TEST(lives(before));
  std::ofstream(folder / "go");
  eventually([&] { return !lives(gone); }, "the other has ended");
  open();
  await_another("goes", gone.run());
  BOOST_TEST(view("stays").run() == before.run());
  BOOST_TEST(view("stays").pid() == before.pid());
  BOOST_TEST(view("goes").last_exit().code() == 4u);
}

BOOST_AUTO_TEST_CASE(after_the_keepers_death_everything_runs_again_once) {
  for (const std::string name : {"a", "b"}) run(name, "exec sleep 1000");
  for (const std::string name : {"a", "b"}) await(name, "online");
  const auto a = view("a"), b = view("b");
  const auto row = bridge::read_process(static_cast<pid_t>(a.pid()));
  BOOST_TEST_REQUIRE(row.has_value());
  BOOST_TEST(::kill(row->parent, SIGKILL) == 0);
  await_another("a", a.run());
  await_another("b", b.run());
  BOOST_TEST(!lives(a));
  BOOST_TEST(!lives(b));
  BOOST_TEST(view("a").last_exit().unseen());
  BOOST_TEST(view("a").unstable_restarts() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
