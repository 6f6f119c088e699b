// A data folder, its node, and the command line before it.
#include "tests/program/house.hpp"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

#include "tests/support/golden.hpp"

namespace nightshift::tests {

House::House() : folder_(root_ / "data") {
  // Nothing of whoever runs the tests.
  environment = {{"HOME", root_.path().string()}, {"XDG_CONFIG_HOME", ""}, {"XDG_STATE_HOME", ""},
                 {"NIGHTSHIFT_DATA", ""},         {"TZ", "UTC"},           {"TERM", "xterm"}};
  write_file(passphrase_file(), "correct horse\n");
}

Launch House::launch(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"--data", folder_.root().string()});
  return {std::move(arguments), environment, 0, {}};
}

Ended House::run(std::vector<std::string> arguments) const {
  return run_program(launch(std::move(arguments)));
}

Ended House::expect(int exit_code, const std::string& part,
                    std::vector<std::string> arguments) const {
  std::string line;
  for (const auto& argument : arguments) line += argument + " ";
  auto ended = run(std::move(arguments));
  BOOST_TEST(ended.exit_code == exit_code,
             line << "ended with " << ended.exit_code << ": " << ended.out << ended.err);
  BOOST_TEST(says(ended.out + ended.err, part), line << "said: " << ended.out << ended.err);
  return ended;
}

Ended House::on_terminal(std::vector<std::string> arguments,
                         const std::vector<Typed>& script) const {
  return run_on_terminal(launch(std::move(arguments)), script);
}

void House::add_anna() const {
  expect(0, "anna can approve",
         {"approver", "add", "anna", "--passphrase-file", passphrase_file()});
}

NodeProcess House::try_start(std::vector<std::string> more, uid_t user) const {
  const bool said = std::ranges::find(more, "--http") != more.end();
  if (!said) more.insert(more.end(), {"--http", "127.0.0.1:0"});
  more.insert(more.begin(), {"node", "--quiet"});
  auto prepared = launch(std::move(more));
  prepared.user = user;
  return NodeProcess::start(prepared);
}

void House::start(std::vector<std::string> more) {
  node_.emplace(try_start(std::move(more)));
  if (!node_->ready()) BOOST_FAIL("the node did not start: " << node_->wait().err);
}

void House::stop() {
  if (!node_) return;
  node_->signal(SIGTERM);
  const auto ended = node_->wait();
  BOOST_TEST(ended.exit_code == 0, ended.err);
  node_.reset();
}

void House::propose(const std::string& id) const {
  expect(0, "pending",
         {"approval", "propose", id, "title=Offer " + id, "category=email", "to=bob@example.org",
          "body=Dear Bob,\nthe offer.\n"});
}

std::string House::status(const std::string& id) const {
  const auto ended = run({"--json", "get", "approval/" + id});
  if (ended.exit_code != 0) return "exit code " + std::to_string(ended.exit_code);
  return nlohmann::json::parse(ended.out).at("status").get<std::string>();
}

void House::await_status(const std::string& id, const std::string& wanted) const {
  const auto deadline = std::chrono::steady_clock::now() + process_deadline;
  std::string now;
  while ((now = status(id)) != wanted) {
    if (std::chrono::steady_clock::now() > deadline) {
      BOOST_FAIL(id << " is " << now << " and never became " << wanted);
    }
    ::poll(nullptr, 0, 20);
  }
}

std::vector<std::string> House::delivered() const {
  std::vector<std::string> messages;
  for (const auto* box : {"new", "cur"}) {
    const auto folder = folder_.root() / "Outbox" / box;
    if (!std::filesystem::exists(folder)) continue;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      messages.push_back(read_file(file.path()));
    }
  }
  return messages;
}

}  // namespace nightshift::tests
