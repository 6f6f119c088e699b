// The journal of a test.
#include "tests/runtime/history/scribe.hpp"

#include "actors/all.hpp"
#include "messages/canonical.hpp"
#include "messages/host.pb.h"
#include "messages/principal.pb.h"
#include "runtime/host/records.hpp"

namespace nightshift::tests {
namespace {

std::shared_ptr<const runtime::Catalog> all_kinds() {
  auto catalog = std::make_shared<runtime::Catalog>();
  actors::register_all(*catalog);
  return catalog;
}

Identity identity_of(const World& world) {
  Identity identity;
  identity.set_node(world.node.name);
  identity.set_role(world.node.role);
  identity.set_log_id("log");
  return identity;
}

}  // namespace

Scribe::Scribe()
    : catalog_(all_kinds()),
      log_(storage::open_memory(identity_of(world), [this] { return world.now; })) {
  world.authority.Clear();
  enroll("alice");
  enroll("bob");
  const auto before = world.caller;
  world.caller = kernel::Caller::of_host();
  principal::Issue issue;
  issue.set_token_hash(to_hex(std::string(32, 'c')));
  for (const auto scope : {SCOPE_READ, SCOPE_OPERATE, SCOPE_PROPOSE}) issue.add_scopes(scope);
  issue.set_agent(true);
  must_ask("principal/clerk", issue);
  world.caller = before;
}

void Scribe::enroll(const std::string& name) {
  const auto before = world.caller;
  world.caller = kernel::Caller::of_host();
  principal::Enroll command;
  command.set_public_key(to_base64url(world.keys.at(name).public_key()));
  if (name != "alice") {
    command.set_approver("alice");
    command.set_nonce(nonce(77));
    command.set_signature(to_base64url(world.keys.at("alice").sign(
        enrolment_text(name, command.public_key(), command.nonce(), world.node.name))));
  }
  must_ask("principal/" + name, command);
  world.caller = before;
}

Scribe::Known& Scribe::known(const std::string& name) {
  auto& known = known_[name];
  if (known.state) return known;
  const auto ref = *parse_entity(name);
  known.state =
      std::make_unique<runtime::host::EntityState>(*catalog_->find(ref.kind), ref, world.node.name);
  log_->open(ref, [&known](auto opened) { known.epoch = opened->epoch; });
  log_->pump();
  return known;
}

const kernel::Entity& Scribe::entity(const std::string& name) {
  return known(name).state->entity();
}

Result<void> Scribe::ask(const std::string& name, const google::protobuf::Message& command) {
  const auto& state = *known(name).state;
  world.id = state.ref().id;
  world.sequence = state.sequence();
  world.refresh();
  auto events = state.entity().decide(command, world.context());
  if (!events) return std::unexpected(events.error());
  ++commands_;
  append(name, *events, world.caller.principal);
  return {};
}

void Scribe::must_ask(const std::string& name, const google::protobuf::Message& command) {
  const auto asked = ask(name, command);
  BOOST_REQUIRE_MESSAGE(asked.has_value(),
                        name << ": " << (asked ? "" : std::string(asked.error().message())));
}

void Scribe::must_wait(const std::string& name) {
  const auto work = entity(name).pending();
  BOOST_TEST_REQUIRE(!work.deadlines.empty());
  const auto& deadline = work.deadlines.front();
  world.now = std::max(world.now, deadline.due);
  const auto* info = catalog_->find(known(name).state->ref().kind)->find_command(deadline.command);
  const std::unique_ptr<google::protobuf::Message> command(info->prototype->New());
  BOOST_TEST_REQUIRE(command->ParseFromString(deadline.payload));
  const auto before = std::exchange(world.caller, kernel::Caller::of_host());
  must_ask(name, *command);
  world.caller = before;
}

void Scribe::must_dispatch(const std::string& name) {
  const auto work = entity(name).pending();
  BOOST_TEST_REQUIRE(work.effects.size() == 1u);
  host::Dispatched event;
  event.set_effect_id(work.effects.front().id);
  event.set_attempt(1);
  event.set_digest(work.effects.front().gate->digest());
  write(name, event);
}

void Scribe::must_end(const std::string& name, EffectState state) {
  const auto work = entity(name).pending();
  BOOST_TEST_REQUIRE(work.effects.size() == 1u);
  host::Ended event;
  event.set_effect_id(work.effects.front().id);
  event.set_attempt(1);
  event.set_state(state);
  event.set_evidence("what the receiver said");
  event.set_last(true);
  write(name, event);
}

void Scribe::write(const std::string& name, const google::protobuf::Message& event) {
  kernel::AnyEvents events;
  events.emplace_back(event.New())->CopyFrom(event);
  ++commands_;
  append(name, events, "host");
}

void Scribe::append(const std::string& name, const kernel::AnyEvents& events,
                    const std::string& principal) {
  auto& [state, epoch] = known(name);
  const auto& kind = *catalog_->find(state->ref().kind);
  const auto cause = "c" + std::to_string(commands_);
  const runtime::host::Stamp stamp{.kind = kind,
                                   .entity = state->ref(),
                                   .home = state->home(),
                                   .decided_at = world.now,
                                   .cause = cause,
                                   .correlation = cause,
                                   .principal = principal};
  storage::Append append;
  append.entity = state->ref();
  append.expected = state->sequence();
  append.epoch = epoch;
  for (const auto& event : events) {
    BOOST_TEST_REQUIRE(state->apply(*event, world.now).has_value());
    append.records.push_back(runtime::host::make_record(stamp, state->sequence(), *event));
  }
  append.state = state->row();
  bool written = false;
  log_->submit(std::move(append), [&](auto done) { written = done.has_value(); });
  log_->pump();
  BOOST_TEST_REQUIRE(written);
  if (!kind.contributes()) return;
  world.authority.Clear();
  for (const auto& [_, one] : known_) one.state->entity().contribute(world.authority);
}

const runtime::history::Finding& Scribe::Told::finding(const std::string& entity,
                                                       runtime::history::Sort sort,
                                                       const std::string& event) const {
  const auto found = differences.find(entity);
  BOOST_REQUIRE_MESSAGE(found != differences.end(), entity << " does not differ");
  for (const auto& finding : found->second.findings) {
    if (finding.sort == sort && finding.event == event) return finding;
  }
  std::string all;
  for (const auto& finding : found->second.findings) {
    all += std::string(word(finding.sort)) + " " + finding.event + " " + finding.detail + "; ";
  }
  BOOST_FAIL(entity << " has no finding " << word(sort) << " " << event << ": " << all);
  return found->second.findings.front();
}

Scribe::Told Scribe::what_if(const runtime::history::Policy& policy, runtime::Moment since) const {
  const runtime::history::WhatIf past(log_, catalog_, actors::retraces());
  Told told;
  const auto total = past.run(policy, since,
                              [&](const auto& difference) {
                                told.differences.emplace(to_string(difference.entity), difference);
                              },
                              {});
  BOOST_REQUIRE_MESSAGE(total.has_value(),
                        (total ? std::string() : std::string(total.error().message())));
  told.total = *total;
  return told;
}

}  // namespace nightshift::tests
