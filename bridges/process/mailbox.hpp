// What other threads have for the bridge's thread: that the journal has grown, what became of
// commands.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

/// A command of ours was answered.
struct CommandAnswer {
  std::string process;
  /// Unset where it was accepted.
  bool accepted = true;
  Error error;
};

/// Thread-safe; outlives the bridge, as commands may be answered late.
class Mailbox {
 public:
  Mailbox();

  void journal_has_grown();
  void answered(CommandAnswer answer);
  void wake();

  /// Readable while there is something.
  int descriptor() const { return wakes_.get(); }
  std::vector<CommandAnswer> take();

 private:
  runtime::Descriptor wakes_;
  std::mutex mutex_;
  std::vector<CommandAnswer> answers_;
};

}  // namespace nightshift::bridges::process
