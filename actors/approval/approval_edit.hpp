// What an edit makes of a proposal.
#pragma once

#include "messages/approval.pb.h"
#include "messages/error.hpp"

namespace nightshift::actors {

/// `before` with what the command gives and without what it clears; the rest stays. Who may do it,
/// and whether the outcome may be proposed, is not asked here.
/// Errors, with the field in `instance`: `invalid` for an edit that names nothing, clears a field
/// that it gives, or clears what is no field.
Result<approval::Proposal> edited(const approval::Proposal& before, approval::Edit command);

}  // namespace nightshift::actors
