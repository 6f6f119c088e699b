// Configurations that are programs: honest ones, and those that pry, hang, shout or lie.
#include <boost/test/unit_test.hpp>

#include "bridges/cli/ecosystem/javascript.hpp"
#include "bridges/cli/ecosystem/translate.hpp"
#include "messages/json.hpp"
#include "runtime/bounded_run.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::bridges::cli::ecosystem;
using runtime::find_program;
using runtime::run_bounded;
namespace utf = boost::unit_test;

constexpr const char* path = "/usr/local/bin:/usr/bin:/bin";

/// A folder with one configuration in it, and something outside of it that is nobody's business.
struct Desk {
  Result<Evaluated> evaluate(const std::string& text, const std::string& name = "a.config.js") {
    std::filesystem::create_directories(folder / "app");
    tests::write_file(folder / "diary.txt", "dear diary");
    tests::write_file(folder / "app" / name, text);
    Evaluation evaluation{folder / "app" / name, path, "/home/anna", {"GIVEN=given"}};
    evaluation.unconfined = unconfined;
    evaluation.time_max = time_max;
    return evaluate_javascript(evaluation);
  }
  std::string document(const std::string& text, const std::string& name = "a.config.js") {
    const auto read = evaluate(text, name);
    return read ? read->document.dump() : read.error().detail;
  }

  tests::TemporaryFolder folder;
  bool unconfined = false;
  std::chrono::milliseconds time_max{60'000};
};

/// A container may have bubblewrap and not let it make namespaces.
bool works(std::string_view program) {
  if (program != "bwrap") return true;
  const auto bubblewrap = find_program(program, path)->string();
  runtime::BoundedRun run;
  run.arguments = {bubblewrap, "--unshare-all", "--ro-bind", "/", "/", "/bin/true"};
  run.environment = {"PATH=/bin"};
  const auto ended = run_bounded(run);
  return ended && ended->exit_code == 0;
}

utf::precondition::predicate_t here(std::vector<const char*> programs) {
  return [programs](utf::test_unit_id) {
    boost::test_tools::assertion_result answer(true);
    for (const auto* program : programs) {
      if (find_program(program, path) && works(program)) continue;
      answer = boost::test_tools::assertion_result(false);
      answer.message() << program << " is not installed, or does not work here";
    }
    return answer;
  };
}

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(javascript, *utf::precondition(here({"node", "bwrap"})))

BOOST_FIXTURE_TEST_CASE(what_a_module_exports_is_the_document, Desk) {
  BOOST_TEST(document("module.exports = {apps: [{name: 'a'}]}") == R"({"apps":[{"name":"a"}]})");
  BOOST_TEST(document("module.exports = [1]", "a.config.cjs") == "[1]");
  BOOST_TEST(document("export default {apps: []}", "a.config.mjs") == R"({"apps":[]})");
  BOOST_TEST(document("export const apps = [{name: 'a'}]", "b.config.mjs") ==
             R"({"apps":[{"name":"a"}]})");
}

BOOST_FIXTURE_TEST_CASE(what_json_would_drop_is_named, Desk) {
  const auto text = document(
      "module.exports = {a: () => 1, b: /x/, c: Infinity, d: new Map([[1, 2]]), e: 10n, "
      "f: undefined, g: Symbol('s')}");
  BOOST_TEST(text ==
             R"({"a":{"\u0001":"Function"},"b":{"\u0001":"RegExp"},"c":{"\u0001":"Infinity"},)"
             R"("d":{"\u0001":"Map"},"e":{"\u0001":"BigInt"},"g":{"\u0001":"Symbol"}})");
}

BOOST_FIXTURE_TEST_CASE(what_it_prints_is_in_nobodys_way, Desk) {
  BOOST_TEST(document("console.log('{\"document\": 7}'); process.stdout.write('x'.repeat(1e6));"
                      "console.error('e'); module.exports = [1]") == "[1]");
}

BOOST_FIXTURE_TEST_CASE(it_ends_even_where_it_left_something_running, Desk) {
  BOOST_TEST(document("setInterval(() => {}, 1000); require('http').createServer().listen(0);"
                      "module.exports = [1]") == "[1]");
}

BOOST_FIXTURE_TEST_CASE(an_endless_loop_is_ended, Desk) {
  time_max = std::chrono::milliseconds(1'500);
  const auto looped = evaluate("for (;;) {}");
  BOOST_TEST_REQUIRE(!looped);
  BOOST_TEST((looped.error().code == ErrorCode::timed_out), looped.error().detail);
  const auto waited = evaluate("require('child_process').spawn('sleep', ['1000']); for (;;) {}");
  BOOST_TEST((!waited && waited.error().code == ErrorCode::timed_out));
}

BOOST_FIXTURE_TEST_CASE(it_sees_its_own_folder_and_nothing_else, Desk) {
  const std::string read =
      "const fs = require('fs'); const look = (f) => { try { return "
      "fs.readFileSync(f, 'utf8') } catch (e) { return e.code } };";
  const auto own = (folder / "app").string();
  tests::write_file(folder / "note.txt", "");
  BOOST_TEST(document(read + "module.exports = [look(__dirname + '/../diary.txt'), "
                             "look('/etc/passwd'), look(__filename).length > 10]") ==
             R"(["ENOENT","ENOENT",true])");
  BOOST_TEST(document("try { require('fs').writeFileSync(__dirname + '/x', 'x') } catch (e) { "
                      "module.exports = [e.code] }") == R"(["EROFS"])");
  BOOST_TEST(document("const n = require('os').networkInterfaces(); module.exports = "
                      "Object.keys(n).filter((name) => name !== 'lo')") == "[]");
  BOOST_TEST(document(read + "module.exports = require('fs').readdirSync('/proc')"
                             ".filter((name) => Number(name) > 20)") == "[]");
}

BOOST_FIXTURE_TEST_CASE(its_environment_is_clean_and_what_it_missed_is_told, Desk) {
  const auto read = evaluate(
      "module.exports = [process.env.HOME, process.env.GIVEN, "
      "process.env.DATABASE_URL || 'none', 'PORT' in process.env]");
  BOOST_TEST_REQUIRE(read.has_value(), read.error().detail);
  BOOST_TEST(read->document.dump() == R"(["/home/anna","given","none",false])");
  BOOST_TEST_REQUIRE(read->missed.size() == 1u);
  BOOST_TEST(read->missed[0] == "DATABASE_URL");
}

BOOST_FIXTURE_TEST_CASE(prototypes_that_it_spoils_are_its_own, Desk) {
  const auto text = document(
      "Object.prototype.polluted = {name: 'x'}; Array.prototype.toJSON = () => 'spoilt';"
      "module.exports = JSON.parse('{\"__proto__\": {\"script\": \"y\"}}')");
  BOOST_TEST(!says(text, "polluted"), text);
}

BOOST_FIXTURE_TEST_CASE(failures_are_told_with_their_cause, Desk) {
  const std::pair<const char*, const char*> cases[] = {
      {"throw new Error('no such stage')", "no such stage"},
      {"module.exports = {", "SyntaxError"},
      {"require('dotenv')", "Cannot find module 'dotenv'"},
      {"process.exit(3)", "ended with 3 before it gave"},
      {"process.kill(process.pid, 'SIGKILL')", "before it gave"},
      {"const a = {}; a.a = a; module.exports = a", "circular"},
      {"module.exports = () => ({})", "it gives a Function"},
      {"module.exports = 'x'.repeat(9e6)", "more than"},
      {"let a = []; for (let i = 0; i < 100; ++i) a = [a]; module.exports = a", "nests deeper"},
      {"throw null", "null"},
  };
  for (const auto& [text, part] : cases) {
    const auto read = evaluate(text);
    const auto detail = read ? "it gives " + read->document.dump() : read.error().detail;
    const bool function = says(detail, R"({"\u0001":"Function"})");
    BOOST_TEST((says(detail, part) || function), text << " gave " << detail);
  }
}

BOOST_AUTO_TEST_CASE(the_shop_becomes_processes_as_production_and_without_an_environment) {
  Evaluation evaluation{
      std::filesystem::absolute("tests/bridges/cli/ecosystem/samples/shop.config.js"),
      path,
      "/home/anna",
      {}};
  evaluation.time_max = std::chrono::minutes(1);
  const auto read = evaluate_javascript(evaluation);
  BOOST_TEST_REQUIRE(read.has_value(), read.error().detail);
  auto text = read->document.dump(1) + "\n";
  const auto folder = evaluation.file.parent_path().string();
  for (auto at = text.find(folder); at != text.npos; at = text.find(folder)) {
    text.replace(at, folder.size(), "/home/anna/shop");
  }
  tests::check_golden("tests/golden/ecosystem/shop.json", text);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(without_a_sandbox_it_has_the_rights_of_who_asks, Desk,
                        *utf::precondition(here({"node"}))) {
  unconfined = true;
  BOOST_TEST(document("module.exports = [require('fs').readFileSync(__dirname + '/../diary.txt', "
                      "'utf8')]") == R"(["dear diary"])");
}

BOOST_FIXTURE_TEST_CASE(a_machine_without_node_or_bubblewrap_says_what_to_do, Desk) {
  tests::write_file(folder / "a.config.js", "module.exports = []");
  const auto read = evaluate_javascript({folder / "a.config.js", "/nonexistent", "/home/anna", {}});
  BOOST_TEST_REQUIRE(!read);
  BOOST_TEST((read.error().code == ErrorCode::not_found));
  BOOST_TEST(says(read.error().detail, "there is no node here"), read.error().detail);
  BOOST_TEST(says(read.error().detail, "ecosystem.json"), read.error().detail);
  std::filesystem::create_directories(folder / "bin");
  tests::write_file(folder / "bin/node", "");
  std::filesystem::permissions(folder / "bin/node", std::filesystem::perms::owner_all);
  const auto bare =
      evaluate_javascript({folder / "a.config.js", (folder / "bin").string(), "/home/anna", {}});
  BOOST_TEST_REQUIRE(!bare);
  BOOST_TEST(says(bare.error().detail, "--unconfined"), bare.error().detail);
}
