// How events move a meter on, and when it must be woken.
#include <algorithm>
#include <ranges>

#include "actors/usage/usage.hpp"
#include "actors/usage/windows.hpp"

namespace nightshift::actors {
namespace {

using namespace usage_pb;
using Metering = Usage::Metering;
using google::protobuf::RepeatedPtrField;

/// Takes the entry with this key out; an empty one where there is none.
template <class Listed>
Listed take(RepeatedPtrField<Listed>& list, const std::string& key) {
  const auto found = std::ranges::find(list, key, &Listed::key);
  if (found == list.end()) return {};
  Listed taken = std::move(*found);
  list.erase(found);
  return taken;
}

Hold take_hold(Metering& phase, const std::string& key) {
  auto hold = take(*phase.mutable_holds(), key);
  phase.set_held_micro_usd(phase.held_micro_usd() - hold.micro_usd());
  return hold;
}

/// Forgets the oldest where there are too many.
Ended& remember(RepeatedPtrField<Ended>& list, const std::string& key) {
  if (list.size() >= Usage::ended_max) list.erase(list.begin());
  auto& ended = *list.Add();
  ended.set_key(key);
  return ended;
}

void count(Metering& phase, const Call& call) {
  for (const auto window : call.windows()) {
    auto* spell = find_spell(*phase.mutable_spells(), static_cast<Window>(window));
    if (spell != nullptr) spell->set_spent_micro_usd(spell->spent_micro_usd() + call.micro_usd());
  }
  phase.set_calls(phase.calls() + 1);
  phase.set_total_micro_usd(phase.total_micro_usd() + call.micro_usd());
  auto& last = *phase.mutable_last();
  last.set_model(call.model());
  last.set_micro_usd(call.micro_usd());
  last.set_price_table(call.price().table());
}

}  // namespace

Usage::State Usage::evolve(Absent&&, const WindowBegan& event) { return evolve(Metering(), event); }

Usage::State Usage::evolve(Metering&& phase, const WindowBegan& event) {
  begin(*phase.mutable_spells(), event);
  return std::move(phase);
}

Usage::State Usage::evolve(Metering&& phase, const Recorded& event) {
  count(phase, event.call());
  return std::move(phase);
}

Usage::State Usage::evolve(Metering&& phase, const Reserved& event) {
  auto& hold = *phase.add_holds();
  hold.set_key(event.key());
  hold.set_micro_usd(event.micro_usd());
  *hold.mutable_at() = event.at();
  *hold.mutable_expires() = event.expires();
  phase.set_held_micro_usd(phase.held_micro_usd() + event.micro_usd());
  return std::move(phase);
}

Usage::State Usage::evolve(Metering&& phase, const Settled& event) {
  take_hold(phase, event.key());
  take(*phase.mutable_expired(), event.key());
  take(*phase.mutable_ended(), event.key());
  remember(*phase.mutable_ended(), event.key()).set_request(event.request());
  count(phase, event.call());
  return std::move(phase);
}

Usage::State Usage::evolve(Metering&& phase, const Released& event) {
  const auto hold = take_hold(phase, event.key());
  *remember(*phase.mutable_ended(), event.key()).mutable_at() = hold.at();
  return std::move(phase);
}

Usage::State Usage::evolve(Metering&& phase, const Expired& event) {
  for (const auto& key : event.keys()) {
    const auto hold = take_hold(phase, key);
    *remember(*phase.mutable_expired(), key).mutable_at() = hold.at();
  }
  return std::move(phase);
}

Usage::State Usage::evolve(Metering&& phase, const BudgetSet& event) {
  if (auto* spell = find_spell(*phase.mutable_spells(), event.window())) {
    spell->set_budget_micro_usd(event.micro_usd());
  }
  return std::move(phase);
}

Usage::State Usage::evolve(Metering&& phase, const BudgetLifted& event) {
  if (auto* spell = find_spell(*phase.mutable_spells(), event.window())) {
    spell->clear_budget_micro_usd();
  }
  return std::move(phase);
}

kernel::Work Usage::pending(const Metering& phase) {
  kernel::Work work;
  if (phase.holds().empty()) return work;
  const auto expires = [](const Hold& hold) { return from_proto(hold.expires()); };
  const auto first = std::ranges::min(phase.holds() | std::views::transform(expires));
  work.deadline("expire", first, Expire());
  return work;
}

Usage::View Usage::view(const Metering& phase) {
  constexpr int holds_shown_max = 16;
  View view;
  view.set_calls(phase.calls());
  view.set_total_micro_usd(phase.total_micro_usd());
  view.set_held_micro_usd(phase.held_micro_usd());
  view.set_reservations(static_cast<std::uint32_t>(phase.holds_size()));
  for (const auto& spell : phase.spells()) {
    auto& budget = *view.add_windows();
    budget.set_window(spell.window());
    *budget.mutable_begins() = spell.begins();
    *budget.mutable_ends() = spell.ends();
    budget.set_spent_micro_usd(spell.spent_micro_usd());
    if (spell.has_budget_micro_usd()) budget.set_budget_micro_usd(spell.budget_micro_usd());
    if (const auto room = left(spell, phase.held_micro_usd())) budget.set_left_micro_usd(*room);
  }
  const auto shown = std::min(phase.holds_size(), holds_shown_max);
  for (int i = 0; i < shown; ++i) *view.add_holds() = phase.holds(i);
  if (phase.has_last()) *view.mutable_last() = phase.last();
  return view;
}

}  // namespace nightshift::actors
