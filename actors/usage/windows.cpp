// Windows against the host's calendar.
#include "actors/usage/windows.hpp"

#include <algorithm>
#include <array>

namespace nightshift::actors {
namespace {

using usage::Window;

constexpr std::array all_windows{usage::WINDOW_DAY, usage::WINDOW_WEEK, usage::WINDOW_MONTH};

const kernel::Span& span_of(Window window, const kernel::Calendar& calendar) {
  switch (window) {
    case usage::WINDOW_DAY: return calendar.day;
    case usage::WINDOW_WEEK: return calendar.week;
    default: return calendar.month;
  }
}

/// It began while the clock was wrong: waiting for its end could take years.
bool is_far_ahead(const usage::Spell& spell, Time now) {
  const auto begins = from_proto(spell.begins());
  return now < begins - (from_proto(spell.ends()) - begins);
}

}  // namespace

usage::Spell* find_spell(Spells& spells, Window window) {
  const auto found = std::ranges::find(spells, window, &usage::Spell::window);
  return found == spells.end() ? nullptr : &*found;
}

std::vector<usage::WindowBegan> begun(const Spells& spells, const kernel::Context& context) {
  std::vector<usage::WindowBegan> events;
  for (const auto window : all_windows) {
    const auto& span = span_of(window, context.calendar);
    const auto open = std::ranges::find(spells, window, &usage::Spell::window);
    const bool first = open == spells.end();
    const bool back = !first && is_far_ahead(*open, context.now);
    const auto over = first || back ? Time::min() : from_proto(open->ends());
    if (context.now < over) continue;
    auto& event = events.emplace_back();
    event.set_window(window);
    *event.mutable_begins() = to_proto(std::max(span.begin, over));
    *event.mutable_ends() = to_proto(span.end);
    if (back) event.set_spent_micro_usd(open->spent_micro_usd());
  }
  return events;
}

void begin(Spells& spells, const usage::WindowBegan& event) {
  auto* spell = find_spell(spells, event.window());
  if (spell == nullptr) spell = spells.Add();
  spell->set_window(event.window());
  *spell->mutable_begins() = event.begins();
  *spell->mutable_ends() = event.ends();
  spell->set_spent_micro_usd(event.spent_micro_usd());
}

bool counts_in(const usage::Spell& spell, Time at, const kernel::Context& context) {
  // What is counted now counts in what is open now, also where the clock was set back before it.
  const auto& span = span_of(spell.window(), context.calendar);
  return at >= std::min(from_proto(spell.begins()), span.begin);
}

std::optional<std::uint64_t> left(const usage::Spell& spell, std::uint64_t held_micro_usd) {
  if (!spell.has_budget_micro_usd()) return std::nullopt;
  const auto taken = spell.spent_micro_usd() + held_micro_usd;
  return spell.budget_micro_usd() - std::min(spell.budget_micro_usd(), taken);
}

std::string_view word_of(Window window) {
  switch (window) {
    case usage::WINDOW_DAY: return "day";
    case usage::WINDOW_WEEK: return "week";
    default: return "month";
  }
}

}  // namespace nightshift::actors
