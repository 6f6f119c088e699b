// What a meter decides.
#include "actors/usage/usage.hpp"

#include <algorithm>

#include "actors/usage/prices.hpp"
#include "actors/usage/windows.hpp"
#include "messages/crypto.hpp"

namespace nightshift::actors {
namespace {

using namespace usage_pb;
using kernel::Context;
using Events = Usage::Events;
using Metering = Usage::Metering;
using google::protobuf::RepeatedPtrField;
using std::chrono::seconds;

constexpr std::uint32_t ttl_s_default = 900;
/// A caller's clock may be so far ahead of the node's.
constexpr std::chrono::minutes clocks_apart{5};
constexpr std::size_t request_bytes = 16;
/// The route of the sums over all meters: none can be called so.
constexpr std::string_view sums_route = "sums";

std::string micro_usd(std::uint64_t amount) {
  return std::to_string(amount) + (amount == 1 ? " micro-dollar" : " micro-dollars");
}

Result<void> check_name(const Context& context) {
  if (context.id != sums_route) return {};
  return fail(ErrorCode::invalid,
              "a meter cannot be called sums: /v1/usage/sums adds up all of them; choose another "
              "name",
              "id");
}

/// The state as it is once the windows of now have begun, and the events that say so.
struct Present {
  Present(const Metering& phase, const Context& context) : spells(phase.spells()) {
    for (auto& event : begun(spells, context)) {
      begin(spells, event);
      events.add(std::move(event));
    }
  }

  Spells spells;
  Events events;
};

template <class Listed>
const Listed* find_key(const RepeatedPtrField<Listed>& list, const std::string& key) {
  const auto found = std::ranges::find(list, key, &Listed::key);
  return found == list.end() ? nullptr : &*found;
}

bool is_over(const Hold& hold, Time now) { return from_proto(hold.expires()) <= now; }

Expired overdue(const Metering& phase, Time now) {
  Expired event;
  for (const auto& hold : phase.holds()) {
    if (is_over(hold, now)) event.add_keys(hold.key());
  }
  return event;
}

/// When the call was made: now, or what the caller says, which is neither to come nor before
/// `earliest`.
template <class Command>
Result<Time> time_of(const Command& command, const Context& context, Time earliest = Time::min()) {
  if (!command.has_at()) return context.now;
  const auto at = from_proto(command.at());
  if (at <= context.now + clocks_apart)
    return std::clamp(at, std::min(earliest, context.now), context.now);
  return fail(ErrorCode::invalid,
              "at is " + to_rfc3339(at) + ", and it is " + to_rfc3339(context.now) +
                  "; a call is counted once it was made",
              "at");
}

template <class Command>
Tokens tokens_of(const Command& command) {
  Tokens tokens;
  tokens.set_input(command.input_tokens());
  tokens.set_output(command.output_tokens());
  tokens.set_cache_read(command.cache_read_tokens());
  tokens.set_cache_write(command.cache_write_tokens());
  return tokens;
}

/// The call of `record` or `settle`, priced.
template <class Command>
Result<Call> priced(const Command& command, Time at, const Metering& phase, const Present& present,
                    const Context& context) {
  const auto& table = context.node.owners<PriceTable>();
  const auto price = find_price(table, command.model(), at);
  if (!price) return std::unexpected(price.error());
  Call call;
  call.set_model((*price)->model());
  *call.mutable_tokens() = tokens_of(command);
  call.set_task_type(command.task_type());
  *call.mutable_at() = to_proto(at);
  call.set_micro_usd(cost_micro_usd(call.tokens(), (*price)->rates()));
  auto& used = *call.mutable_price();
  used.set_table(table.version());
  *used.mutable_valid_from() = (*price)->valid_from();
  *used.mutable_rates() = (*price)->rates();
  for (const auto& spell : present.spells) {
    const bool counts = !command.has_at() || counts_in(spell, at, context);
    if (counts) call.add_windows(spell.window());
  }
  if (call.micro_usd() <= Usage::total_micro_usd_max - phase.total_micro_usd()) return call;
  return fail(ErrorCode::invalid, "the meter " + std::string(context.id) + " has counted " +
                                      micro_usd(phase.total_micro_usd()) + " and cannot take " +
                                      micro_usd(call.micro_usd()) + " more; begin another one");
}

/// Tells a repeat of a settlement from another under the same key.
std::string request_of(const Settle& command) {
  return std::string(as_bytes(sha256(command.SerializeAsString())).substr(0, request_bytes));
}

std::unexpected<Error> used_before(const std::string& key, std::string_view for_what) {
  return fail(ErrorCode::key_reused,
              "the key '" + key + "' was used " + std::string(for_what) + "; take a new key",
              "key");
}

std::unexpected<Error> no_such_key(const std::string& key) {
  return fail(ErrorCode::not_found,
              "there is no reservation '" + key +
                  "', and none among those that ended last; what was spent without one is "
                  "counted by record",
              "key");
}

/// `over_budget` where one of the budgets has less left than that.
Result<void> check_room(const Reserve& command, const Present& present, std::uint64_t held,
                        const Context& context) {
  for (const auto& spell : present.spells) {
    const auto room = left(spell, held);
    if (!room || command.micro_usd() <= *room) continue;
    return fail(ErrorCode::over_budget,
                "usage/" + std::string(context.id) + " may spend " +
                    micro_usd(spell.budget_micro_usd()) + " in a " +
                    std::string(word_of(spell.window())) + ": " +
                    std::to_string(spell.spent_micro_usd()) + " are spent, " +
                    std::to_string(held) + " reserved, " + std::to_string(*room) + " left, and " +
                    std::to_string(command.micro_usd()) + " were asked for; the next " +
                    std::string(word_of(spell.window())) + " begins at " +
                    to_rfc3339(from_proto(spell.ends())),
                "usage/" + std::string(context.id));
  }
  if (command.micro_usd() <= Usage::total_micro_usd_max - held) return {};
  return fail(ErrorCode::invalid,
              "more than " + micro_usd(Usage::total_micro_usd_max) + " cannot be reserved at once",
              "micro_usd");
}

/// Whether the key is a repeat of an open reservation; an error where it is another's.
Result<bool> is_repeat(const Metering& phase, const Reserve& command, seconds ttl, Time now) {
  if (const auto* hold = find_key(phase.holds(), command.key())) {
    if (is_over(*hold, now)) return used_before(command.key(), "by one that has expired");
    const bool same = hold->micro_usd() == command.micro_usd() &&
                      from_proto(hold->expires()) - from_proto(hold->at()) == ttl;
    if (same) return true;
    return used_before(command.key(), "for another amount or time");
  }
  if (find_key(phase.expired(), command.key()) != nullptr) {
    return used_before(command.key(), "by one that has expired");
  }
  if (find_key(phase.ended(), command.key()) != nullptr) {
    return used_before(command.key(), "by one that was settled or released");
  }
  return false;
}

}  // namespace

// ---- the first event of a meter

Result<Events> Usage::decide(const Absent&, const Record& command, const Context& context) {
  if (auto name = check_name(context); !name) return std::unexpected(name.error());
  return decide(Metering(), command, context);
}

Result<Events> Usage::decide(const Absent&, const Reserve& command, const Context& context) {
  if (auto name = check_name(context); !name) return std::unexpected(name.error());
  return decide(Metering(), command, context);
}

Result<Events> Usage::decide(const Absent&, const SetBudget& command, const Context& context) {
  if (auto name = check_name(context); !name) return std::unexpected(name.error());
  return decide(Metering(), command, context);
}

// ---- calls

Result<Events> Usage::decide(const Metering& phase, const Record& command, const Context& context) {
  const auto at = time_of(command, context);
  if (!at) return std::unexpected(at.error());
  Present present(phase, context);
  auto call = priced(command, *at, phase, present, context);
  if (!call) return std::unexpected(call.error());
  Recorded event;
  *event.mutable_call() = std::move(*call);
  present.events.add(std::move(event));
  return std::move(present.events);
}

Result<Events> Usage::decide(const Metering& phase, const Settle& command, const Context& context) {
  const auto* hold = find_key(phase.holds(), command.key());
  const auto* before = find_key(phase.ended(), command.key());
  if (before == nullptr) before = find_key(phase.expired(), command.key());
  if (hold == nullptr && before == nullptr) return no_such_key(command.key());
  const auto request = request_of(command);
  if (hold == nullptr && !before->request().empty()) {
    if (before->request() == request) return Events();
    return used_before(command.key(), "to settle another call");
  }
  const auto held_from = from_proto(hold != nullptr ? hold->at() : before->at());
  const auto at = time_of(command, context, held_from);
  if (!at) return std::unexpected(at.error());
  Present present(phase, context);
  auto call = priced(command, *at, phase, present, context);
  if (!call) return std::unexpected(call.error());
  Settled event;
  event.set_key(command.key());
  *event.mutable_call() = std::move(*call);
  event.set_late(hold == nullptr);
  event.set_request(request);
  present.events.add(std::move(event));
  return std::move(present.events);
}

// ---- reservations

Result<Events> Usage::decide(const Metering& phase, const Reserve& command,
                             const Context& context) {
  const seconds ttl(command.has_ttl_s() ? command.ttl_s() : ttl_s_default);
  if (ttl == seconds(0)) {
    return fail(ErrorCode::invalid, "a reservation holds for a second at least", "ttl_s");
  }
  const auto repeat = is_repeat(phase, command, ttl, context.now);
  if (!repeat) return std::unexpected(repeat.error());
  if (*repeat) return Events();
  auto gone = overdue(phase, context.now);
  auto held = phase.held_micro_usd();
  for (const auto& key : gone.keys()) held -= find_key(phase.holds(), key)->micro_usd();
  if (phase.holds_size() - gone.keys_size() >= holds_max) {
    return fail(ErrorCode::overloaded,
                "the meter " + std::string(context.id) + " has " + std::to_string(holds_max) +
                    " open reservations; try again when some are settled or released");
  }
  Present present(phase, context);
  if (auto room = check_room(command, present, held, context); !room) {
    return std::unexpected(room.error());
  }
  if (!gone.keys().empty()) present.events.add(std::move(gone));
  Reserved event;
  event.set_key(command.key());
  event.set_micro_usd(command.micro_usd());
  *event.mutable_at() = to_proto(context.now);
  *event.mutable_expires() = to_proto(context.now + ttl);
  present.events.add(std::move(event));
  return std::move(present.events);
}

Result<Events> Usage::decide(const Metering& phase, const Release& command, const Context&) {
  const auto* ended = find_key(phase.ended(), command.key());
  if (ended != nullptr && !ended->request().empty()) {
    return fail(
        ErrorCode::wrong_phase,
        "the reservation '" + command.key() + "' was settled: what was spent cannot be given back",
        "key");
  }
  if (ended != nullptr || find_key(phase.expired(), command.key()) != nullptr) return Events();
  if (find_key(phase.holds(), command.key()) == nullptr) return no_such_key(command.key());
  Released event;
  event.set_key(command.key());
  return event;
}

Result<Events> Usage::decide(const Metering& phase, const Expire&, const Context& context) {
  auto gone = overdue(phase, context.now);
  if (gone.keys().empty()) return Events();
  return gone;
}

// ---- budgets

Result<Events> Usage::decide(const Metering& phase, const SetBudget& command,
                             const Context& context) {
  Present present(phase, context);
  const auto* spell = find_spell(present.spells, command.window());
  if (spell == nullptr) {
    return fail(ErrorCode::invalid, "a budget is for a day, a week or a month", "window");
  }
  if (spell->has_budget_micro_usd() && spell->budget_micro_usd() == command.micro_usd()) {
    return Events();
  }
  BudgetSet event;
  event.set_window(command.window());
  event.set_micro_usd(command.micro_usd());
  present.events.add(std::move(event));
  return std::move(present.events);
}

Result<Events> Usage::decide(const Metering& phase, const LiftBudget& command, const Context&) {
  const auto spell = std::ranges::find(phase.spells(), command.window(), &Spell::window);
  if (spell == phase.spells().end()) {
    return fail(ErrorCode::invalid, "a budget is for a day, a week or a month", "window");
  }
  if (!spell->has_budget_micro_usd()) return Events();
  BudgetLifted event;
  event.set_window(command.window());
  return event;
}

}  // namespace nightshift::actors
