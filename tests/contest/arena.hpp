// A node that is killed, ended and started again under its callers, and a clock that runs fast.
#pragma once

#include <atomic>
#include <memory>
#include <shared_mutex>
#include <string>

#include "messages/usage.pb.h"
#include "runtime/node.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

/// One meter, `usage/m`, on a node of its own. Thread-safe.
class Arena {
 public:
  explicit Arena(Time start);

  /// Until the node says yes or no: what is lost with it is asked again under the same command id.
  Result<runtime::Answer> ask(const std::string& command_id,
                              const google::protobuf::Message& command);

  /// Ends the node with whatever is under way, and starts it again on the same journal.
  void restart();
  /// Ends one of its actors.
  void kill(const std::string& path);

  /// Every event of the meter, in order.
  std::vector<std::shared_ptr<const google::protobuf::Message>> history();

  runtime::ManualClock& clock() { return *clock_; }
  /// Commands that were answered so far.
  std::uint64_t answered() const { return answered_; }

 private:
  void start();

  const TemporaryFolder folder_;
  const std::shared_ptr<runtime::ManualClock> clock_;
  std::shared_mutex mutex_;
  std::shared_ptr<storage::EventLog> log_;
  std::unique_ptr<runtime::Node> node_;
  std::atomic<std::uint64_t> answered_ = 0;
};

}  // namespace nightshift::tests
