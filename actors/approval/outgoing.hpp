// Everything that one revision of an approval sends, between the proposal and its canonical bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/approval/mail_message.hpp"
#include "actors/approval/mail_route.hpp"
#include "actors/approval/permission.hpp"
#include "actors/approval/tool_call.hpp"
#include "actors/approval/webhook_call.hpp"
#include "messages/canonical.hpp"

namespace nightshift::actors {

/// The fields of `docs/formats/approval.md`, and what the message is made of. All texts have been
/// checked (approval_checks.hpp).
struct Outgoing {
  std::string approval;
  std::string channel;
  std::string action;
  std::string effect_id;
  std::string executor;
  std::string policy_version;
  std::string approvers;
  std::string account;
  std::vector<std::string> to;
  std::vector<std::string> cc;
  /// As proposed; may be empty.
  std::string subject;
  /// As it stands in the message.
  std::string subject_line;
  /// As `mail::date_text` makes it.
  std::string date;
  std::string body;
  std::vector<mail::Attachment> attachments;
  /// Set where a webhook is called: then there is no message, and `date`, `body` and attachments
  /// are empty.
  std::optional<WebhookCall> webhook;
  /// Set where the message is mailed: then it has no `account`, but what the route says.
  std::optional<MailRoute> mail;
  /// Set where a tool is allowed: then there is no message either.
  std::optional<Permission> permission;
  /// Set where a tool of an MCP server is called: then there is no message either.
  std::optional<ToolCall> tool;
};

/// The same `Outgoing` makes the same content.
Canonical compose(const Outgoing& outgoing);

/// Undoes `compose`. Whatever `compose` would not make, a hidden header or part, a recipient that
/// the fields do not name, another order, is `corrupt`: what is read is all that there is.
Result<Outgoing> decompose(const Canonical& content);

}  // namespace nightshift::actors
