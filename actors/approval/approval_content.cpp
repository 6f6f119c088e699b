// Makes the canonical bytes of a proposal, and shows what is in them.
#include "actors/approval/approval_content.hpp"

#include <algorithm>
#include <ranges>

#include "actors/approval/approval_checks.hpp"
#include "actors/approval/outgoing.hpp"
#include "actors/approval/text.hpp"
#include "messages/effects.pb.h"
#include "messages/nearest.hpp"
#include "messages/tool_call.pb.h"
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
    case approval_pb::CATEGORY_TOOL: return "tool";
    default: return "unspecified";
  }
}

std::string describe_action(const approval_pb::Action& action) {
  switch (action.action_case()) {
    case approval_pb::Action::kWebhook: return "the webhook " + action.webhook().target();
    case approval_pb::Action::kMcp:
      return "the tool " + action.mcp().tool() + " of the MCP server " + action.mcp().server();
    case approval_pb::Action::kMail:
      return action.mail().account().empty() ? "mail"
                                             : "the mail account " + action.mail().account();
    case approval_pb::Action::kPermission:
      return "the permission to use " + action.permission().tool();
    default: return "the outbox";
  }
}

std::unexpected<Error> no_executor(const Proposal& proposal, const kernel::NodeFacts& node,
                                   const std::string& advice) {
  return fail(ErrorCode::no_executor,
              "the node " + node.name + " has no executor for " +
                  text::visible(describe_action(proposal.action())) + advice,
              "action");
}

std::unexpected<Error> drafts_only(const kernel::NodeFacts& node) {
  return fail(ErrorCode::no_executor,
              "approvals wait and act on the local node, and " + node.name +
                  " is a cloud node: it drafts and sends nothing. Propose it to the local node "
                  "(nightshift --url http://HOST:PORT, with a token of that node)",
              "action");
}

/// The executor of the action, which must be here; null for an action that none can have.
const google::protobuf::Descriptor* effect_of(const approval_pb::Action& action) {
  switch (action.action_case()) {
    case approval_pb::Action::ACTION_NOT_SET: return effect::DeliverToOutbox::descriptor();
    case approval_pb::Action::kWebhook: return effect::CallWebhook::descriptor();
    case approval_pb::Action::kMail: return effect::SendMail::descriptor();
    case approval_pb::Action::kPermission: return effect::GrantPermission::descriptor();
    case approval_pb::Action::kMcp: return effect::CallTool::descriptor();
    default: return nullptr;
  }
}

/// What the node knows of the webhook that is to be called.
Result<WebhookCall> call_of(const Proposal& proposal, const kernel::Targets& targets,
                            const kernel::NodeFacts& node) {
  const auto& webhook = proposal.action().webhook();
  const auto target = targets.find(webhook.target());
  if (target == targets.end()) {
    const auto known = nearest(webhook.target(), std::views::keys(targets));
    return no_executor(proposal, node, known.empty() ? "" : "; did you mean " + known + "?");
  }
  return WebhookCall{.title = proposal.title(),
                     .note = proposal.body(),
                     .target = webhook.target(),
                     .facts = target->second,
                     .content_type = content_type_of(webhook.payload()),
                     .payload = webhook.payload()};
}

Outgoing head_of(const Proposal& proposal, const std::string& action,
                 const kernel::Context& context) {
  return {.approval = std::string(context.id),
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
          .subject_line = {},
          .date = {},
          .body = {},
          .attachments = {},
          .webhook = {},
          .mail = {},
          .permission = {},
          .tool = {}};
}

void add_message(Outgoing& outgoing, const Proposal& proposal) {
  outgoing.subject_line = proposal.subject().empty() ? proposal.title() : proposal.subject();
  outgoing.date = mail::date_text(from_proto(proposal.proposed_at()));
  outgoing.body = proposal.body();
  for (const auto& file : proposal.attachments()) {
    const auto& type = file.media_type();
    outgoing.attachments.push_back({.name = file.name(),
                                    .media_type = type.empty() ? "application/octet-stream" : type,
                                    .bytes = file.bytes()});
  }
}

Result<Outgoing> outgoing_of(const Proposal& proposal, const kernel::Context& context) {
  const auto& node = context.node;
  const auto* effect = effect_of(proposal.action());
  const bool to_outbox = proposal.action().action_case() == approval_pb::Action::ACTION_NOT_SET;
  const auto executor =
      effect == nullptr ? node.executors.end() : node.executors.find(effect->full_name());
  if (executor == node.executors.end()) {
    if (node.role == "cloud") return drafts_only(node);
    return no_executor(proposal, node,
                       to_outbox ? "" : "; without an action the message goes to the outbox");
  }
  if (const auto right = kernel::right_to_act(node, executor->first, true); !right) {
    return std::unexpected(right.error());
  }
  auto outgoing = head_of(proposal, executor->first, context);
  if (proposal.action().has_permission()) {
    outgoing.permission = permission_of(proposal);
    return outgoing;
  }
  if (proposal.action().has_mcp()) {
    auto call = tool_call_of(proposal, executor->second, node.name);
    if (!call) return std::unexpected(std::move(call).error());
    outgoing.tool = std::move(*call);
    return outgoing;
  }
  if (!proposal.action().has_webhook()) add_message(outgoing, proposal);
  if (to_outbox) return outgoing;
  if (proposal.action().has_mail()) {
    auto route = route_of(proposal.action().mail().account(), executor->second, node.name);
    if (!route) return std::unexpected(std::move(route).error());
    outgoing.account.clear();
    outgoing.mail = std::move(*route);
    return outgoing;
  }
  auto call = call_of(proposal, executor->second, node);
  if (!call) return std::unexpected(std::move(call).error());
  outgoing.webhook = std::move(*call);
  return outgoing;
}

// ---- showing

void add_line(std::string& out, std::string_view label, std::string_view value) {
  out.append(label).append(":").append(std::max<std::size_t>(13 - label.size(), 1), ' ');
  out.append(text::visible(value)).append("\n");
}

/// `nightshift.effect.DeliverToOutbox` -> `DeliverToOutbox`.
std::string_view last_word(std::string_view name) { return name.substr(name.rfind('.') + 1); }

void add_head(std::string& out, const Outgoing& outgoing) {
  add_line(out, "Channel", outgoing.channel);
  add_line(out, "Action",
           std::string(last_word(outgoing.action)) + " on node " + outgoing.executor +
               ", under policy " + outgoing.policy_version);
  add_line(out, "Approvers", outgoing.approvers);
}

void add_addresses(std::string& out, const Outgoing& outgoing) {
  if (!outgoing.account.empty()) add_line(out, "From", outgoing.account);
  for (const auto& to : outgoing.to) add_line(out, "To", to);
  for (const auto& cc : outgoing.cc) add_line(out, "Cc", cc);
}

/// `bytes` bytes and their hash, so that people can compare them with what they have elsewhere.
std::string measure(std::string_view bytes) {
  return std::to_string(bytes.size()) + " bytes, SHA-256 " + to_hex(as_bytes(sha256(bytes)));
}

/// `url` -> `Url`.
void add_facts(std::string& out, const Canonical& facts) {
  for (const auto& [name, value] : facts.fields()) {
    add_line(out, static_cast<char>(name[0] - 'a' + 'A') + name.substr(1), value);
  }
}

std::string message_preview(const Outgoing& outgoing) {
  std::string out;
  add_head(out, outgoing);
  if (outgoing.mail) {
    add_line(out, "Account", outgoing.mail->target);
    add_facts(out, outgoing.mail->facts);
  }
  add_addresses(out, outgoing);
  add_line(out, "Subject", outgoing.subject_line);
  for (const auto& file : outgoing.attachments) {
    add_line(out, "Attachment", file.name + ", " + file.media_type + ", " + measure(file.bytes));
  }
  return out + "\n" + text::visible(outgoing.body) + "\n";
}

/// Words about it stand behind bars, before what is sent: neither can pass for the other.
std::string behind_bars(std::string words) {
  if (words.ends_with('\n')) words.pop_back();
  std::string out;
  for (const auto line : std::views::split(words, '\n')) {
    out.append("| ").append(std::string_view(line)).append("\n");
  }
  return out;
}

std::string permission_preview(const Outgoing& outgoing, const Permission& permission) {
  std::string out;
  add_head(out, outgoing);
  add_line(out, "Asker", permission.asker);
  add_line(out, "Tool", permission.tool);
  if (!permission.use.empty()) add_line(out, "Use", permission.use);
  add_line(out, "Input", measure(permission.input));
  std::string words;
  add_line(words, "Title", permission.title);
  add_addresses(words, outgoing);
  if (!outgoing.subject.empty()) add_line(words, "Subject", outgoing.subject);
  if (!permission.note.empty()) words += "\n" + text::visible(permission.note);
  out += "\nSaid about it:\n" + behind_bars(std::move(words));
  return out + "\nAllowed, exactly this input:\n" + text::visible(permission.input) + "\n";
}

std::string tool_preview(const Outgoing& outgoing, const ToolCall& call) {
  std::string out;
  std::string_view arguments;
  add_head(out, outgoing);
  for (const auto& [name, value] : call.facts.fields()) {
    if (name == "arguments") {
      arguments = value;
      continue;
    }
    auto label = name == "file_sha256" ? std::string("SHA-256") : name;
    label[0] = static_cast<char>(label[0] >= 'a' ? label[0] - 'a' + 'A' : label[0]);
    add_line(out, label, value);
  }
  add_line(out, "Arguments", measure(arguments));
  std::string words;
  add_line(words, "Title", call.title);
  add_addresses(words, outgoing);
  if (!outgoing.subject.empty()) add_line(words, "Subject", outgoing.subject);
  if (!call.note.empty()) words += "\n" + text::visible(call.note);
  out += "\nSaid about it, and not sent:\n" + behind_bars(std::move(words));
  return out + "\nCalled with, all of the rest:\n" + text::visible(arguments) + "\n";
}

/// What is not sent and what is.
std::string call_preview(const Outgoing& outgoing, const WebhookCall& call) {
  std::string out;
  add_head(out, outgoing);
  add_line(out, "Target", call.target);
  add_facts(out, call.facts);
  add_line(out, "Payload", call.content_type + ", " + measure(call.payload));
  std::string words;
  add_line(words, "Title", call.title);
  add_addresses(words, outgoing);
  if (!outgoing.subject.empty()) add_line(words, "Subject", outgoing.subject);
  if (!call.note.empty()) words += "\n" + text::visible(call.note);
  out += "\nSaid about it, and not sent:\n" + behind_bars(std::move(words));
  return out + "\nSent, all of the rest:\n" + text::visible(call.payload) + "\n";
}

}  // namespace

Result<void> render(Proposal& proposal, const kernel::Context& context) {
  if (auto checked = check_proposal(proposal); !checked) return checked;
  const auto outgoing = outgoing_of(proposal, context);
  if (!outgoing) return std::unexpected(outgoing.error());
  if (outgoing->mail) {
    // The account that was found: an edit stays with it.
    proposal.set_account(outgoing->mail->target);
    proposal.mutable_action()->mutable_mail()->set_account(outgoing->mail->target);
  }
  const auto content = compose(*outgoing);
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
  if (const auto& call = outgoing->webhook) {
    return Shown{.preview = call_preview(*outgoing, *call), .body = call->payload};
  }
  if (const auto& tool = outgoing->tool) {
    return Shown{.preview = tool_preview(*outgoing, *tool),
                 .body = std::string(tool->facts.find("arguments").value_or(""))};
  }
  if (const auto& permission = outgoing->permission) {
    return Shown{.preview = permission_preview(*outgoing, *permission), .body = permission->input};
  }
  return Shown{.preview = message_preview(*outgoing), .body = std::move(outgoing->body)};
}

}  // namespace nightshift::actors
