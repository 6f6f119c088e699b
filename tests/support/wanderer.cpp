// Walks and checks.
#include "tests/support/wanderer.hpp"

#include <algorithm>
#include <stdexcept>

#include "tests/support/random_command.hpp"
#include "tests/support/story.hpp"

namespace nightshift::tests {

using google::protobuf::Message;

Wanderer::Wanderer(const kernel::Kind& kind, std::uint64_t seed,
                   std::function<void(const Step&)> seen)
    : kind_(kind),
      seed_(seed),
      dice_(seed),
      seen_(std::move(seen)),
      entity_(kind.make()),
      replayed_(kind.make()) {
  if (dice_.chance(30)) world_.authority.clear_approvers();
}

void Wanderer::check(bool holds, const std::string& promise) const {
  if (holds) return;
  throw std::logic_error(std::string(kind_.name()) + ", seed " + std::to_string(seed_) +
                         ", in phase " + entity_->phase() + ", at " + last_ + ": " + promise);
}

void Wanderer::step() {
  world_.now += std::chrono::minutes(dice_.roll(20));
  world_.refresh();
  const auto work = entity_->pending();
  for (const auto& effect : work.effects) effect_ids_.push_back(effect.id);
  if (!work.effects.empty() && dice_.chance(40)) return effect_step(dice_.pick(work.effects).id);
  if (!effect_ids_.empty() && dice_.chance(12)) return end_step(dice_.pick(effect_ids_));
  if (!work.deadlines.empty() && dice_.chance(20)) return deadline_step(dice_.pick(work.deadlines));
  if (!told_.empty() && dice_.chance(10)) return refused_step(dice_.pick(told_));
  command_step();
}

/// Mostly one that the phase takes: a walk shall get somewhere.
const kernel::CommandInfo& Wanderer::pick_command() {
  const auto& commands = kind_.commands();
  const auto same = [this](const auto& phase) { return phase.name == entity_->phase(); };
  const auto phase = std::ranges::find_if(kind_.phases(), same) - kind_.phases().begin();
  auto column = dice_.roll(commands.size());
  for (int tries = 0; tries < 8; ++tries) {
    if (kind_.decides(static_cast<std::size_t>(phase), column)) break;
    column = dice_.roll(commands.size());
  }
  return commands[column];
}

void Wanderer::command_step() {
  if (dice_.chance(10)) world_.authority = everybody_;
  const auto& command = pick_command();
  const auto view = entity_->absent() ? nullptr : entity_->view();
  world_.caller = random_caller(command.scope, dice_);
  decide(command, *random_command(command, view.get(), world_, dice_));
}

void Wanderer::deadline_step(const kernel::Deadline& deadline) {
  const auto* command = kind_.find_command(deadline.command);
  check(command != nullptr, "the deadline " + deadline.name + " names no command of the kind");
  world_.now = std::max(world_.now, deadline.due);
  world_.caller = kernel::Caller::of_host();
  std::unique_ptr<Message> message(command->prototype->New());
  check(message->ParseFromString(deadline.payload), "the deadline's command cannot be read");
  decide(*command, *message);
  const auto left = entity_->pending().deadlines;
  check(std::ranges::find(left, deadline) == left.end(),
        "the deadline " + deadline.name + " has come and would come again for ever");
}

void Wanderer::effect_step(const std::string& effect_id) {
  if (dice_.chance(50)) return end_step(effect_id);
  host::Dispatched dispatched;
  dispatched.set_effect_id(effect_id);
  dispatched.set_attempt(1);
  fold(dispatched, "");
}

/// An end is a fact: it may come late, and no phase refuses it.
void Wanderer::end_step(const std::string& effect_id) {
  const bool wanted = entity_->pending().find_effect(effect_id) != nullptr;
  host::Ended ended;
  ended.set_effect_id(effect_id);
  ended.set_state(
      dice_.pick<EffectState>({EFFECT_STATE_COMMITTED, EFFECT_STATE_FAILED_BEFORE_EFFECT,
                               EFFECT_STATE_UNKNOWN_AFTER_DISPATCH}));
  ended.set_evidence("what the receiver said");
  ended.set_last(dice_.chance(50) || ended.state() == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH);
  fold(ended, "");
  if (!wanted || ended.state() != EFFECT_STATE_UNKNOWN_AFTER_DISPATCH) return;
  const auto same = [this](const auto& phase) { return phase.name == entity_->phase(); };
  check(!std::ranges::find_if(kind_.phases(), same)->awaits.empty(),
        "nobody is asked what became of an effect whose outcome is unknown: the phase needs the "
        "option `awaits`");
}

void Wanderer::refused_step(const host::Told& told) {
  host::TellRefused refused;
  refused.set_kind(told.kind());
  refused.set_id(told.id());
  refused.set_n(1);
  refused.set_command(told.command());
  refused.set_code(dice_.pick<std::string>({"wrong_phase", "invalid"}));
  refused.set_detail("why the target would not");
  refused.set_body(told.body());
  fold(refused, "");
}

void Wanderer::decide(const kernel::CommandInfo& command, const Message& message) {
  last_ = command.name + " { " + message.ShortDebugString().substr(0, 2000) + " } by " +
          world_.caller.principal;
  const auto before = encoded(*entity_);
  const auto context = world_.context();
  const auto decided = entity_->decide(message, context);
  const auto repeated = entity_->decide(message, context);
  check(encoded(*entity_) == before, "the decision changed the state");
  check(decided.has_value() == repeated.has_value(), "the decision is not repeatable");
  const auto phase = entity_->phase();
  if (!decided) {
    const auto code = decided.error().code;
    check(!decided.error().message().empty(), "the refusal says nothing");
    check(code != ErrorCode::bug && code != ErrorCode::corrupt, "the refusal blames the program");
    return seen_({.phase = phase,
                  .command = command.name,
                  .event = {},
                  .refusal = std::string(info(code).name),
                  .after = phase});
  }
  check(describe(*decided) == describe(*repeated), "the decision is not repeatable");
  if (decided->empty()) seen_({phase, command.name, {}, {}, phase});
  for (const auto& event : *decided) {
    if (const auto* told = dynamic_cast<const host::Told*>(event.get())) told_.push_back(*told);
    fold(*event, command.name);
  }
}

void Wanderer::fold(const Message& event, const std::string& command) {
  if (command.empty()) last_ = event_type(event) + " { " + event.ShortDebugString() + " }";
  const auto phase = entity_->phase();
  const auto live = entity_->evolve(event);
  check(live.has_value(), live ? "" : std::string(live.error().message()));
  const auto bytes = event.SerializeAsString();
  const auto again = replayed_->replay(event_type(event), kernel::event_schema, bytes);
  check(again && *again, "the event " + event_type(event) + " cannot be replayed");
  ++world_.sequence;

  std::string body;
  entity_->encode(body);
  const auto restored = kind_.make();
  check(restored->decode(entity_->phase(), body).has_value(), "the state row cannot be read");
  for (const auto* other : {replayed_.get(), restored.get()}) {
    check(encoded(*other) == encoded(*entity_), "a replay or a state row gives another state");
    check(describe(other->pending()) == describe(entity_->pending()), "and other work");
    check(other->index() == entity_->index(), "and other index values");
  }
  check_shown();
  seen_({phase, command, event_type(event), {}, entity_->phase()});
}

void Wanderer::check_shown() const {
  const auto work = entity_->pending();
  for (const auto& effect : work.effects) {
    check(!effect.id.empty(), "an effect has no id");
    check(&effect == work.find_effect(effect.id), "two effects have one id");
  }
  const auto index = entity_->index();
  const bool absent = entity_->absent();
  check(std::ranges::is_sorted(index), "the index values are not sorted");
  check(absent == index.empty(), "a status is not indexed, or is for nothing");
  for (const auto& [field, value] : index) {
    check(!value.empty() && value.size() <= kernel::index_value_bytes_max,
          "the index value of " + field + " is empty or too long");
  }
  const auto known = [this](const auto& phase) { return phase.status == entity_->status(); };
  check(std::ranges::any_of(kind_.phases(), known), "the status is none of the phases'");
  const auto view = entity_->view();
  check(view->GetDescriptor() == kind_.view_descriptor(), "the view is of another type");
  const std::unique_ptr<Message> read(view->New());
  check(read->ParseFromString(view->SerializeAsString()), "the view is not readable");
}

}  // namespace nightshift::tests
