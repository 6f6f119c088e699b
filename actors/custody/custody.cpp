// Who may not go, and what went.
#include "actors/custody/custody.hpp"

#include <algorithm>

#include "messages/ids.hpp"

namespace nightshift::actors {
namespace {

using namespace custody_pb;
using kernel::Context;
using Events = Custody::Events;
using Keeping = Custody::Keeping;

const Held* find_hold(const Keeping& phase, const std::string& id) {
  const auto& holds = phase.holds();
  const auto at = std::ranges::lower_bound(holds, id, {}, &Held::id);
  return at != holds.end() && at->id() == id ? &*at : nullptr;
}

/// What is held by name or with all of its kind.
const Held* hold_on(const Keeping& phase, const std::string& id) {
  const auto* hold = find_hold(phase, id);
  return hold != nullptr ? hold : find_hold(phase, {});
}

std::string name_of(const Context& context, const std::string& id) {
  return std::string(context.id) + "/" + (id.empty() ? "*" : id);
}

Result<Events> hold(const Keeping& phase, const Hold& command, const Context& context) {
  if (!command.id().empty() && !is_id(command.id()))
    return fail(ErrorCode::invalid, "\"" + command.id() + "\" is not the id of an entity", "id");
  const auto* present = find_hold(phase, command.id());
  if (present != nullptr && present->reason() == command.reason()) return Events();
  if (present == nullptr && phase.holds_size() >= Custody::holds_max)
    return fail(ErrorCode::overloaded, std::string(context.id) + " has " +
                                           std::to_string(Custody::holds_max) +
                                           " holds already: release some, or hold all of it");
  Held event;
  event.set_id(command.id());
  event.set_reason(command.reason());
  event.set_by(context.caller.principal);
  *event.mutable_at() = to_proto(context.now);
  return event;
}

Result<Events> archive(const Keeping& phase, const Archive& command, const Context& context) {
  for (const auto& id : command.ids())
    if (const auto* hold = hold_on(phase, id))
      return fail(
          ErrorCode::held,
          name_of(context, id) + " is under hold: " + hold->reason() + " (" + hold->by() + ")",
          name_of(context, id));
  HandedOver event;
  event.set_archive(command.archive());
  event.set_entities(static_cast<std::uint64_t>(command.ids_size()));
  event.set_records(command.records());
  return event;
}

}  // namespace

Result<Events> Custody::decide(const Absent&, const Hold& command, const Context& context) {
  return hold({}, command, context);
}

Result<Events> Custody::decide(const Absent&, const Archive& command, const Context& context) {
  return archive({}, command, context);
}

Result<Events> Custody::decide(const Keeping& phase, const Hold& command, const Context& context) {
  return hold(phase, command, context);
}

Result<Events> Custody::decide(const Keeping& phase, const Release& command,
                               const Context& context) {
  if (find_hold(phase, command.id()) == nullptr)
    return fail(ErrorCode::not_found, name_of(context, command.id()) + " is not under hold",
                name_of(context, command.id()));
  Released event;
  event.set_id(command.id());
  event.set_reason(command.reason());
  return event;
}

Result<Events> Custody::decide(const Keeping& phase, const Archive& command,
                               const Context& context) {
  return archive(phase, command, context);
}

Custody::State Custody::evolve(Absent&&, const Held& event) { return evolve(Keeping(), event); }

Custody::State Custody::evolve(Absent&&, const HandedOver& event) {
  return evolve(Keeping(), event);
}

Custody::State Custody::evolve(Keeping&& phase, const Held& event) {
  auto& holds = *phase.mutable_holds();
  auto at = std::ranges::lower_bound(holds, event.id(), {}, &Held::id);
  if (at != holds.end() && at->id() == event.id()) {
    *at = event;
    return std::move(phase);
  }
  const auto place = at - holds.begin();
  *holds.Add() = event;
  std::rotate(holds.begin() + place, holds.end() - 1, holds.end());
  return std::move(phase);
}

Custody::State Custody::evolve(Keeping&& phase, const Released& event) {
  auto& holds = *phase.mutable_holds();
  const auto at = std::ranges::lower_bound(holds, event.id(), {}, &Held::id);
  if (at != holds.end() && at->id() == event.id()) holds.erase(at);
  return std::move(phase);
}

Custody::State Custody::evolve(Keeping&& phase, const HandedOver& event) {
  phase.set_archives(phase.archives() + 1);
  phase.set_entities_archived(phase.entities_archived() + event.entities());
  phase.set_records_archived(phase.records_archived() + event.records());
  phase.set_last_archive(event.archive());
  return std::move(phase);
}

Custody::View Custody::view(const Keeping& phase) {
  View view;
  *view.mutable_holds() = phase.holds();
  view.set_held(static_cast<std::uint32_t>(phase.holds_size()));
  view.set_archives(phase.archives());
  view.set_entities_archived(phase.entities_archived());
  view.set_records_archived(phase.records_archived());
  view.set_last_archive(phase.last_archive());
  return view;
}

}  // namespace nightshift::actors
