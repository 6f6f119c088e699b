// What a draft says: checked against its channel, digested, and put as a proposal.
#pragma once

#include <string>

#include "messages/approval.pb.h"
#include "messages/assignment.pb.h"
#include "messages/draft.pb.h"
#include "messages/error.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::actors {

/// Bounds of a draft, beside those of the schema.
inline constexpr int draft_recipients_max = 100;

/// The content of a command, the title filled in: the subject, else the first line of the body.
Result<draft::Content> content_of(const draft::Write& command);
/// `before` with what the command gives.
Result<draft::Content> edited(draft::Content before, const draft::Edit& command);

/// Hex, over every field.
std::string content_digest_of(const draft::Content& content);

/// What is proposed for it: the channel's category, and for social networks an account that names
/// the network, so that it is part of what is signed. `webhook` is the target that it goes to; its
/// payload is the content as JSON. Without one a mail goes by one of `accounts`, if one is meant:
/// the content names it or its sender, or names nothing and there is only one or one called
/// `default`. Everything else goes to the outbox.
Result<approval::Propose> proposal_of(const draft::Content& content, const std::string& webhook,
                                      const kernel::Targets& accounts);

}  // namespace nightshift::actors
