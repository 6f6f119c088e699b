// A keeper of its own for one test, spoken to as a node does.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bridges/process/keeper/proc.hpp"
#include "bridges/process/keeper_client.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

namespace bridge = bridges::process;
namespace keeper_pb = nightshift::keeper;

/// Processes, by a word in their command lines; without those that have ended.
std::vector<bridge::ProcessRow> with_word(const std::string& word);
/// Zombies among the children of a process.
std::size_t zombies_of(pid_t parent);

class Kept {
 public:
  explicit Kept(bool with_groups = true);
  /// Ends what runs, and the keeper.
  ~Kept();

  bridge::KeeperClient& client() { return client_; }
  bridge::KeeperClient new_client() const;
  pid_t keeper() const { return keeper_; }
  /// Greets again, and starts a new one where the keeper has gone.
  void connect();

  /// A shell script as a run; `more` may change what is asked.
  std::string start(const std::string& script,
                    const std::function<void(keeper_pb::Start&)>& more = {});
  void stop(const std::string& run, bool at_once = false);
  void ask(const keeper_pb::ToKeeper& asked) { client_.send(asked); }
  void hear();

  const keeper_pb::Started& started(const std::string& run);
  /// Waits for its end.
  keeper_pb::Exited exited(const std::string& run);
  keeper_pb::Refused refused(const std::string& run);
  /// Why it was, as far as was heard; empty if it was not.
  std::string refusal(const std::string& run) const;
  /// What it has printed.
  std::string output(const std::string& run) const;
  std::filesystem::path output_file(const std::string& run) const;

  TemporaryFolder folder;

 private:
  bool with_groups_;
  bridge::KeeperClient client_;
  pid_t keeper_ = 0;
  std::map<std::string, keeper_pb::Refused> refused_;
};

}  // namespace nightshift::tests
