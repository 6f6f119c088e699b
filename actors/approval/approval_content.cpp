// Makes the canonical bytes of a proposal, and shows them.
#include "actors/approval/approval_content.hpp"

#include <algorithm>

#include "actors/approval/approval_checks.hpp"
#include "actors/approval/mail_message.hpp"
#include "actors/approval/text.hpp"
#include "messages/effects.pb.h"

namespace nightshift::actors {
namespace {

using approval_pb::Proposal;

std::string_view channel_of(approval_pb::Category category) {
  switch (category) {
    case approval_pb::CATEGORY_EMAIL: return "email";
    case approval_pb::CATEGORY_LINKEDIN: return "linkedin";
    case approval_pb::CATEGORY_WHATSAPP: return "whatsapp";
    case approval_pb::CATEGORY_ODOO: return "odoo";
    case approval_pb::CATEGORY_SOCIAL: return "social";
    default: return "unspecified";
  }
}

std::string describe_action(const approval_pb::Action& action) {
  switch (action.action_case()) {
    case approval_pb::Action::kWebhook: return "the webhook " + action.webhook().target();
    case approval_pb::Action::kMcp:
      return "the tool " + action.mcp().tool() + " of the MCP server " + action.mcp().server();
    case approval_pb::Action::kMail: return "the mail account " + action.mail().account();
    default: return "the outbox";
  }
}

/// The effect that the action asks for; its executor must be here.
Result<std::string> effect_of(const Proposal& proposal, const kernel::NodeFacts& node) {
  const auto outbox = effect::DeliverToOutbox::descriptor()->full_name();
  const bool to_outbox = proposal.action().action_case() == approval_pb::Action::ACTION_NOT_SET;
  if (to_outbox && node.executors.contains(outbox)) return outbox;
  return fail(ErrorCode::no_executor,
              "the node " + node.name + " has no executor for " +
                  text::visible(describe_action(proposal.action())) +
                  (to_outbox ? "" : "; without an action the message goes to the outbox"),
              "action");
}

/// The local part of the addresses that stand for this node and for channels that are no mail.
std::string local_part(std::string_view name) {
  std::string local(name);
  std::ranges::replace(local, '.', '-');
  return local.empty() ? "node" : local;
}

mail::Mailbox mailbox_of(const std::string& text, std::string_view stand_in) {
  if (auto mailbox = mail::parse_mailbox(text)) return *mailbox;
  return {.name = text, .address = local_part(stand_in) + "@nightshift.invalid"};
}

std::vector<mail::Mailbox> recipients_of(const Proposal& proposal, std::string_view channel) {
  std::vector<mail::Mailbox> mailboxes;
  for (const auto& to : proposal.to()) mailboxes.push_back(mailbox_of(to, channel));
  if (mailboxes.empty()) mailboxes.push_back(mailbox_of(proposal.account(), channel));
  return mailboxes;
}

std::string message_of(const Proposal& proposal, const kernel::Context& context) {
  const auto channel = channel_of(proposal.category());
  mail::Message message{
      .date = from_proto(proposal.proposed_at()),
      .from = mailbox_of(proposal.account(), context.node.name),
      .to = recipients_of(proposal, channel),
      .cc = {},
      .subject = proposal.subject().empty() ? proposal.title() : proposal.subject(),
      .id = proposal.effect_id() + "@" + context.node.name + ".nightshift.invalid",
      .headers = {{"X-Nightshift-Channel", std::string(channel)},
                  {"X-Nightshift-Approval", std::string(context.id)}},
      .body = proposal.body(),
      .attachments = {}};
  for (const auto& cc : proposal.cc()) message.cc.push_back(mailbox_of(cc, channel));
  for (const auto& file : proposal.attachments()) {
    const auto& type = file.media_type();
    message.attachments.push_back({.name = file.name(),
                                   .media_type = type.empty() ? "application/octet-stream" : type,
                                   .bytes = file.bytes()});
  }
  return mail::write(message);
}

// ---- showing

void add_line(std::string& out, std::string_view label, std::string_view value) {
  out.append(label).append(":").append(std::max<std::size_t>(13 - label.size(), 1), ' ');
  out.append(text::visible(value)).append("\n");
}

/// `nightshift.effect.DeliverToOutbox` -> `DeliverToOutbox`.
std::string_view last_word(std::string_view name) { return name.substr(name.rfind('.') + 1); }

std::string preview_of(const Canonical& content, const mail::Reading& mail) {
  const auto field = [&content](std::string_view name) { return content.find(name).value_or(""); };
  std::string out;
  add_line(out, "Channel", field("channel"));
  add_line(out, "Action",
           std::string(last_word(field("action"))) + " on node " + std::string(field("executor")) +
               ", under policy " + std::string(field("policy_version")));
  add_line(out, "Approvers", field("approvers"));
  if (content.find("account")) add_line(out, "Account", field("account"));
  add_line(out, "From", mail.from);
  for (const auto& to : mail.to) add_line(out, "To", to);
  for (const auto& cc : mail.cc) add_line(out, "Cc", cc);
  add_line(out, "Subject", mail.subject);
  for (const auto& file : mail.attachments) {
    add_line(out, "Attachment",
             file.name + ", " + file.media_type + ", " + std::to_string(file.bytes.size()) +
                 " bytes, SHA-256 " + to_hex(as_bytes(sha256(file.bytes))));
  }
  return out + "\n" + text::visible(mail.body) + "\n";
}

}  // namespace

Result<void> render(Proposal& proposal, const kernel::Context& context) {
  if (auto checked = check_proposal(proposal); !checked) return checked;
  const auto action = effect_of(proposal, context.node);
  if (!action) return std::unexpected(action.error());
  Canonical content;
  content.add("approval", context.id);
  content.add("channel", channel_of(proposal.category()));
  content.add("action", *action);
  content.add("effect_id", proposal.effect_id());
  content.add("executor", context.node.name);
  content.add("policy_version", std::to_string(context.node.policy_version));
  content.add("approvers", proposal.four_eyes() ? "2" : "1");
  if (!proposal.account().empty()) content.add("account", proposal.account());
  for (const auto& to : proposal.to()) content.add("to", to);
  for (const auto& cc : proposal.cc()) content.add("cc", cc);
  if (!proposal.subject().empty()) content.add("subject", proposal.subject());
  for (const auto& file : proposal.attachments()) {
    content.add("attachment", file.name());
    content.add("attachment_sha256", to_hex(as_bytes(sha256(file.bytes()))));
  }
  content.add("message", message_of(proposal, context));
  proposal.set_executor(context.node.name);
  proposal.set_content(content.encode());
  proposal.set_digest(std::string(as_bytes(content_digest(proposal.content()))));
  return {};
}

Result<Shown> show(std::string_view bytes) {
  const auto content = Canonical::decode(bytes);
  if (!content) return std::unexpected(content.error());
  const auto message = content->find("message");
  if (!message) return fail(ErrorCode::corrupt, "the content holds no message", "message");
  auto mail = mail::read(*message);
  if (!mail) return std::unexpected(std::move(mail).error());
  return Shown{.preview = preview_of(*content, *mail), .body = std::move(mail->body)};
}

}  // namespace nightshift::actors
