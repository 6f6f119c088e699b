// The day, the week and the month of a meter: which is open, what counts in it, what is left.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <google/protobuf/repeated_ptr_field.h>

#include "messages/usage.pb.h"
#include "runtime/kernel/context.hpp"

namespace nightshift::actors {

using Spells = google::protobuf::RepeatedPtrField<usage::Spell>;

/// Null if there is none of this window.
usage::Spell* find_spell(Spells& spells, usage::Window window);

/// The windows that begin before a decision at `context.now`: those that no event has begun yet,
/// and the next of those that are over. A window ends when it was to end as it began, whatever
/// became of the node's zone meanwhile, and though the clock is set back, unless by more than a
/// whole window; the next is the calendar's.
std::vector<usage::WindowBegan> begun(const Spells& spells, const kernel::Context& context);

/// As `evolve` does; its budget stays.
void begin(Spells& spells, const usage::WindowBegan& event);

/// True if a call made at `at` counts in the open window.
bool counts_in(const usage::Spell& spell, Time at, const kernel::Context& context);

/// What can still be spent; nothing where there is no budget.
std::optional<std::uint64_t> left(const usage::Spell& spell, std::uint64_t held_micro_usd);

/// `day`, `week`, `month`.
std::string_view word_of(usage::Window window);

}  // namespace nightshift::actors
