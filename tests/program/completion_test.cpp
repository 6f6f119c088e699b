// Real shells, each with its own script: what is typed with tabs in it is what then runs.
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>

#include "tests/program/house.hpp"

namespace {

using namespace nightshift::tests;

/// A shell that reads no files of its own, and how the completion gets into it.
struct Shell {
  std::string program;
  std::vector<std::string> arguments;
  std::string load;
};

const Shell bash{
    "/bin/bash", {"--norc", "--noprofile", "-i"}, R"sh(eval "$(nightshift completion bash)")sh"};
const Shell zsh{
    "/bin/zsh",
    {"-f", "-i"},
    R"sh(autoload -Uz compinit; compinit -u -D; eval "$(nightshift completion zsh)")sh"};
const Shell fish{"/usr/bin/fish", {"--no-config", "-i"}, "nightshift completion fish | source"};

/// A house with one proposal, and the program on the shell's path under its own name.
struct Street : House {
  Street() {
    add_anna();
    start();
    propose("offer-of-tonight");
    const std::filesystem::path program = std::getenv("NIGHTSHIFT_PROGRAM");
    environment["PATH"] = program.parent_path().string() + ":/usr/bin:/bin";
    environment["NIGHTSHIFT_DATA"] = folder().root().string();
    environment["PS1"] = "ready> ";
    environment["PROMPT"] = "ready> ";
    environment["INPUTRC"] = "/dev/null";
  }

  void type_with_tabs(const Shell& shell) const {
    const auto file = path("letter.txt");
    std::filesystem::copy_file(passphrase_file(), file);
    const Launch launch{shell.arguments, environment, 0, shell.program};
    const std::string begin =
        "nightshift approva\tprop\tsecond ti\tA cat\temail to\tb@example.org ";
    const auto ended = run_on_terminal(
        launch, {{"", shell.load + "; echo load''ed", {}},
                 {"loaded", "nightshift get approval/offer-o\t", {}},
                 {"pending", "echo next''line", {}},
                 {"nextline", begin + "body=@" + file.substr(0, file.size() - 4) + "\t", {}},
                 {"second  pending", "exit", {}}});
    BOOST_TEST(ended.exit_code == 0, ended.out);
    expect(0, "correct horse", {"get", "approval/second"});
  }
};

auto has(const Shell& shell) {
  return [program = shell.program](boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result answer(::access(program.c_str(), X_OK) == 0);
    answer.message() << program << " is not installed";
    return answer;
  };
}

namespace utf = boost::unit_test;

}  // namespace

BOOST_FIXTURE_TEST_CASE(bash_completes_kinds_commands_fields_ids_and_files, Street) {
  type_with_tabs(bash);
}

BOOST_FIXTURE_TEST_CASE(zsh_completes_the_same, Street, *utf::precondition(has(zsh))) {
  type_with_tabs(zsh);
}

BOOST_FIXTURE_TEST_CASE(fish_completes_the_same, Street, *utf::precondition(has(fish))) {
  type_with_tabs(fish);
}
