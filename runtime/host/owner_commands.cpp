// The owner and commands: repeats, decisions, deadlines.
#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "runtime/host/archiving.hpp"
#include "runtime/host/entropy.hpp"
#include "runtime/host/owner.hpp"

namespace nightshift::runtime::host {
namespace {

constexpr auto commands_kept = std::chrono::days(7);

/// What the log says and will not say for long: nothing was written, nothing is wrong with it.
bool is_passing(ErrorCode code) {
  return code == ErrorCode::no_space || code == ErrorCode::conflict ||
         code == ErrorCode::overloaded;
}

}  // namespace

void Owner::on(Deliver& deliver) {
  if (deliver.call->telling() != nullptr) return hear(std::move(deliver.call));
  decide(std::move(deliver.call));
}

void Owner::on(Fire& fire) {
  const auto still = [&](const kernel::Deadline& deadline) {
    return deadline.name == fire.key.name && deadline.due == fire.key.due;
  };
  const auto due = std::ranges::find_if(work_.deadlines, still);
  if (due == work_.deadlines.end()) return forget(fire);
  const auto now = core_->clock.now();
  // The clock was set back since it fired.
  if (now < fire.key.due) return core_->deadlines->add(fire.key, fire.why);
  const auto* info = kind_.find_command(due->command);
  if (info == nullptr) return restart("its deadline asks for unknown command " + due->command);
  std::shared_ptr<google::protobuf::Message> body(info->prototype->New());
  body->ParsePartialFromString(due->payload);
  Command command;
  command.entity = entity_;
  command.body = std::move(body);
  command.caller = kernel::Caller::of_host();
  command.correlation = fire.why.correlation();
  auto events = ask(command, now);
  if (!events) return refuse_deadline(fire, events.error());
  // Runs on the log's thread while the node is there, or is dropped with the call.
  auto reply = [core = core_.get(), key = fire.key, why = fire.why,
                place = fire.place](const Result<Answer>& answer) {
    if (!answer && is_passing(answer.error().code)) core->deadlines->again(key, why);
  };
  accept(std::make_unique<Call>(std::move(command), std::move(reply), core_->calls),
         std::move(*events), now);
}

void Owner::refuse_deadline(const Fire& fire, const Error& error) {
  core_->report(to_string(entity_) + " refused its deadline " + fire.key.name + ": " +
                std::string(error.message()));
  // Another program may be able to decide it.
  if (error.code == ErrorCode::bug) return;
  forget(fire);
}

void Owner::forget(const Fire& fire) {
  auto append = barrier(state_->sequence());
  append.work.push_back({fire.key, std::nullopt});
  auto landing = landing_on(lane_, nullptr);
  landing.then = [place = fire.place](Core&, bool) {};
  submit(std::move(append), std::move(landing));
}

void Owner::decide(std::unique_ptr<Call> call) {
  if (repeated(call)) return;
  const auto& command = call->command();
  if (command.if_match && *command.if_match != state_->sequence()) {
    return settle(std::move(call),
                  fail(ErrorCode::stale,
                       to_string(entity_) + " is at version " + std::to_string(state_->sequence()) +
                           ", not " + std::to_string(*command.if_match) + "; read it again",
                       to_string(entity_)));
  }
  const auto* survey = call->survey();
  if (survey != nullptr && !*survey)
    return settle(std::move(call), std::unexpected(survey->error()));
  const auto now = core_->clock.now();
  auto events = ask(command, now, survey == nullptr ? nullptr : &**survey);
  if (!events) return settle(std::move(call), std::unexpected(std::move(events.error())));
  accept(std::move(call), std::move(*events), now);
}

Result<kernel::AnyEvents> Owner::ask(const Command& command, Time now, const Survey* survey) {
  core_->point("before_decide");
  std::optional<kernel::NodeFacts> facts;
  if (survey != nullptr) {
    facts = core_->facts;
    auto& known = facts->executors[survey->effect_type];
    for (const auto& [name, target] : survey->targets) known.insert_or_assign(name, target);
  }
  std::array<char, 16> fresh;
  fill_random(fresh);
  const kernel::Context context{.now = now,
                                .caller = command.caller,
                                .id = entity_.id,
                                .sequence = state_->sequence(),
                                .node = facts ? *facts : core_->facts,
                                .authority = authority(),
                                .fresh = {fresh.data(), fresh.size()},
                                .calendar = calendar(now)};
  try {
    return state_->entity().decide(*command.body, context);
  } catch (const std::exception& error) {
    core_->report(to_string(entity_) + " threw on " + command.body->GetDescriptor()->name() + ": " +
                  error.what());
    return fail(
        ErrorCode::bug,
        "the program failed on this command and changed nothing: " + std::string(error.what()),
        to_string(entity_));
  }
}

bool Owner::repeated(std::unique_ptr<Call>& call) {
  recent_.forget_until(lane_->answered);
  if (!call->may_repeat()) return false;
  const auto& principal = call->command().caller.principal;
  const auto reused = [&] {
    settle(std::move(call), fail(ErrorCode::key_reused,
                                 "the key was used on " + to_string(entity_) +
                                     " with another request; take a new key",
                                 to_string(entity_)));
    return true;
  };
  if (const auto* recent = recent_.find(principal, call->id())) {
    if (recent->request_hash != call->request_hash()) return reused();
    settle(std::move(call), recent->answer, false);
    return true;
  }
  auto entry = core_->log.find_command(entity_, principal, call->id(), core_->clock.now());
  if (!entry) {
    settle(std::move(call), std::unexpected(entry.error()));
    return true;
  }
  if (!*entry) return false;
  if ((*entry)->request_hash != call->request_hash()) return reused();
  if (core_->clock.now() - (*entry)->at > commands_kept) {
    settle(std::move(call), fail(ErrorCode::key_expired, {}, to_string(entity_)));
    return true;
  }
  answer_again(std::move(call), **entry);
  return true;
}

void Owner::answer_again(std::unique_ptr<Call> call, const storage::CommandEntry& entry) {
  const auto finish = [id = call->id(), created = entry.created](Answer& answer) {
    answer.command_id = id;
    answer.created = created;
  };
  if (entry.sequence == state_->sequence()) {
    auto same = answer();
    finish(*same);
    return settle(std::move(call), std::move(same));
  }
  core_->readers->post([&core = *core_, &kind = kind_, entity = entity_, finish,
                        sequence = entry.sequence, call = std::move(call)]() mutable {
    auto state = EntityState::replay(core.log, kind, entity, sequence);
    if (!state) return call->answer(std::unexpected(std::move(state.error())));
    auto first = (*state)->answer(core.boot_epoch, core.log_id);
    finish(first);
    call->answer(std::move(first));
  });
}

void Owner::settle(std::unique_ptr<Call> call, Result<std::shared_ptr<Answer>> result,
                   bool takes_offset) {
  auto landing = landing_on(lane_, std::move(call));
  landing.takes_offset = takes_offset;
  if (result) {
    landing.answer = std::move(*result);
  } else {
    landing.refusal = std::move(result.error());
  }
  answer_when_durable(state_->sequence(), std::move(landing));
}

void Owner::accept(std::unique_ptr<Call> call, kernel::AnyEvents events, Time now) {
  core_->point("after_decide");
  const auto& command = call->command();
  Change change;
  change.events = std::move(events);
  change.cause = call->id();
  change.correlation = call->correlation();
  change.principal = command.caller.principal;
  change.decided_at = now;
  // A Tell is recognised by its mark.
  if (call->telling() == nullptr) {
    change.command = storage::CommandEntry{.principal = command.caller.principal,
                                           .key = call->id(),
                                           .request_hash = call->request_hash(),
                                           .at = now,
                                           .created = state_->sequence() == 0};
  }
  hand_over(command, change);
  change.call = std::move(call);
  commit(std::move(change));
}

void Owner::hand_over(const Command& command, Change& change) {
  if (!command.archival || change.events.empty()) return;
  change.archival = command.archival;
  change.events.push_back(archived_event(*command.archival));
  // Who still runs for one of them would answer from memory.
  change.then = [archival = command.archival](Core& core, bool written) {
    if (!written) return;
    core.point("after_archival");
    for (const auto& stream : archival->streams) core.router->end(stream.entity);
  };
}

}  // namespace nightshift::runtime::host
