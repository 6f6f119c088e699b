// A node that keeps processes: they settle at once, but for those that the test says otherwise of.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/bridges/cli/played_node.hpp"

namespace nightshift::bridges::cli::tests {

class PlayedProcesses {
 public:
  struct One {
    std::string status = "online";
    nlohmann::json view;
    /// Where it was first defined.
    int born = 0;
    /// What it becomes when it is asked for the next time.
    std::string next;
  };

  /// As if it had been defined and started.
  One& add(const std::string& id, const std::string& app = "");
  /// What it becomes once it has been asked for something.
  void becomes(const std::string& id, const std::string& status) { processes_[id].next = status; }
  Answered operator()(const Asked& asked);
  const One& at(const std::string& id) const { return processes_.at(id); }
  /// `WORD ID` of every command, in order.
  std::string commands() const;

 private:
  Answered read(const std::string& target);
  Answered command(const Asked& asked);
  static std::string entity(const std::string& id, const One& one);

  mutable std::mutex mutex_;
  std::map<std::string, One> processes_;
  std::string commands_;
};

}  // namespace nightshift::bridges::cli::tests
