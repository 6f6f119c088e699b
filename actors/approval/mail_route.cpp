// Finds the account of a mail.
#include "actors/approval/mail_route.hpp"

#include <ranges>

#include "actors/approval/mailbox.hpp"
#include "actors/approval/text.hpp"
#include "messages/nearest.hpp"

namespace nightshift::actors {
namespace {

constexpr std::size_t subject_bytes_max = 4096;
constexpr std::size_t body_bytes_max = 1u << 20;
constexpr std::size_t account_bytes_max = 320;
constexpr std::string_view by_default = "default";

std::unexpected<Error> twice(const std::string& field) {
  return fail(ErrorCode::invalid,
              field + " stands beside the action and in action.mail; leave one of the two out",
              "action.mail." + field);
}

Result<void> check_size(const std::string& text, std::size_t most, const std::string& field) {
  if (text.size() <= most) return {};
  return fail(ErrorCode::too_large,
              field + " has " + std::to_string(text.size()) + " bytes, more than the " +
                  std::to_string(most) + " that it may have",
              "action.mail." + field);
}

template <class Command>
Result<void> lift(Command& command) {
  if (!command.action().has_mail()) return {};
  auto& mail = *command.mutable_action()->mutable_mail();
  if (auto fits = check_size(mail.subject(), subject_bytes_max, "subject"); !fits) return fits;
  if (auto fits = check_size(mail.body(), body_bytes_max, "body"); !fits) return fits;
  if (auto fits = check_size(mail.account(), account_bytes_max, "account"); !fits) return fits;
  if (!mail.to().empty() && !command.to().empty()) return twice("to");
  if (!mail.cc().empty() && !command.cc().empty()) return twice("cc");
  if (!mail.subject().empty() && !command.subject().empty()) return twice("subject");
  if (!mail.body().empty() && !command.body().empty()) return twice("body");
  if (!mail.attachments().empty() && !command.attachments().empty()) return twice("attachments");
  if (mail.account().empty()) {
    mail.set_account(command.account());
  } else if (!command.account().empty() && command.account() != mail.account()) {
    return twice("account");
  }
  if (!mail.account().empty()) command.set_account(mail.account());
  if (!mail.to().empty()) command.mutable_to()->Swap(mail.mutable_to());
  if (!mail.cc().empty()) command.mutable_cc()->Swap(mail.mutable_cc());
  if (!mail.subject().empty()) command.set_subject(mail.subject());
  if (!mail.body().empty()) command.set_body(mail.body());
  if (!mail.attachments().empty()) command.mutable_attachments()->Swap(mail.mutable_attachments());
  mail.clear_subject();
  mail.clear_body();
  return {};
}

std::string names_of(const kernel::Targets& accounts) {
  std::string names;
  for (const auto& name : std::views::keys(accounts)) names += (names.empty() ? "" : ", ") + name;
  return names;
}

std::unexpected<Error> no_account(const std::string& node, const std::string& what) {
  return fail(ErrorCode::no_executor, "the node " + node + " " + what, "action");
}

}  // namespace

std::string MailRoute::from() const { return std::string(facts.find("from").value_or("")); }

Result<void> lift_mail(approval::Propose& command) { return lift(command); }
Result<void> lift_mail(approval::Edit& command) { return lift(command); }

Result<MailRoute> route_of(const std::string& name, const kernel::Targets& accounts,
                           const std::string& node) {
  auto found = accounts.find(name.empty() ? by_default : std::string_view(name));
  if (name.empty() && accounts.size() == 1) found = accounts.begin();
  if (found == accounts.end()) {
    if (name.empty()) {
      return no_account(node, accounts.empty()
                                  ? "has no mail account; add a section [mail.NAME] to its "
                                    "configuration, or leave the action out: then the message "
                                    "goes to the outbox"
                                  : "has several mail accounts, and none is named default; name "
                                    "one of " +
                                        names_of(accounts));
    }
    const auto known = nearest(name, std::views::keys(accounts));
    return no_account(node, "has no mail account " + text::visible(name) +
                                (known.empty() ? "" : "; did you mean " + known + "?"));
  }
  MailRoute route{.target = found->first, .facts = found->second};
  if (mail::parse_mailbox(route.from())) return route;
  return no_account(node, "sends for " + found->first + " as '" + text::visible(route.from()) +
                              "', which is no mail address; change from in [mail." + found->first +
                              "]");
}

std::string address_in(const std::string& mailbox) {
  auto parsed = mail::parse_mailbox(mailbox);
  return parsed ? std::move(parsed->address) : std::string();
}

}  // namespace nightshift::actors
