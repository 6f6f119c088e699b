// Applies an edit field by field.
#include "actors/approval/approval_edit.hpp"

#include <algorithm>

#include "actors/approval/mail_route.hpp"

namespace nightshift::actors {
namespace {

using approval::Edit;
using approval::Proposal;

bool names_nothing(const Edit& edit) {
  return edit.clear().empty() && !edit.has_title() && !edit.has_body() && !edit.has_action() &&
         !edit.has_deadline() && !edit.has_four_eyes() && edit.to().empty() && edit.cc().empty() &&
         !edit.has_subject() && !edit.has_account() && edit.attachments().empty();
}

Result<void> clear(Proposal& proposal, const Edit& edit, int field) {
  const auto unless_given = [](bool given, const char* name, auto empty) -> Result<void> {
    if (given) {
      return fail(ErrorCode::invalid,
                  std::string(name) + " is given and cleared at once; leave one of the two out",
                  "clear");
    }
    empty();
    return {};
  };
  switch (field) {
    case Edit::FIELD_TO:
      return unless_given(!edit.to().empty(), "to", [&] { proposal.clear_to(); });
    case Edit::FIELD_CC:
      return unless_given(!edit.cc().empty(), "cc", [&] { proposal.clear_cc(); });
    case Edit::FIELD_ATTACHMENTS:
      return unless_given(!edit.attachments().empty(), "attachments",
                          [&] { proposal.clear_attachments(); });
    case Edit::FIELD_DEADLINE:
      return unless_given(edit.has_deadline(), "deadline", [&] { proposal.clear_deadline(); });
    case Edit::FIELD_ACTION:
      return unless_given(edit.has_action(), "action", [&] { proposal.clear_action(); });
    default:
      return fail(ErrorCode::invalid, "an edit can clear to, cc, attachments, deadline and action",
                  "clear");
  }
}

/// A mail is sent by the account that it names.
void set_account(Proposal& proposal, const std::string& account) {
  proposal.set_account(account);
  if (proposal.action().has_mail()) {
    proposal.mutable_action()->mutable_mail()->set_account(account);
  }
}

}  // namespace

Result<Proposal> edited(const Proposal& before, Edit command) {
  if (auto lifted = lift_mail(command); !lifted) return std::unexpected(std::move(lifted).error());
  if (names_nothing(command)) {
    return fail(ErrorCode::invalid, "the edit names no field to change");
  }
  Proposal proposal = before;
  if (command.has_title()) proposal.set_title(command.title());
  if (command.has_body()) proposal.set_body(command.body());
  if (command.has_action()) proposal.mutable_action()->MergeFrom(command.action());
  if (command.has_deadline()) *proposal.mutable_deadline() = command.deadline();
  if (command.has_four_eyes()) proposal.set_four_eyes(command.four_eyes());
  if (!command.to().empty()) *proposal.mutable_to() = command.to();
  if (!command.cc().empty()) *proposal.mutable_cc() = command.cc();
  if (command.has_subject()) proposal.set_subject(command.subject());
  if (command.has_account()) set_account(proposal, command.account());
  if (!command.attachments().empty()) *proposal.mutable_attachments() = command.attachments();
  for (const int field : command.clear()) {
    if (auto cleared = clear(proposal, command, field); !cleared) {
      return std::unexpected(std::move(cleared).error());
    }
  }
  return proposal;
}

}  // namespace nightshift::actors
