// Whole files: what becomes of them is golden, field by field.
#include <boost/test/unit_test.hpp>

#include "bridges/cli/ecosystem/translate.hpp"
#include "messages/json.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::bridges::cli::ecosystem;

const std::filesystem::path samples = "tests/bridges/cli/ecosystem/samples";

Surroundings around(const std::string& environment = "") {
  Surroundings here;
  here.folder = "/home/anna/shop";
  here.home = "/home/anna";
  here.processors = 2;
  here.environment = environment;
  here.look = [](const std::filesystem::path& path) {
    if (path == "/usr/sbin/nginx" || path == "/bin/sh") return Lies::program;
    return path.extension().empty() && !path.string().ends_with("/www") ? Lies::nothing
                                                                        : Lies::text;
  };
  return here;
}

std::string_view word(Remark::Weight weight) {
  switch (weight) {
    case Remark::Weight::changed: return "changed";
    case Remark::Weight::left_out: return "left out";
    case Remark::Weight::wrong: return "wrong";
  }
  return "";
}

/// What somebody who reviews it wants to see: no field that has its default.
std::string shown(const ProcessConfig& config) {
  const auto all = Json::parse(to_json(config));
  Json set = Json::object();
  const ProcessConfig none;
  const auto defaults = Json::parse(to_json(none));
  for (const auto& [name, value] : all.items()) {
    if (!defaults.contains(name) || defaults.at(name) != value) set[name] = value;
  }
  return set.dump(1);
}

std::string page(const Translation& translation) {
  std::string text;
  for (const auto& process : translation.processes) {
    text +=
        process.id + (process.start ? "" : " (not started)") + " " + shown(process.config) + "\n";
  }
  for (const auto& remark : translation.remarks) {
    text += std::string(word(remark.weight)) + ": " + (remark.app.empty() ? "-" : remark.app) +
            "." + remark.field + ": " + remark.text + "\n";
  }
  for (const auto& [name, value] : translation.secrets) text += "sealed: " + name + "\n";
  return text;
}

Translation of(const std::string& json, const std::string& environment = "") {
  return translate(read_json(json).value(), around(environment));
}

/// The remarks of the app `a`, one line each.
std::string remarks_of(const std::string& fields) {
  const auto translation = of(R"({"apps": [{"name": "a", "script": "a.js", )" + fields + "}]}");
  std::string text;
  for (const auto& remark : translation.remarks) {
    text += std::string(word(remark.weight)) + " " + remark.field + ": " + remark.text + "\n";
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(json_with_comments_becomes_processes) {
  const auto document = read_json(tests::read_file(samples / "processes.json"));
  BOOST_TEST_REQUIRE(document.has_value(), document.error().detail);
  tests::check_golden("tests/golden/ecosystem/processes.txt", page(translate(*document, around())));
}

BOOST_AUTO_TEST_CASE(yaml_with_anchors_becomes_processes) {
  const auto document = read_yaml(tests::read_file(samples / "services.yaml"));
  BOOST_TEST_REQUIRE(document.has_value(), document.error().detail);
  tests::check_golden("tests/golden/ecosystem/services.txt", page(translate(*document, around())));
}

BOOST_AUTO_TEST_CASE(a_procfile_becomes_processes) {
  const auto lines = read_procfile(tests::read_file(samples / "Procfile"));
  BOOST_TEST_REQUIRE(lines.has_value(), lines.error().detail);
  tests::check_golden("tests/golden/ecosystem/procfile.txt", page(translate(*lines, around())));
}

BOOST_AUTO_TEST_CASE(every_unknown_field_is_named_with_the_nearest_known_one) {
  BOOST_TEST(remarks_of(R"("autorestrat": false)") ==
             "left out autorestrat: PM2 has no such field; did you mean autorestart?\n");
  BOOST_TEST(remarks_of(R"("__proto__": {"polluted": true}, "constructor": 1)")
                 .find("left out __proto__: PM2 has no such field") == 0u);
}

BOOST_AUTO_TEST_CASE(wrong_types_are_named_and_nothing_is_usable) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("instances": "many")", "wrong instances: wants a number up to 1000, or \"max\", not "},
      {R"("instances": 1e9)", "wrong instances: "},
      {R"("instances": 1.5)", "wrong instances: "},
      {R"("instances": -2000)", "wrong instances: "},
      {R"("max_memory_restart": "300 lots")", "wrong max_memory_restart: wants bytes"},
      {R"("max_memory_restart": -1)", "wrong max_memory_restart: "},
      {R"("max_memory_restart": 1e300)", "wrong max_memory_restart: "},
      {R"("kill_timeout": "soon")", "wrong kill_timeout: wants milliseconds"},
      {R"("kill_timeout": 1e12)", "wrong kill_timeout: "},
      {R"("wait_ready": "perhaps")", "wrong wait_ready: wants true or false"},
      {R"("args": {"a": 1})", "wrong args: wants a text, not an object"},
      {R"("args": "an 'open quote")", "wrong args: has a quote that is never closed"},
      {R"("args": [["nested"]])", "wrong args: wants a list of texts, not a list"},
      {R"("args": ["zero\u0000byte"])", "wrong args: "},
      {R"("env": [1])", "wrong env: wants an object of variables, not a list"},
      {R"("env": {"A=B": "c"})", "wrong env: has a name that is none of a variable"},
      {R"("cwd": 7)", "wrong cwd: wants a text, not the number 7"},
      {R"("stop_exit_codes": [256])", "wrong stop_exit_codes: "},
      {R"("exec_mode": "thread")", "wrong exec_mode: wants fork or cluster"},
      {R"("watch": {"a": 1})", "wrong watch: "},
      {R"("cron_restart": {"\u0001": "Function"})", "wrong cron_restart: wants a text, not a Func"},
  };
  for (const auto& [fields, says] : cases) {
    const auto remarks = remarks_of(fields);
    BOOST_TEST(remarks.find(says) != std::string::npos, fields << " gave: " << remarks);
  }
  BOOST_TEST(!of(R"([{"name": "a", "script": "a.js", "args": 7}])").usable());
  BOOST_TEST(of(R"([{"name": "a", "script": "a.js", "args": "7"}])").usable());
}

BOOST_AUTO_TEST_CASE(documents_that_are_none_are_refused) {
  for (const auto* json : {"{}", "[]", "7", "null", "[[]]", R"({"apps": 7})", R"({"apps": []})",
                           R"({"apps": [null]})", R"({"apps": [{"name": "a"}]})"}) {
    const auto translation = of(json);
    BOOST_TEST(!translation.usable(), json);
    BOOST_TEST(translation.processes.empty(), json);
  }
}

BOOST_AUTO_TEST_CASE(apps_of_one_name_are_told_apart_and_instances_never_meet_another_app) {
  const auto twice = of(R"([{"script": "a.js"}, {"script": "a.js"}])");
  BOOST_TEST_REQUIRE(twice.processes.size() == 2u);
  BOOST_TEST(twice.processes[1].id == "a-2");
  const auto met = of(R"([{"name": "a", "script": "a.js", "instances": 2},
                          {"name": "a.1", "script": "b.js"}])");
  BOOST_TEST(met.processes.back().id == "a.1-2");
  const auto meets = of(R"([{"name": "a.1", "script": "b.js"},
                            {"name": "a", "script": "a.js", "instances": 2}])");
  BOOST_TEST(!meets.usable());
}

BOOST_AUTO_TEST_CASE(a_file_makes_a_thousand_processes_at_most) {
  std::string apps = "[";
  for (int i = 0; i < 40; ++i) {
    apps += (i == 0 ? "" : ",") + std::string(R"({"script": "a.js", "instances": 1000})");
  }
  const auto many = of(apps + "]");
  BOOST_TEST(!many.usable());
  BOOST_TEST(many.processes.size() == processes_max);
}

BOOST_AUTO_TEST_CASE(secrets_never_reach_a_configuration) {
  const auto translation = of(R"([{"name": "a", "script": "a.js", "instances": 2, "env": {
      "API_KEY": "k1", "url": "https://user:k2@host/", "CERT": "-----BEGIN PRIVATE KEY-----k3",
      "SECRET_EMPTY": "", "PLAIN": "p", "SITE": "https://host:443/@k"}}])");
  BOOST_TEST_REQUIRE(translation.processes.size() == 2u);
  for (const auto& process : translation.processes) {
    const auto text = to_json(process.config);
    for (const auto* secret : {"k1", "k2", "k3"}) {
      BOOST_TEST(text.find(secret) == std::string::npos, text);
    }
    BOOST_TEST(text.find("API_KEY=sealed:a.API_KEY") != std::string::npos, text);
    BOOST_TEST(text.find("SITE=https://host:443/@k") != std::string::npos, text);
  }
  BOOST_TEST(translation.secrets.size() == 3u);
  BOOST_TEST(translation.secrets.at("a.API_KEY") == "k1");
}

BOOST_AUTO_TEST_CASE(an_environment_that_no_app_has_is_said) {
  const auto translation = of(R"([{"name": "a", "script": "a.js"}])", "production");
  BOOST_TEST(page(translation).find("changed: a.env_production: there is no such block") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_shop_as_node_gives_it_becomes_processes_with_and_without_an_environment) {
  const auto document = read_json(tests::read_file("tests/golden/ecosystem/shop.json")).value();
  tests::check_golden("tests/golden/ecosystem/shop.txt", page(translate(document, around())));
  tests::check_golden("tests/golden/ecosystem/shop-production.txt",
                      page(translate(document, around("production"))));
}
