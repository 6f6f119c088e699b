// Makes the canonical bytes of a proposal, and shows what is in them.
#include "actors/approval/approval_content.hpp"

#include <algorithm>

#include "actors/approval/approval_checks.hpp"
#include "actors/approval/outgoing.hpp"
#include "actors/approval/text.hpp"
#include "messages/effects.pb.h"
#include "runtime/kernel/allowance.hpp"

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
  if (to_outbox && node.executors.contains(outbox)) {
    if (const auto right = kernel::right_to_act(node, outbox, true); !right) {
      return std::unexpected(right.error());
    }
    return outbox;
  }
  if (node.role == "cloud") {
    return fail(ErrorCode::no_executor,
                "approvals wait and act on the local node, and " + node.name +
                    " is a cloud node: it drafts and sends nothing. Propose it to the local node "
                    "(nightshift --url http://HOST:PORT, with a token of that node)",
                "action");
  }
  return fail(ErrorCode::no_executor,
              "the node " + node.name + " has no executor for " +
                  text::visible(describe_action(proposal.action())) +
                  (to_outbox ? "" : "; without an action the message goes to the outbox"),
              "action");
}

Outgoing outgoing_of(const Proposal& proposal, const std::string& action,
                     const kernel::Context& context) {
  Outgoing outgoing{
      .approval = std::string(context.id),
      .channel = std::string(channel_of(proposal.category())),
      .action = action,
      .effect_id = proposal.effect_id(),
      .executor = context.node.name,
      .policy_version = std::to_string(context.node.policy_version),
      .approvers = proposal.four_eyes() ? "2" : "1",
      .account = proposal.account(),
      .to = {proposal.to().begin(), proposal.to().end()},
      .cc = {proposal.cc().begin(), proposal.cc().end()},
      .subject = proposal.subject(),
      .subject_line = proposal.subject().empty() ? proposal.title() : proposal.subject(),
      .date = mail::date_text(from_proto(proposal.proposed_at())),
      .body = proposal.body(),
      .attachments = {}};
  for (const auto& file : proposal.attachments()) {
    const auto& type = file.media_type();
    outgoing.attachments.push_back({.name = file.name(),
                                    .media_type = type.empty() ? "application/octet-stream" : type,
                                    .bytes = file.bytes()});
  }
  return outgoing;
}

// ---- showing

void add_line(std::string& out, std::string_view label, std::string_view value) {
  out.append(label).append(":").append(std::max<std::size_t>(13 - label.size(), 1), ' ');
  out.append(text::visible(value)).append("\n");
}

/// `nightshift.effect.DeliverToOutbox` -> `DeliverToOutbox`.
std::string_view last_word(std::string_view name) { return name.substr(name.rfind('.') + 1); }

std::string preview_of(const Outgoing& outgoing) {
  std::string out;
  add_line(out, "Channel", outgoing.channel);
  add_line(out, "Action",
           std::string(last_word(outgoing.action)) + " on node " + outgoing.executor +
               ", under policy " + outgoing.policy_version);
  add_line(out, "Approvers", outgoing.approvers);
  if (!outgoing.account.empty()) add_line(out, "From", outgoing.account);
  for (const auto& to : outgoing.to) add_line(out, "To", to);
  for (const auto& cc : outgoing.cc) add_line(out, "Cc", cc);
  add_line(out, "Subject", outgoing.subject_line);
  for (const auto& file : outgoing.attachments) {
    add_line(out, "Attachment",
             file.name + ", " + file.media_type + ", " + std::to_string(file.bytes.size()) +
                 " bytes, SHA-256 " + to_hex(as_bytes(sha256(file.bytes))));
  }
  return out + "\n" + text::visible(outgoing.body) + "\n";
}

}  // namespace

Result<void> render(Proposal& proposal, const kernel::Context& context) {
  if (auto checked = check_proposal(proposal); !checked) return checked;
  const auto action = effect_of(proposal, context.node);
  if (!action) return std::unexpected(action.error());
  const auto content = compose(outgoing_of(proposal, *action, context));
  proposal.set_executor(context.node.name);
  proposal.set_content(content.encode());
  proposal.set_digest(std::string(as_bytes(content_digest(proposal.content()))));
  return {};
}

Result<Shown> show(std::string_view bytes) {
  const auto content = Canonical::decode(bytes);
  if (!content) return std::unexpected(content.error());
  auto outgoing = decompose(*content);
  if (!outgoing) return std::unexpected(std::move(outgoing).error());
  return Shown{.preview = preview_of(*outgoing), .body = std::move(outgoing->body)};
}

}  // namespace nightshift::actors
