// Composes the canonical content, and takes it apart again.
#include "actors/approval/outgoing.hpp"

#include <algorithm>
#include <set>

#include "messages/crypto.hpp"
#include "messages/effects.pb.h"
#include "messages/tool_call.pb.h"

namespace nightshift::actors {
namespace {

std::vector<mail::Mailbox> mailboxes_of(const std::vector<std::string>& texts,
                                        std::string_view stand_in) {
  std::vector<mail::Mailbox> mailboxes;
  for (const auto& text : texts) mailboxes.push_back(mail::mailbox_of(text, stand_in));
  return mailboxes;
}

/// As it leaves for other people's machines: nothing of the house in it, and 7 bits per byte, which
/// every relay takes.
std::string mail_of(const Outgoing& outgoing) {
  const auto from = mail::mailbox_of(outgoing.mail->from(), outgoing.executor);
  const auto domain = from.address.substr(from.address.rfind('@'));
  return mail::write({.date = outgoing.date,
                      .from = from,
                      .to = mailboxes_of(outgoing.to, outgoing.channel),
                      .cc = mailboxes_of(outgoing.cc, outgoing.channel),
                      .subject = outgoing.subject_line,
                      .id = outgoing.effect_id + domain,
                      .headers = {},
                      .body = outgoing.body,
                      .attachments = outgoing.attachments,
                      .seven_bits = true});
}

std::string message_of(const Outgoing& outgoing) {
  if (outgoing.mail) return mail_of(outgoing);
  mail::Message message{.date = outgoing.date,
                        .from = mail::mailbox_of(outgoing.account, outgoing.executor),
                        .to = mailboxes_of(outgoing.to, outgoing.channel),
                        .cc = mailboxes_of(outgoing.cc, outgoing.channel),
                        .subject = outgoing.subject_line,
                        .id = outgoing.effect_id + "@" + outgoing.executor + ".nightshift.invalid",
                        .headers = {{"X-Nightshift-Channel", outgoing.channel},
                                    {"X-Nightshift-Approval", outgoing.approval}},
                        .body = outgoing.body,
                        .attachments = outgoing.attachments,
                        .seven_bits = false};
  if (message.to.empty()) {
    message.to.push_back(mail::mailbox_of(outgoing.account, outgoing.channel));
  }
  return mail::write(message);
}

std::string first_of(const Canonical& content, std::string_view name) {
  return std::string(content.find(name).value_or(""));
}

std::vector<std::string> all_of(const Canonical& content, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [known, value] : content.fields()) {
    if (known == name) values.push_back(value);
  }
  return values;
}

Result<void> read_message(const Canonical& content, Outgoing& outgoing) {
  const auto message = content.find("message");
  if (!message) return fail(ErrorCode::corrupt, "the content holds no message", "message");
  auto mail = mail::read(*message);
  if (!mail) return std::unexpected(std::move(mail).error());
  outgoing.subject_line = std::move(mail->subject);
  outgoing.date = std::move(mail->date);
  outgoing.body = std::move(mail->body) + "\n";
  outgoing.attachments = std::move(mail->attachments);
  if (outgoing.subject.empty() || outgoing.subject == outgoing.subject_line) return {};
  return fail(ErrorCode::corrupt, "the message has another subject than the content", "subject");
}

/// Everybody once, in the order of the message.
void add_envelope(Canonical& content, const Outgoing& outgoing) {
  content.add("envelope_from", address_in(outgoing.mail->from()));
  std::set<std::string> known;
  for (const auto* list : {&outgoing.to, &outgoing.cc}) {
    for (const auto& mailbox : *list) {
      const auto address = address_in(mailbox);
      if (known.insert(address).second) content.add("envelope_to", address);
    }
  }
}

void add_route(Canonical& content, const MailRoute& route) {
  content.add("target", route.target);
  for (const auto& [name, value] : route.facts.fields()) content.add(name, value);
}

Result<void> read_mail(const Canonical& content, Outgoing& outgoing) {
  const auto& fields = content.fields();
  const auto named = [](std::string_view name) {
    return [name](const auto& field) { return field.first == name; };
  };
  auto fact = std::ranges::find_if(fields, named("target"));
  const auto end = std::find_if(fact, fields.end(), named("envelope_from"));
  if (end == fields.end()) {
    return fail(ErrorCode::corrupt, "the content does not say by which account it is sent",
                "target");
  }
  outgoing.mail = MailRoute{.target = fact->second, .facts = {}};
  for (++fact; fact != end; ++fact) outgoing.mail->facts.add(fact->first, fact->second);
  return read_message(content, outgoing);
}

Result<void> read_webhook(const Canonical& content, Outgoing& outgoing) {
  auto call = read_call(content);
  if (!call) return std::unexpected(std::move(call).error());
  outgoing.webhook = std::move(*call);
  return {};
}

Result<void> read_allowance(const Canonical& content, Outgoing& outgoing) {
  auto permission = read_permission(content);
  if (!permission) return std::unexpected(std::move(permission).error());
  outgoing.permission = std::move(*permission);
  return {};
}

Result<void> read_tool(const Canonical& content, Outgoing& outgoing) {
  auto call = read_tool_call(content);
  if (!call) return std::unexpected(std::move(call).error());
  outgoing.tool = std::move(*call);
  return {};
}

Result<void> read_what_is_sent(const Canonical& content, Outgoing& outgoing) {
  const auto is = [&](const google::protobuf::Descriptor* effect) {
    return outgoing.action == effect->full_name();
  };
  if (is(effect::CallWebhook::descriptor())) return read_webhook(content, outgoing);
  if (is(effect::SendMail::descriptor())) return read_mail(content, outgoing);
  if (is(effect::GrantPermission::descriptor())) return read_allowance(content, outgoing);
  if (is(effect::CallTool::descriptor())) return read_tool(content, outgoing);
  return read_message(content, outgoing);
}

}  // namespace

Canonical compose(const Outgoing& outgoing) {
  Canonical content;
  content.add("approval", outgoing.approval);
  content.add("channel", outgoing.channel);
  content.add("action", outgoing.action);
  content.add("effect_id", outgoing.effect_id);
  content.add("executor", outgoing.executor);
  content.add("policy_version", outgoing.policy_version);
  content.add("approvers", outgoing.approvers);
  if (!outgoing.account.empty()) content.add("account", outgoing.account);
  for (const auto& to : outgoing.to) content.add("to", to);
  for (const auto& cc : outgoing.cc) content.add("cc", cc);
  if (!outgoing.subject.empty()) content.add("subject", outgoing.subject);
  if (outgoing.webhook) {
    add_call(content, *outgoing.webhook);
    return content;
  }
  if (outgoing.permission) {
    add_permission(content, *outgoing.permission);
    return content;
  }
  if (outgoing.tool) {
    add_tool_call(content, *outgoing.tool);
    return content;
  }
  if (outgoing.mail) {
    add_route(content, *outgoing.mail);
    add_envelope(content, outgoing);
  }
  for (const auto& file : outgoing.attachments) {
    content.add("attachment", file.name);
    content.add("attachment_sha256", to_hex(as_bytes(sha256(file.bytes))));
  }
  content.add("message", message_of(outgoing));
  return content;
}

Result<Outgoing> decompose(const Canonical& content) {
  Outgoing outgoing{.approval = first_of(content, "approval"),
                    .channel = first_of(content, "channel"),
                    .action = first_of(content, "action"),
                    .effect_id = first_of(content, "effect_id"),
                    .executor = first_of(content, "executor"),
                    .policy_version = first_of(content, "policy_version"),
                    .approvers = first_of(content, "approvers"),
                    .account = first_of(content, "account"),
                    .to = all_of(content, "to"),
                    .cc = all_of(content, "cc"),
                    .subject = first_of(content, "subject"),
                    .subject_line = {},
                    .date = {},
                    .body = {},
                    .attachments = {},
                    .webhook = {},
                    .mail = {},
                    .permission = {},
                    .tool = {}};
  auto read = read_what_is_sent(content, outgoing);
  if (!read) return std::unexpected(std::move(read).error());
  if (compose(outgoing).fields() != content.fields()) {
    return fail(ErrorCode::corrupt, "the content holds something that is not shown", "content");
  }
  const bool has_message = !outgoing.webhook && !outgoing.permission && !outgoing.tool;
  if (has_message) outgoing.body.pop_back();
  return outgoing;
}

}  // namespace nightshift::actors
