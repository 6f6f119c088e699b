// A data folder, its node, and the command line before it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/data_folder.hpp"
#include "tests/support/program/program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

inline bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class House {
 public:
  House();

  /// The command line on this folder; the node is found through it.
  Ended run(std::vector<std::string> arguments) const;
  /// The same, asserted to end with `exit_code`, and say `part` on stdout or stderr.
  Ended expect(int exit_code, const std::string& part, std::vector<std::string> arguments) const;
  Ended on_terminal(std::vector<std::string> arguments, const std::vector<Typed>& script) const;

  /// Anna's key, with the passphrase in `passphrase_file`.
  void add_anna() const;
  /// Starts the node, asserted to be ready.
  void start(std::vector<std::string> more = {});
  /// Starts it and lets the caller see what became of it.
  NodeProcess try_start(std::vector<std::string> more = {}, uid_t user = 0) const;
  void stop();

  /// A mail that waits for a decision.
  void propose(const std::string& id) const;
  /// `status` of an approval.
  std::string status(const std::string& id) const;
  /// Waits until it has this status; fails the test at the deadline.
  void await_status(const std::string& id, const std::string& status) const;
  /// Messages in the outbox.
  std::vector<std::string> delivered() const;

  std::string path(const std::string& name) const { return (root_ / name).string(); }
  const runtime::DataFolder& folder() const { return folder_; }
  NodeProcess& node() { return *node_; }
  std::string passphrase_file() const { return path("passphrase"); }

  std::map<std::string, std::string> environment;

 private:
  Launch launch(std::vector<std::string> arguments) const;

  TemporaryFolder root_;
  runtime::DataFolder folder_;
  std::optional<NodeProcess> node_;
};

}  // namespace nightshift::tests
