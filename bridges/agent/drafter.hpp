// What drafts.
#pragma once

#include <functional>

#include "messages/draft.pb.h"
#include "messages/effects.pb.h"
#include "messages/error.hpp"

namespace nightshift::bridges::agent {

/// True once the node stops.
using Stop = std::function<bool()>;

/// Thread-safe.
class Drafter {
 public:
  virtual ~Drafter() = default;

  /// What the task asks for, in words: `title`, `body`, `to`, `cc`, `subject`, `account`, `channel`
  /// and `written_by`, what it is in its own words. What it leaves empty is the task's.
  /// Errors: `timed_out`, `too_large`, `invalid` (what it says is no draft), `io` (it cannot be
  /// run), `config` (trying again would change nothing), `stopping`.
  virtual Result<draft::Write> write(const effect::ComposeDraft& task, const Stop& stop) = 0;
};

}  // namespace nightshift::bridges::agent
