// The drafter that needs nothing: no model, no network, no key.
#pragma once

#include "bridges/agent/drafter.hpp"

namespace nightshift::bridges::agent {

/// A frame for an answer, with what was asked beneath it. It says that nothing has thought about
/// it, in the body and in `written_by`. Fits every channel's limit.
class TemplateDrafter final : public Drafter {
 public:
  Result<draft::Write> write(const effect::ComposeDraft& task, const Stop& stop) override;
};

}  // namespace nightshift::bridges::agent
