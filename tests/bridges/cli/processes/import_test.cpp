// A file on its way into a node: the report, the secrets, the definitions.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/bridges/cli/processes/played_processes.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::bridges::cli::tests;
using nightshift::tests::write_file;

struct Move {
  Move() : node([this](const Asked& asked) { return processes(asked); }) {
    line.found_at(node);
    file = line.path("apps.json");
    for (const auto* name : {"web.js", "job.sh", "other.js"}) write_file(line.path(name), "");
    write_file(file, R"({"apps": [
        {"name": "web", "script": "web.js", "env": {"PORT": 80, "API_KEY": "s3cret"}},
        {"name": "job", "script": "job.sh", "autostart": false, "colour": "red"}]})");
  }

  PlayedProcesses processes;
  PlayedNode node;
  CommandLine line;
  std::string file;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_dry_run_shows_everything_and_changes_nothing, Move) {
  const auto run = line.run({"import", file, "--dry-run"});
  BOOST_TEST(run.exit_code == 0, run.err);
  BOOST_TEST(says(run.out, "node " + line.path("web.js")), run.out);
  BOOST_TEST(says(run.err, "would be sealed: web.API_KEY"), run.err);
  BOOST_TEST(says(run.err, "left out  job  colour"), run.err);
  BOOST_TEST(!says(run.out + run.err, "s3cret"));
  BOOST_TEST(processes.commands() == "");
  const auto json = nlohmann::json::parse(line.run({"--json", "import", file, "--dry-run"}).out);
  BOOST_TEST(json["processes"].size() == 2u);
  BOOST_TEST(json["remarks"].back()["field"] == "colour");
  BOOST_TEST(json["secrets"].dump() == R"(["web.API_KEY"])");
}

BOOST_FIXTURE_TEST_CASE(an_import_seals_secrets_and_defines_processes, Move) {
  const auto run = line.run({"import", file});
  BOOST_TEST(run.exit_code == 0, run.err);
  BOOST_TEST(processes.commands() == "define web, define job");
  BOOST_TEST(processes.at("job").status == "stopped");
  for (const auto& asked : node.asked()) BOOST_TEST(!says(asked.body, "s3cret"), asked.body);
  const auto secrets = line.run({"secret", "list"});
  BOOST_TEST(says(secrets.out, "web.API_KEY"), secrets.out << secrets.err);
}

BOOST_FIXTURE_TEST_CASE(started_files_restart_what_changed_and_imported_ones_do_not, Move) {
  BOOST_TEST(line.run({"import", file}).exit_code == 0);
  BOOST_TEST(line.run({"start", file, "--only", "web"}).exit_code == 0);
  BOOST_TEST(processes.commands() == "define web, define job, define web");
  write_file(file, R"([{"name": "web", "script": "other.js"}])");
  BOOST_TEST(line.run({"import", file}).exit_code == 0);
  BOOST_TEST(says(line.run({"ps"}).out, "restart it: it was defined anew since"));
  BOOST_TEST(line.run({"start", file}).exit_code == 0);
  BOOST_TEST(processes.commands().ends_with("define web, define web"), processes.commands());
}

BOOST_FIXTURE_TEST_CASE(an_app_that_the_file_does_not_have_is_named_beside_those_that_it_has,
                        Move) {
  const auto run = line.run({"start", file, "--only", "job,wbe"});
  BOOST_TEST(run.exit_code == 3, run.err);
  BOOST_TEST(says(run.err, "has no app \"wbe\"; it has job, web"), run.err);
  BOOST_TEST(processes.commands() == "");
}

BOOST_FIXTURE_TEST_CASE(what_is_wrong_in_a_file_is_shown_whole_and_nothing_is_done, Move) {
  write_file(file, R"([{"name": "a", "script": "a.js", "instances": "many", "kill_timeout": {}}])");
  const auto run = line.run({"import", file});
  BOOST_TEST(run.exit_code == 1, run.err);
  BOOST_TEST(says(run.err, "WRONG    a    instances"), run.err);
  BOOST_TEST(says(run.err, "kill_timeout"), run.err);
  BOOST_TEST(says(run.err, "nothing was imported"), run.err);
  BOOST_TEST(processes.commands() == "");
  const std::pair<std::vector<std::string>, int> others[] = {
      {{"import", "/nonexistent.json"}, 3},
      {{"import", line.path("data")}, 2},
      {{"import"}, 2},
  };
  for (const auto& [arguments, code] : others) BOOST_TEST(line.run(arguments).exit_code == code);
  write_file(file, "{");
  BOOST_TEST(says(line.run({"import", file}).err, "apps.json: it is not JSON at line 1"));
}

BOOST_FIXTURE_TEST_CASE(secrets_are_not_sealed_for_a_node_elsewhere, Move) {
  const auto run = line.run({"--url", node.url(), "--token", "t", "import", file});
  BOOST_TEST(run.exit_code == 2, run.err);
  BOOST_TEST(says(run.err, "the node's own machine"), run.err);
  BOOST_TEST(processes.commands() == "");
}
