// Composes the canonical content, and takes it apart again.
#include "actors/approval/outgoing.hpp"

#include "messages/crypto.hpp"
#include "messages/effects.pb.h"

namespace nightshift::actors {
namespace {

std::vector<mail::Mailbox> mailboxes_of(const std::vector<std::string>& texts,
                                        std::string_view stand_in) {
  std::vector<mail::Mailbox> mailboxes;
  for (const auto& text : texts) mailboxes.push_back(mail::mailbox_of(text, stand_in));
  return mailboxes;
}

std::string message_of(const Outgoing& outgoing) {
  mail::Message message{.date = outgoing.date,
                        .from = mail::mailbox_of(outgoing.account, outgoing.executor),
                        .to = mailboxes_of(outgoing.to, outgoing.channel),
                        .cc = mailboxes_of(outgoing.cc, outgoing.channel),
                        .subject = outgoing.subject_line,
                        .id = outgoing.effect_id + "@" + outgoing.executor + ".nightshift.invalid",
                        .headers = {{"X-Nightshift-Channel", outgoing.channel},
                                    {"X-Nightshift-Approval", outgoing.approval}},
                        .body = outgoing.body,
                        .attachments = outgoing.attachments};
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

Result<void> read_webhook(const Canonical& content, Outgoing& outgoing) {
  auto call = read_call(content);
  if (!call) return std::unexpected(std::move(call).error());
  outgoing.webhook = std::move(*call);
  return {};
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
                    .webhook = {}};
  const bool calls = outgoing.action == effect::CallWebhook::descriptor()->full_name();
  auto read = calls ? read_webhook(content, outgoing) : read_message(content, outgoing);
  if (!read) return std::unexpected(std::move(read).error());
  if (compose(outgoing).fields() != content.fields()) {
    return fail(ErrorCode::corrupt, "the content holds something that is not shown", "content");
  }
  if (!calls) outgoing.body.pop_back();
  return outgoing;
}

}  // namespace nightshift::actors
