// Writes drafts as an agent would.
#include "tests/bridges/vault/drafter.hpp"

#include <chrono>
#include <memory>

#include "messages/draft.pb.h"
#include "messages/effects.pb.h"

namespace nightshift::bridges::vault {

std::string Drafter::effect_type() const { return effect::ComposeDraft::descriptor()->full_name(); }

runtime::Outcome Drafter::perform(const runtime::Permit& permit) {
  runtime::Node* node = node_;
  effect::ComposeDraft wanted;
  if (node == nullptr || !wanted.ParseFromString(permit.payload)) {
    return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT, .evidence = "nobody is there"};
  }
  auto write = std::make_shared<draft::Write>();
  write->set_channel(wanted.channel());
  write->set_body("Dear all,\nthis answers " + wanted.content().title());
  write->set_subject("Re: " + wanted.content().title());
  write->add_to("ines@example.com");
  write->set_task(wanted.task());
  write->set_assignment(wanted.effect_id());
  write->set_agent(wanted.agent());
  write->set_written_by("a test, no model");
  runtime::Command command;
  command.entity = {.kind = "draft", .id = wanted.draft()};
  command.body = std::move(write);
  command.key = wanted.effect_id();
  command.caller.principal = "agent." + wanted.agent();
  command.caller.scopes = {SCOPE_PROPOSE};
  command.caller.agent = true;
  // Not waited for: the answer can come after the node has gone.
  node->submit(std::move(command), [](const Result<runtime::Answer>&) {});
  return {.state = EFFECT_STATE_COMMITTED, .evidence = "handed in"};
}

}  // namespace nightshift::bridges::vault
