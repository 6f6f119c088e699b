// Processes in the configuration: every field of a definition has its key, and what could never
// work is refused before the node starts.
#include <boost/test/unit_test.hpp>
#include <set>

#include <google/protobuf/descriptor.h>

#include "runtime/settings_process.hpp"
#include "tests/runtime/data_folder/from_file.hpp"

namespace nightshift::tests {
namespace {

void refused(const std::string& line, const std::vector<std::string>& words) {
  BOOST_TEST_CONTEXT(line) {
    check_refused(FromFile("[process.web]\ncommand = \"sleep\"\n" + line + "\n").load(), words);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_field_of_a_definition_has_a_key) {
  std::set<std::string> fields, keys;
  for (int i = 0; i < ProcessConfig::descriptor()->field_count(); ++i) {
    fields.insert(ProcessConfig::descriptor()->field(i)->name());
  }
  for (const auto& rule : runtime::process_rules()) {
    keys.insert(std::string(rule.key.name.substr(std::string_view("process.NAME.").size())));
  }
  // These are the node's to say.
  keys.insert("app");
  keys.insert("instance");
  keys.insert("spoken_to");
  BOOST_TEST(fields == keys, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_process_is_read_with_all_that_is_said_of_it) {
  FromFile file(R"([process.web]
command = "server.js"
args = ["--verbose", "8080"]
interpreter = "node"
cwd = "app"
env = ["PORT=8080"]
secrets = ["API_KEY=sealed:api"]
instances = 2
restart = "on_failure"
stop_exit_codes = ["0", "143"]
kill_signal = "SIGINT"
kill_first_only = true
after = ["redis:ready"]
ready = ["tcp:8080 and output:up", "notify"]
live = ["http://127.0.0.1:8080/health"]
live_every_ms = 1000
startup = ["tcp:8080"]
cron_restart = "0 4 * * mon-fri"
cron_zone = "Europe/Berlin"
watch = ["src", "/etc/app.conf"]
watch_ignore = ["node_modules", "*.log"]
memory_restart_bytes = 300000000
log_time = true
)");
  file.sources.environment = {{"NIGHTSHIFT_PROCESS__WEB__LIVE_FAILURES", "5"},
                              {"NIGHTSHIFT_PROCESS__REDIS__COMMAND", "redis-server"}};
  const auto settings = file.load();
  BOOST_TEST_REQUIRE(settings.has_value(), (settings ? "" : settings.error().detail));
  BOOST_TEST(settings->processes.size() == 2u);
  BOOST_TEST(settings->processes.at("redis").command() == "redis-server");
  const auto& web = settings->processes.at("web");
  BOOST_TEST(web.cwd() == (file.folder / "app").string());
  BOOST_TEST(web.watch(0) == (file.folder / "src").string());
  BOOST_TEST(web.watch(1) == "/etc/app.conf");
  BOOST_TEST(web.watch_ignore_size() == 2);
  BOOST_TEST(web.args(1) == "8080");
  BOOST_TEST(web.instances() == 2u);
  BOOST_TEST(web.restart() == RESTART_POLICY_ON_FAILURE);
  BOOST_TEST(web.stop_exit_codes(1) == 143u);
  BOOST_TEST(web.ready(0) == "tcp:8080 and output:up");
  BOOST_TEST(web.live_every_ms() == 1000u);
  BOOST_TEST(web.live_failures() == 5u);
  BOOST_TEST(web.cron_restart() == "0 4 * * mon-fri");
  BOOST_TEST(web.memory_restart_bytes() == 300'000'000u);
  BOOST_TEST(web.kill_first_only());
  BOOST_TEST(web.log_time());
}

BOOST_AUTO_TEST_CASE(what_could_never_work_is_refused_with_the_reason) {
  check_refused(FromFile("[process.web]\nargs = [\"x\"]\n").load(),
                {"[process.web]", "has no command"});
  refused("restart = \"sometimes\"", {"restart", "always"});
  refused("stop_exit_codes = [\"SIGTERM\"]", {"stop_exit_codes", "must be numbers"});
  refused("kill_signal = \"TERM\"", {"there is no signal TERM"});
  refused("kill_timeout_ms = -1", {"kill_timeout_ms", "0 to"});
  refused("ready = [\"tcp:port\"]", {"\"tcp:port\" is no check"});
  refused("ready = [\"tcp:db.example.org:80\"]", {"HOST is localhost or an address"});
  refused("live = [\"notify\"]", {"live is asked from outside"});
  refused("live_every_ms = 5", {"live_every_ms must be 10 at least"});
  refused("live_timeout_ms = 0", {"live_timeout_ms must be 1 at least"});
  refused("live_failures = 0", {"live_failures must be 1 at least"});
  refused("startup = [\"output:up\"]", {"startup is asked from outside"});
  refused("after = [\"redis:soon\"]", {"redis:soon"});
  refused("cron_restart = \"0 25 * * *\"", {"\"25\" is no hour, 0 to 23"});
  refused("cron_zone = \"Europe/Berlin\"", {"cron_restart", "there is none"});
  refused("cron_restart = \"@daily\"\ncron_zone = \"Europe/Berln\"",
          {"no time zone Europe/Berln", "Europe/Berlin"});
  refused("memory_bytes_max = 10", {"less than 1 MiB"});
  refused("env = [\"PORT\"]", {"every entry is NAME=VALUE"});
  for (const std::string name : {"API_KEY", "DB_PASS", "SMTP_PWD", "PASS", "PASSPHRASE",
                                 "SSH_PASSPHRASE", "GITHUB_TOKEN", "db_password"}) {
    refused("env = [\"" + name + "=x\"]", {name, "seal it with"});
  }
  const FromFile file(
      "[process.web]\ncommand = \"sleep\"\nenv = [\"PWD=/srv\", \"OLDPWD=/\", "
      "\"BYPASS=1\", \"KEYBOARD=de\"]\n");
  BOOST_TEST(file.load().has_value());
}

}  // namespace nightshift::tests
