// Makes proposals, signatures and facts.
#include "tests/actors/approval_fixture.hpp"

namespace nightshift::tests {
namespace {

runtime::Catalog all_kinds() {
  runtime::Catalog catalog;
  actors::register_all(catalog);
  return catalog;
}

}  // namespace

ApprovalFixture::ApprovalFixture()
    : catalog(all_kinds()), kind(*catalog.find("approval")), story(kind) {
  story.world.id = "EMAIL_DRAFT_1";
}

kernel::Effect ApprovalFixture::effect() const {
  const auto work = story.entity().pending();
  return work.effects.at(0);
}

Story& ApprovalFixture::as(const kernel::Caller& caller, const google::protobuf::Message& command) {
  story.world.caller = caller;
  return story.when(command);
}

pb::Approve ApprovalFixture::approve(const std::string& approver, unsigned n,
                                     const std::string& expiry) const {
  pb::Approve command;
  command.set_digest(view().digest());
  command.set_approver(approver);
  command.set_nonce(nonce(n));
  command.set_expiry(expiry);
  command.set_signature(
      story.world.sign(approver, command.digest(), "approve", command.nonce(), expiry));
  return command;
}

host::Dispatched ApprovalFixture::dispatched() const {
  host::Dispatched event;
  event.set_effect_id(view().effect_id());
  event.set_attempt(1);
  return event;
}

host::Ended ApprovalFixture::ended(EffectState state, bool last) const {
  host::Ended event;
  event.set_effect_id(view().effect_id());
  event.set_attempt(1);
  event.set_state(state);
  event.set_evidence("Outbox/new/1");
  event.set_last(last);
  return event;
}

pb::Propose mail() {
  pb::Propose command;
  command.set_title("Reply to John Doe");
  command.set_category(pb::CATEGORY_EMAIL);
  command.set_body("Dear John,\n\nthe offer stands until Friday.\n");
  command.add_to("\"Doe, John\" <john@example.org>");
  command.set_subject("Re: Your offer");
  command.set_account("jane@example.org");
  return command;
}

pb::Reject reject(const std::string& reason) {
  pb::Reject command;
  command.set_reason(reason);
  return command;
}

pb::Withdraw withdraw(const std::string& reason) {
  pb::Withdraw command;
  command.set_reason(reason);
  return command;
}

pb::Resolve resolve(pb::Resolve::Outcome outcome) {
  pb::Resolve command;
  command.set_outcome(outcome);
  command.set_evidence("asked the receiver");
  return command;
}

pb::Edit edit_body(const std::string& body) {
  pb::Edit command;
  command.set_body(body);
  return command;
}

}  // namespace nightshift::tests
