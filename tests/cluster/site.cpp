// A place where a node runs.
#include "tests/cluster/site.hpp"

#include <csignal>

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {

Site::Site(std::string name, std::string role) : name_(std::move(name)), role_(std::move(role)) {}

Ended Site::run(std::vector<std::string> arguments) const {
  std::vector<std::string> all{"--data", (folder_ / "data").string()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  Launch launch;
  launch.arguments = std::move(all);
  launch.environment = {{"NIGHTSHIFT_NODE__NAME", name_},
                        {"NIGHTSHIFT_NODE__ROLE", role_},
                        {"XDG_CONFIG_HOME", (folder_ / "none").string()}};
  return run_program(launch);
}

nlohmann::json Site::told(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), "--json");
  const auto ended = run(std::move(arguments));
  BOOST_TEST_REQUIRE(ended.exit_code == 0, ended.err);
  return nlohmann::json::parse(ended.out);
}

void Site::start(std::vector<std::string> arguments, const std::string& crash_at) {
  Launch launch;
  launch.arguments = {"node", "--data", (folder_ / "data").string(), "--http", "127.0.0.1:0"};
  launch.arguments.insert(launch.arguments.end(), arguments.begin(), arguments.end());
  launch.environment = {{"NIGHTSHIFT_NODE__NAME", name_},
                        {"NIGHTSHIFT_NODE__ROLE", role_},
                        {"XDG_CONFIG_HOME", (folder_ / "none").string()}};
  if (!crash_at.empty()) launch.environment["NIGHTSHIFT_CRASH_AT"] = crash_at;
  for (std::size_t i = 0; i < launch.arguments.size(); ++i) {
    // The peers are a setting, not a flag.
    if (launch.arguments[i] != "--peers") continue;
    launch.environment["NIGHTSHIFT_CLUSTER__PEERS"] = launch.arguments[i + 1];
    launch.arguments.erase(launch.arguments.begin() + static_cast<std::ptrdiff_t>(i),
                           launch.arguments.begin() + static_cast<std::ptrdiff_t>(i + 2));
  }
  node_.emplace(NodeProcess::start(launch));
  if (!node_->ready()) BOOST_FAIL("the node did not start: " + node_->wait().err);
}

std::string Site::cluster_address() const {
  const auto& line = node_->ready_line();
  return line.substr(line.find("cluster=") + 8);
}

void Site::kill() {
  node_->signal(SIGKILL);
  node_->wait();
  node_.reset();
}

void Site::await_crash() {
  BOOST_TEST_REQUIRE(node_->ends_within(process_deadline), name_ << " did not reach its point");
  node_->wait();
  node_.reset();
}

std::optional<nlohmann::json> Site::peer(const std::string& name) const {
  const auto status = told({"cluster", "status"});
  if (!status.contains("sessions")) return std::nullopt;
  for (const auto& peer : status.at("sessions").at("peers")) {
    if (peer.at("node") == name) return peer;
  }
  return std::nullopt;
}

bool Site::is_with(const std::string& name) const {
  const auto found = peer(name);
  return found && found->at("state") == "up";
}

}  // namespace nightshift::tests
