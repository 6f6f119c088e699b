// Renders a proposal into the canonical bytes that people sign and executors send, and back into
// what an approver is shown.
#pragma once

#include <string>

#include "messages/approval.pb.h"
#include "messages/canonical.hpp"
#include "messages/error.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::actors {

namespace approval_pb = nightshift::approval;

/// Bounds of a proposal.
inline constexpr std::size_t recipients_max = 100;
inline constexpr std::size_t recipient_bytes_max = 512;
inline constexpr std::size_t attachments_max = 32;
inline constexpr std::size_t attachment_bytes_max = 5u << 20;  // all of them together
inline constexpr std::size_t payload_bytes_max = 1u << 20;     // of a webhook
inline constexpr std::size_t title_shown_max = 60;             // code points
inline constexpr std::size_t preview_shown_max = 100;          // code points

/// Checks the content and fills in what this revision is: `executor`, `content`, `digest`, with
/// `proposed_at` as the message's date and `effect_id` in its id. Format: docs/formats/approval.md.
/// Errors, with the field in `instance`: `invalid`, `too_large` (a channel's limit, attachments),
/// `no_executor`.
Result<void> render(approval_pb::Proposal& proposal, const kernel::Context& context);

/// What the canonical bytes say, decoded for people: all that is in them, and nothing else.
struct Shown {
  std::string preview;
  /// The message's text, or the payload of a webhook.
  std::string body;
};
/// `corrupt` where the bytes are not what `render` makes.
Result<Shown> show(std::string_view content);

}  // namespace nightshift::actors
