// A place where a node runs: its folder, its configuration, and the program for both.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/program/program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

class Site {
 public:
  Site(std::string name, std::string role);

  /// The program with `--data` of this site.
  Ended run(std::vector<std::string> arguments) const;
  /// The same, which must succeed, with `--json`.
  nlohmann::json told(std::vector<std::string> arguments) const;

  /// In the foreground, on a free port, with more arguments. Must get ready. `crash_at` is a named
  /// point where it ends at once, as if killed.
  void start(std::vector<std::string> arguments = {}, const std::string& crash_at = {});
  NodeProcess& node() { return *node_; }
  /// HOST:PORT of the ready line.
  std::string cluster_address() const;
  void kill();
  /// It ends by itself, at its named point; fails the test where it does not.
  void await_crash();

  /// The session with this peer as `cluster status` shows it; nothing where there is none.
  std::optional<nlohmann::json> peer(const std::string& name) const;
  bool is_with(const std::string& name) const;
  std::filesystem::path path(const std::string& file) const { return folder_ / file; }

 private:
  std::string name_;
  std::string role_;
  TemporaryFolder folder_;
  std::optional<NodeProcess> node_;
};

}  // namespace nightshift::tests
