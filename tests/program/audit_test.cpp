// What an auditor gets: a head, a file, and a program that needs no node.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::tests {
namespace {

/// The verifier that was built beside the program.
Ended verify(std::vector<std::string> arguments) {
  const std::filesystem::path program = std::getenv("NIGHTSHIFT_PROGRAM");
  Launch launch{std::move(arguments), {}, 0};
  launch.program = (program.parent_path() / "nightshift-verify").string();
  return run_program(launch);
}

void check(int exit_code, const std::string& part, std::vector<std::string> arguments) {
  const auto ended = verify(std::move(arguments));
  BOOST_TEST(ended.exit_code == exit_code, ended.out << ended.err);
  BOOST_TEST(says(ended.out + ended.err, part), ended.out << ended.err);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audits, House)

BOOST_AUTO_TEST_CASE(an_auditor_needs_a_file_a_head_and_no_node) {
  start();
  propose("one");
  propose("two");
  const auto head = run({"audit", "head"}).out;
  BOOST_TEST(says(head, "\nsigned "), head);
  write_file(path("head"), head);
  const auto key = nlohmann::json::parse(run({"--json", "audit", "head"}).out).at("public_key");
  BOOST_TEST(says(head, key.get<std::string>()), head);
  expect(0, "exported up to offset", {"audit", "export", path("export")});
  expect(1, "is there already", {"audit", "export", path("export")});
  expect(0, "saved", {"backup", path("saved")});
  propose("three");
  stop();
  for (const auto& evidence :
       {path("export"), path("saved"), folder().root().string(), folder().journal().string()}) {
    check(0, "whole: ", {evidence, "--head", path("head")});
    expect(0, "with the head that was kept", {"audit", "verify", evidence, "--head", path("head")});
  }
  check(0, "is seen only against a head saved before", {path("export")});

  auto changed = read_file(path("export"));
  changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
  write_file(path("changed"), changed);
  check(1, "this export is not what was written", {path("changed"), "--head", path("head")});
  expect(1, "the export is not what was written", {"audit", "verify", path("changed")});
  write_file(path("saved/journal/more"), "");
  check(1, "journal/more is not in the manifest", {path("saved")});
  auto forged = head;
  auto& letter = forged[forged.size() - 20];
  letter = letter == 'A' ? 'B' : 'A';
  write_file(path("forged"), forged);
  check(5, "it was changed since it was saved", {path("export"), "--head", path("forged")});
}

BOOST_AUTO_TEST_CASE(the_verifier_says_what_it_wants) {
  check(2, "nightshift-verify PATH", {});
  check(2, "nightshift-verify PATH", {"one", "two"});
  check(2, "cannot be read", {"one", "--head", path("none")});
  check(3, "holds no journal", {path("none")});
  check(0, "Ends with 0", {"--help"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
