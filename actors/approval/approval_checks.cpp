// Checks a proposal, field by field.
#include "actors/approval/approval_checks.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "actors/approval/approval_content.hpp"
#include "actors/approval/mailbox.hpp"
#include "actors/approval/text.hpp"
#include "messages/ids.hpp"
#include "messages/json.hpp"
#include "messages/utf8.hpp"

namespace nightshift::actors {
namespace {

using approval_pb::Proposal;

struct Limit {
  std::string_view channel;
  std::size_t characters_max;
};

bool calls_webhook(const Proposal& proposal) { return proposal.action().has_webhook(); }
bool is_mailed(const Proposal& proposal) { return proposal.action().has_mail(); }
bool asks_permission(const Proposal& proposal) { return proposal.action().has_permission(); }
bool calls_tool(const Proposal& proposal) { return proposal.action().has_mcp(); }
/// What is sent is no message.
bool has_no_message(const Proposal& proposal) {
  return calls_webhook(proposal) || asks_permission(proposal) || calls_tool(proposal);
}

/// What the platforms take, in code points.
constexpr std::array limits{
    Limit{"LinkedIn", 3000},  Limit{"WhatsApp", 4096},  Limit{"X", 280},
    Limit{"Instagram", 2200}, Limit{"Facebook", 63206},
};

const Limit* find_limit(std::string_view channel) {
  const auto* found = std::ranges::find(limits, channel, &Limit::channel);
  return found == limits.end() ? nullptr : found;
}

/// The platform of a social post: the first word of its account, or of its first recipient.
std::string_view platform_of(const Proposal& proposal) {
  std::string_view named = proposal.account();
  if (named.empty() && proposal.to_size() > 0) named = proposal.to(0);
  const auto word = text::lower(named.substr(0, named.find_first_of(":/ @")));
  if (word == "x" || word == "twitter") return "X";
  if (word == "instagram") return "Instagram";
  if (word == "facebook") return "Facebook";
  return {};
}

const Limit* limit_of(const Proposal& proposal) {
  switch (proposal.category()) {
    case approval_pb::CATEGORY_LINKEDIN: return find_limit("LinkedIn");
    case approval_pb::CATEGORY_WHATSAPP: return find_limit("WhatsApp");
    case approval_pb::CATEGORY_SOCIAL: return find_limit(platform_of(proposal));
    default: return nullptr;
  }
}

Result<void> check_header(std::string_view text, std::string_view field) {
  if (!is_utf8(text)) {
    return fail(ErrorCode::invalid, std::string(field) + " is not UTF-8", std::string(field));
  }
  if (text::has_control(text)) {
    return fail(ErrorCode::invalid,
                std::string(field) + " holds a line break or another control character, which a " +
                    "message's header must not; remove it",
                std::string(field));
  }
  return {};
}

Result<void> check_recipient(const std::string& recipient, bool mail, std::string_view field) {
  if (auto line = check_header(recipient, field); !line) return line;
  if (recipient.empty() || recipient.size() > recipient_bytes_max) {
    return fail(ErrorCode::invalid,
                std::string(field) + " has an entry that is empty or longer than " +
                    std::to_string(recipient_bytes_max) + " bytes",
                std::string(field));
  }
  if (mail && !mail::parse_mailbox(recipient)) {
    return fail(ErrorCode::invalid,
                "'" + recipient + "' is not one mail address; write each as its own entry, as " +
                    "NAME@DOMAIN or \"Name\" <NAME@DOMAIN>",
                std::string(field));
  }
  return {};
}

Result<void> check_recipients(const Proposal& proposal) {
  const bool mail = is_mailed(proposal) || proposal.category() == approval_pb::CATEGORY_EMAIL;
  const auto count = static_cast<std::size_t>(proposal.to_size() + proposal.cc_size());
  if (count > recipients_max) {
    return fail(ErrorCode::invalid,
                std::to_string(count) + " recipients are more than the " +
                    std::to_string(recipients_max) + " of one message; split it",
                "to");
  }
  if (mail && !has_no_message(proposal) && proposal.to_size() == 0) {
    return fail(ErrorCode::invalid, "a mail needs at least one recipient in to", "to");
  }
  for (const auto& to : proposal.to()) {
    if (auto checked = check_recipient(to, mail, "to"); !checked) return checked;
  }
  for (const auto& cc : proposal.cc()) {
    if (auto checked = check_recipient(cc, mail, "cc"); !checked) return checked;
  }
  return {};
}

bool is_token(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$&-^_.+").contains(c);
  };
  return !text.empty() && text.size() <= 127 && std::ranges::all_of(text, fits);
}

Result<void> check_attachment(const approval_pb::Attachment& attachment) {
  const auto& name = attachment.name();
  if (auto line = check_header(name, "attachments.name"); !line) return line;
  const bool path = name.find_first_of("/\\") != name.npos || name == "." || name == "..";
  if (name.empty() || name.size() > 255 || path) {
    return fail(ErrorCode::invalid,
                "'" + name + "' is no file name of 1 to 255 bytes without a slash",
                "attachments.name");
  }
  const std::string_view type = attachment.media_type();
  const auto slash = type.find('/');
  const bool fits = slash != type.npos && is_token(type.substr(0, slash)) &&
                    is_token(type.substr(slash + 1)) && !type.starts_with("multipart");
  if (!type.empty() && !fits) {
    return fail(ErrorCode::invalid,
                "'" + attachment.media_type() + "' is no media type such as application/pdf",
                "attachments.media_type");
  }
  return {};
}

Result<void> check_attachments(const Proposal& proposal) {
  std::size_t bytes = 0;
  for (const auto& attachment : proposal.attachments()) {
    if (auto checked = check_attachment(attachment); !checked) return checked;
    bytes += attachment.bytes().size();
  }
  const auto count = static_cast<std::size_t>(proposal.attachments_size());
  if (count > 0 && has_no_message(proposal)) {
    return fail(ErrorCode::invalid,
                !calls_webhook(proposal)
                    ? "a call of a tool has no attachments; leave them out"
                    : "a webhook is sent its payload and nothing else; put into the payload what "
                      "it shall get",
                "attachments");
  }
  if (count <= attachments_max && bytes <= attachment_bytes_max) return {};
  return fail(ErrorCode::too_large,
              std::to_string(count) + " attachments of " + std::to_string(bytes) +
                  " bytes in all are more than the " + std::to_string(attachments_max) + " of " +
                  std::to_string(attachment_bytes_max) + " bytes in all that one message takes",
              "attachments");
}

Result<void> check_body(const Proposal& proposal) {
  if (!is_utf8(proposal.body())) {
    return fail(ErrorCode::invalid, "body is not UTF-8", "body");
  }
  const bool to_outbox = !has_no_message(proposal) && !is_mailed(proposal);
  const auto* limit = to_outbox ? limit_of(proposal) : nullptr;
  const auto length = utf8_code_points(proposal.body());
  if (limit == nullptr || length <= limit->characters_max) return {};
  return fail(ErrorCode::too_large,
              std::string(limit->channel) + " takes " + std::to_string(limit->characters_max) +
                  " characters, and the body has " + std::to_string(length) + "; shorten it",
              "body");
}

Result<void> check_webhook(const approval_pb::Action::Webhook& webhook) {
  if (webhook.target().empty()) {
    return fail(ErrorCode::invalid, "name the webhook of the node's configuration",
                "action.webhook.target");
  }
  const auto& payload = webhook.payload();
  if (payload.empty() || !is_utf8(payload)) {
    return fail(ErrorCode::invalid,
                payload.empty() ? "the payload is empty; say what is sent, such as {}"
                                : "the payload is not UTF-8",
                "action.webhook.payload");
  }
  if (payload.size() <= payload_bytes_max) return {};
  return fail(ErrorCode::too_large,
              "the payload has " + std::to_string(payload.size()) + " bytes, more than the " +
                  std::to_string(payload_bytes_max) + " that a webhook is sent",
              "action.webhook.payload");
}

/// A JSON object that people can read.
Result<void> check_object(const std::string& text, const char* field) {
  if (text.size() > payload_bytes_max) {
    return fail(ErrorCode::too_large,
                std::string(field) + " has " + std::to_string(text.size()) +
                    " bytes, more than the " + std::to_string(payload_bytes_max) +
                    " that people can be asked to read",
                field);
  }
  if (is_json(text) && text.starts_with('{')) return {};
  return fail(ErrorCode::invalid, std::string(field) + " must be a JSON object, such as {}", field);
}

Result<void> check_tool(const approval_pb::Action::Mcp& action) {
  if (!is_id(action.server())) {
    return fail(ErrorCode::invalid, "name the MCP server of the node", "action.mcp.server");
  }
  if (auto line = check_header(action.tool(), "action.mcp.tool"); !line) return line;
  if (action.tool().empty() || action.tool().size() > 128) {
    return fail(ErrorCode::invalid, "name the tool of the server", "action.mcp.tool");
  }
  return check_object(action.arguments(), "action.mcp.arguments");
}

Result<void> check_permission(const approval_pb::Action::Permission& permission) {
  for (const auto& [word, field] : {std::pair{&permission.tool(), "action.permission.tool"},
                                    std::pair{&permission.use(), "action.permission.use"}}) {
    if (auto line = check_header(*word, field); !line) return line;
    if (word->size() > recipient_bytes_max) {
      return fail(
          ErrorCode::invalid,
          std::string(field) + " has more than " + std::to_string(recipient_bytes_max) + " bytes",
          field);
    }
  }
  if (permission.tool().empty()) {
    return fail(ErrorCode::invalid, "name the tool that is to be allowed",
                "action.permission.tool");
  }
  return check_object(permission.input(), "action.permission.input");
}

/// Relative, without a way up: whoever moves the file must not be led out of the vault.
Result<void> check_file(const std::string& file) {
  if (auto line = check_header(file, "file"); !line) return line;
  const auto wrapped = "/" + file + "/";
  const bool leads_out = file.starts_with('/') || wrapped.contains("/../") ||
                         wrapped.contains("/./") || file.contains('\\');
  if (file.empty() || !leads_out) return {};
  return fail(ErrorCode::invalid, "'" + file + "' is no path within the vault", "file");
}

}  // namespace

Result<void> check_proposal(const Proposal& proposal) {
  if (!approval_pb::Category_IsValid(proposal.category()) ||
      proposal.category() == approval_pb::CATEGORY_UNSPECIFIED) {
    return fail(ErrorCode::invalid,
                "category is one of email, linkedin, whatsapp, odoo, social, tool", "category");
  }
  if (proposal.title().empty()) return fail(ErrorCode::invalid, "title is empty", "title");
  for (const auto& [text, field] :
       {std::pair{&proposal.title(), "title"}, std::pair{&proposal.subject(), "subject"},
        std::pair{&proposal.account(), "account"}}) {
    if (auto line = check_header(*text, field); !line) return line;
  }
  if (auto file = check_file(proposal.file()); !file) return file;
  if (calls_webhook(proposal)) {
    if (auto webhook = check_webhook(proposal.action().webhook()); !webhook) return webhook;
  }
  if (calls_tool(proposal)) {
    if (auto checked = check_tool(proposal.action().mcp()); !checked) return checked;
  }
  if (asks_permission(proposal)) {
    if (auto checked = check_permission(proposal.action().permission()); !checked) return checked;
  }
  if (auto recipients = check_recipients(proposal); !recipients) return recipients;
  if (auto attachments = check_attachments(proposal); !attachments) return attachments;
  return check_body(proposal);
}

}  // namespace nightshift::actors
