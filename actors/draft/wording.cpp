// Checks a draft, field by field, and makes the proposal of it.
#include "actors/draft/wording.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "messages/canonical.hpp"
#include "messages/crypto.hpp"
#include "messages/json.hpp"
#include "messages/text.hpp"
#include "messages/utf8.hpp"

namespace nightshift::actors {
namespace {

using draft::Content;

constexpr std::size_t title_code_points_max = 60;

/// What a channel takes, in code points (0: no limit), and what its proposals are.
struct Outlet {
  Channel channel;
  std::string_view name;
  std::size_t code_points_max;
  approval::Category category;
  /// The account's first word, where only that tells the network.
  std::string_view network;
};

constexpr std::array outlets{
    Outlet{CHANNEL_EMAIL, "mail", 0, approval::CATEGORY_EMAIL, ""},
    Outlet{CHANNEL_LINKEDIN, "LinkedIn", 3'000, approval::CATEGORY_LINKEDIN, ""},
    Outlet{CHANNEL_WHATSAPP, "WhatsApp", 4'096, approval::CATEGORY_WHATSAPP, ""},
    Outlet{CHANNEL_ODOO, "Odoo", 0, approval::CATEGORY_ODOO, ""},
    Outlet{CHANNEL_FACEBOOK, "Facebook", 63'206, approval::CATEGORY_SOCIAL, "facebook"},
    Outlet{CHANNEL_INSTAGRAM, "Instagram", 2'200, approval::CATEGORY_SOCIAL, "instagram"},
    Outlet{CHANNEL_X, "X", 280, approval::CATEGORY_SOCIAL, "x"},
};

const Outlet* find_outlet(Channel channel) {
  const auto* found = std::ranges::find(outlets, channel, &Outlet::channel);
  return found == outlets.end() ? nullptr : found;
}

Result<void> check_lines(const Content& content) {
  const std::pair<std::string_view, const char*> lines[] = {
      {content.title(), "title"},
      {content.subject(), "subject"},
      {content.account(), "account"},
      {content.type(), "type"},
  };
  for (const auto& [text, field] : lines) {
    if (auto line = check_line(text, field); !line) return line;
  }
  for (const auto& to : content.to()) {
    if (auto line = check_line(to, "to"); !line) return line;
  }
  for (const auto& cc : content.cc()) {
    if (auto line = check_line(cc, "cc"); !line) return line;
  }
  return {};
}

Result<void> check(const Content& content) {
  const auto* outlet = find_outlet(content.channel());
  if (outlet == nullptr) {
    return fail(ErrorCode::invalid,
                "channel is one of email, linkedin, whatsapp, odoo, facebook, instagram, x",
                "channel");
  }
  if (!Priority_IsValid(content.priority())) {
    return fail(ErrorCode::invalid, "priority is one of urgent, high, normal, low", "priority");
  }
  if (auto lines = check_lines(content); !lines) return lines;
  const auto recipients = content.to_size() + content.cc_size();
  if (recipients > draft_recipients_max) {
    return fail(ErrorCode::too_large,
                std::to_string(recipients) + " recipients are more than the " +
                    std::to_string(draft_recipients_max) + " of one message; split it",
                "to");
  }
  if (content.body().empty()) return fail(ErrorCode::invalid, "body is empty", "body");
  const auto length = utf8_code_points(content.body());
  if (outlet->code_points_max == 0 || length <= outlet->code_points_max) return {};
  return fail(ErrorCode::too_large,
              std::string(outlet->name) + " takes " + std::to_string(outlet->code_points_max) +
                  " characters, and the body has " + std::to_string(length) + "; shorten it",
              "body");
}

std::string first_line(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    line.remove_prefix(std::min(line.find_first_not_of("# \t\r"), line.size()));
    if (!line.empty()) {
      std::string title(utf8_front(line, title_code_points_max));
      std::ranges::replace_if(title, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
      return title;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

/// Checked; a title where there is none.
Result<Content> whole(Content content) {
  if (auto checked = check(content); !checked) return std::unexpected(std::move(checked).error());
  if (content.title().empty()) content.set_title(content.subject());
  if (content.title().empty()) content.set_title(first_line(content.body()));
  if (!content.title().empty()) return content;
  return fail(ErrorCode::invalid, "the body holds nothing but blanks", "body");
}

/// True if a sender, `ADDRESS` or `NAME <ADDRESS>`, is meant by `account`.
bool sends_as(const Canonical& facts, const std::string& account) {
  const auto from = facts.find("from").value_or("");
  return from == account || from.ends_with("<" + account + ">");
}

std::optional<std::string> mail_account_of(const std::string& account,
                                           const kernel::Targets& accounts) {
  if (accounts.contains(account)) return account;
  if (account.empty()) {
    if (accounts.size() == 1) return accounts.begin()->first;
    if (accounts.contains("default")) return "default";
    return std::nullopt;
  }
  for (const auto& [name, facts] : accounts) {
    if (sends_as(facts, account)) return name;
  }
  return std::nullopt;
}

std::string account_of(const Content& content, const Outlet& outlet) {
  if (outlet.network.empty()) return content.account();
  const std::string network(outlet.network);
  if (content.account().empty() || content.account() == network) return network;
  if (content.account().starts_with(network + ":")) return content.account();
  return network + ":" + content.account();
}

}  // namespace

Result<Content> content_of(const draft::Write& command) {
  Content content;
  content.set_title(command.title());
  content.set_channel(command.channel());
  content.set_body(command.body());
  *content.mutable_to() = command.to();
  *content.mutable_cc() = command.cc();
  content.set_subject(command.subject());
  content.set_account(command.account());
  content.set_type(command.type());
  const bool unset = command.priority() == PRIORITY_UNSPECIFIED;
  content.set_priority(unset ? PRIORITY_NORMAL : command.priority());
  return whole(std::move(content));
}

Result<Content> edited(Content before, const draft::Edit& command) {
  if (command.has_title()) before.set_title(command.title());
  if (command.has_body()) before.set_body(command.body());
  if (command.to_size() > 0) *before.mutable_to() = command.to();
  if (command.cc_size() > 0) *before.mutable_cc() = command.cc();
  if (command.has_subject()) before.set_subject(command.subject());
  if (command.has_account()) before.set_account(command.account());
  return whole(std::move(before));
}

std::string content_digest_of(const Content& content) {
  Canonical fields;
  fields.add("title", content.title());
  fields.add("channel", Channel_Name(content.channel()));
  fields.add("body", content.body());
  for (const auto& to : content.to()) fields.add("to", to);
  for (const auto& cc : content.cc()) fields.add("cc", cc);
  fields.add("subject", content.subject());
  fields.add("account", content.account());
  fields.add("type", content.type());
  fields.add("priority", Priority_Name(content.priority()));
  return to_hex(as_bytes(content_digest(fields.encode())));
}

Result<approval::Propose> proposal_of(const Content& content, const std::string& webhook,
                                      const kernel::Targets& accounts) {
  const auto* outlet = find_outlet(content.channel());
  if (outlet == nullptr) return fail(ErrorCode::invalid, "the channel is unknown", "channel");
  approval::Propose proposal;
  proposal.set_title(content.title());
  proposal.set_category(outlet->category);
  proposal.set_body(content.body());
  *proposal.mutable_to() = content.to();
  *proposal.mutable_cc() = content.cc();
  proposal.set_subject(content.subject());
  proposal.set_account(account_of(content, *outlet));
  if (!webhook.empty()) {
    auto& call = *proposal.mutable_action()->mutable_webhook();
    call.set_target(webhook);
    call.set_payload(to_json(content));
    return proposal;
  }
  if (content.channel() != CHANNEL_EMAIL) return proposal;
  if (const auto account = mail_account_of(content.account(), accounts)) {
    proposal.set_account(*account);
    proposal.mutable_action()->mutable_mail()->set_account(*account);
  }
  return proposal;
}

}  // namespace nightshift::actors
