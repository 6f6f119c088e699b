// What an executor finds out before a command is decided, where only a look outside can tell.
#pragma once

#include <google/protobuf/message.h>

#include "messages/error.hpp"
#include "messages/ids.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::runtime {

/// An executor may be one as well. Thread-safe.
class Surveyor {
 public:
  virtual ~Surveyor() = default;

  /// True if this command is decided by what `survey` finds. Must not block.
  virtual bool surveys(const google::protobuf::Message& command) const = 0;
  /// The places where its executor can act, as this command needs them: for its decision alone they
  /// stand beside the fixed ones (`Executor::targets`). On a thread of the host; may read files and
  /// the journal, and waits for nobody. An error refuses the command, unless it is a repeat. What
  /// was found may be out of date when the command is decided: the executor looks again right
  /// before it acts.
  virtual Result<kernel::Targets> survey(const EntityRef& entity,
                                         const google::protobuf::Message& command) const = 0;
};

}  // namespace nightshift::runtime
