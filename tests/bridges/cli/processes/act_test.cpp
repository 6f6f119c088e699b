// What the verbs ask of a node, for whom, and in which order.
#include <boost/test/unit_test.hpp>

#include "tests/bridges/cli/processes/played_processes.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::bridges::cli::tests;
using nightshift::tests::write_file;

struct Floor {
  Floor() : node([this](const Asked& asked) { return processes(asked); }) {
    line.found_at(node);
    processes.add("web");
    processes.add("web.1", "web").view["config"]["instance"] = 1;
    processes.add("api");
  }
  Run run(const std::vector<std::string>& arguments) { return line.run(arguments); }
  std::string asked_by(const std::vector<std::string>& arguments, int exit_code = 0) {
    const auto before = processes.commands().size();
    const auto ended = run(arguments);
    BOOST_TEST(ended.exit_code == exit_code, ended.out << ended.err);
    auto all = processes.commands().substr(before);
    return all.starts_with(", ") ? all.substr(2) : all;
  }

  PlayedProcesses processes;
  PlayedNode node;
  CommandLine line;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(processes_are_named_by_app_instance_number_and_all, Floor) {
  BOOST_TEST(asked_by({"stop", "web"}) == "stop web, stop web.1");
  BOOST_TEST(asked_by({"restart", "api", "web.1"}) == "restart api, start web.1");
  BOOST_TEST(asked_by({"restart", "2"}) == "restart api");
  BOOST_TEST(asked_by({"restart", "all", "web"}) == "start web, restart web.1, restart api");
  BOOST_TEST(asked_by({"stop", "wbe"}, 3) == "");
  BOOST_TEST(says(run({"stop", "wbe"}).err, "did you mean web?"));
  BOOST_TEST(asked_by({"stop"}, 2) == "");
}

BOOST_FIXTURE_TEST_CASE(numbers_stay_when_others_are_deleted, Floor) {
  BOOST_TEST(asked_by({"delete", "web"}) == "delete web, delete web.1");
  BOOST_TEST(asked_by({"restart", "2"}) == "restart api");
  BOOST_TEST(asked_by({"restart", "0"}, 3) == "");
}

BOOST_FIXTURE_TEST_CASE(what_is_so_already_is_left_alone, Floor) {
  BOOST_TEST(asked_by({"stop", "api"}) == "stop api");
  BOOST_TEST(asked_by({"stop", "api"}) == "");
  BOOST_TEST(asked_by({"start", "api"}) == "start api");
  BOOST_TEST(asked_by({"start", "api"}) == "");
}

BOOST_FIXTURE_TEST_CASE(one_that_refuses_does_not_keep_the_others_from_it, Floor) {
  processes.add("bad").status = "quarantined";
  const PlayedNode refusing([this](const Asked& asked) {
    if (asked.target == "/v1/process/web/stop") {
      return Answered{503, R"({"code":"overloaded","detail":"too much is under way"})"};
    }
    return processes(asked);
  });
  CommandLine other;
  const auto ended = other.run({"--url", refusing.url(), "--token", "t", "stop", "web"});
  BOOST_TEST(ended.exit_code == 6, ended.err);
  BOOST_TEST(says(ended.err, "process/web: too much is under way"), ended.err);
  BOOST_TEST(says(ended.out, "web.1"), ended.out);
}

BOOST_FIXTURE_TEST_CASE(a_reload_stops_at_the_first_that_does_not_come_back, Floor) {
  BOOST_TEST(asked_by({"reload", "web"}) == "restart web, restart web.1");
  processes.becomes("web", "stopped");
  BOOST_TEST(asked_by({"reload", "all"}, 4) == "restart web, restart api");
  BOOST_TEST(asked_by({"signal", "hup", "api"}) == "signal api SIGHUP");
}

BOOST_FIXTURE_TEST_CASE(an_app_is_scaled_by_defining_and_deleting_instances, Floor) {
  BOOST_TEST(asked_by({"scale", "web", "4"}) == "define web.2, define web.3");
  BOOST_TEST(processes.at("web.3").view["config"]["instance"] == 3);
  BOOST_TEST(processes.at("web.3").view["config"]["command"] == "/srv/web.js");
  BOOST_TEST(!processes.at("web.3").view["config"].contains("out_file"));
  BOOST_TEST(asked_by({"scale", "web", "-3"}) == "delete web.1, delete web.2, delete web.3");
  BOOST_TEST(asked_by({"scale", "web", "+1"}) == "define web.1");
  for (const auto* wrong : {"0", "-9", "many", "2000", ""}) {
    BOOST_TEST(run({"scale", "web", wrong}).exit_code == 2, wrong);
  }
}

BOOST_FIXTURE_TEST_CASE(a_new_instance_has_log_files_beside_those_of_the_others, Floor) {
  auto& config = processes.add("shop").view["config"];
  config["out_file"] = "/srv/logs/out-0.log";
  config["error_file"] = "/dev/null";
  BOOST_TEST(asked_by({"scale", "shop", "2"}) == "define shop.1");
  const auto made = processes.at("shop.1").view["config"];
  BOOST_TEST(made["out_file"] == "/srv/logs/out-1.log");
  BOOST_TEST(made["error_file"] == "/dev/null");
}

BOOST_FIXTURE_TEST_CASE(flags_that_fingers_know_are_taken, Floor) {
  BOOST_TEST(asked_by({"restart", "api", "--update-env"}) == "restart api");
  BOOST_TEST(says(run({"reload", "api", "--update-env"}).err, "definitions alone"));
  BOOST_TEST(asked_by({"sendSignal", "SIGHUP", "api"}) == "signal api SIGHUP");
  BOOST_TEST(run({"logs", "api", "--nostream", "--lines", "1"}).exit_code == 0);
  BOOST_TEST(run({"logs", "api", "--nostream", "--follow"}).exit_code == 2);
}

BOOST_FIXTURE_TEST_CASE(a_program_is_started_as_its_flags_say, Floor) {
  write_file(line.path("tool.js"), "");
  BOOST_TEST(asked_by({"start", line.path("tool.js"), "--name", "tool", "-i", "2",
                       "--max-memory-restart", "300M", "--cron", "0 4 * * *", "--no-autorestart",
                       "--node-args", "--enable-source-maps --inspect=0", "--", "--port", "80",
                       "-x"}) == "define tool, define tool.1");
  const auto config = processes.at("tool.1").view["config"];
  BOOST_TEST(config["command"] == line.path("tool.js"));
  BOOST_TEST(config["interpreter"] == "node");
  BOOST_TEST(config["args"].dump() == R"(["--port","80","-x"])");
  BOOST_TEST(config["interpreter_args"].dump() == R"(["--enable-source-maps","--inspect=0"])");
  BOOST_TEST(config["memory_restart_bytes"] == 314572800);
  BOOST_TEST(config["restart"] == "never");
  BOOST_TEST(config["kill_signal"] == "SIGTERM");
  BOOST_TEST(config["instance"] == 1);
}

BOOST_FIXTURE_TEST_CASE(a_name_wins_over_a_file_and_a_file_over_path, Floor) {
  line.program.environment["PATH"] = "/usr/bin:/bin";
  BOOST_TEST(asked_by({"start", "sleep", "--", "5"}) == "define sleep");
  BOOST_TEST(processes.at("sleep").view["config"]["command"] == "sleep");
  BOOST_TEST(asked_by({"start", "sleep"}) == "");
  BOOST_TEST(asked_by({"start", "sleep", "--name", "web", "--", "5"}) == "");
  BOOST_TEST(asked_by({"start", "/usr/bin/env", "--name", "web", "--", "true"}, 4) == "define web");
  const auto absent = run({"start", "no-such-program"});
  BOOST_TEST(absent.exit_code == 3);
  BOOST_TEST(says(absent.err, "no program in PATH"), absent.err);
  const auto more = run({"start", "/usr/bin/env", "true"});
  BOOST_TEST(more.exit_code == 2);
  BOOST_TEST(says(more.err, "stand behind --"), more.err);
  BOOST_TEST(run({"start", "/usr/bin/env", "-i", "many"}).exit_code == 1);
}
