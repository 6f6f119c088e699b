// The purse's rules.
#include "tests/support/kinds/purse.hpp"

#include <algorithm>
#include <stdexcept>

#include "runtime/kernel/lift.hpp"

namespace nightshift::tests {

using namespace purse_pb;
using Events = Purse::Events;
using Phase = Purse::State;

namespace {

constexpr std::uint32_t times_max = 1000;
constexpr std::int64_t amount_max = 1'000'000'000;

Result<void> check_amount(std::int64_t amount) {
  if (amount < 0) return fail(ErrorCode::invalid, "less than nothing", "amount");
  if (amount > amount_max) return fail(ErrorCode::too_large, "more than there is", "amount");
  return {};
}

Result<Filled> filled(const Fill& command) {
  if (auto sound = check_amount(command.amount()); !sound) return std::unexpected(sound.error());
  Filled event;
  event.set_amount(command.amount());
  return event;
}

template <class To>
To with(Content content) {
  To phase;
  *phase.mutable_content() = std::move(content);
  return phase;
}

Content filled(Content content, const Filled& event) {
  content.set_balance(content.balance() + event.amount());
  return content;
}

Content returned(Content content, const host::TellRefused& event) {
  Receive command;
  const bool ours = command.ParseFromString(event.body()) && check_amount(command.amount());
  if (ours) content.set_balance(content.balance() + command.amount());
  content.set_refused(content.refused() + 1);
  return content;
}

View shown(const Content& content) {
  View view;
  view.set_balance(content.balance());
  view.set_disorder(content.disorder());
  view.set_refused(content.refused());
  return view;
}

}  // namespace

Result<Events> Purse::decide(const Absent&, const Fill& command, const Context&) {
  return filled(command);
}
Result<Events> Purse::decide(const Open&, const Fill& command, const Context&) {
  return filled(command);
}
Result<Events> Purse::decide(const Closed&, const Fill& command, const Context&) {
  return filled(command);
}

Result<Events> Purse::decide(const Open& phase, const Pay& command, const Context&) {
  if (auto sound = check_amount(command.amount()); !sound) return std::unexpected(sound.error());
  if (command.times() > times_max) return fail(ErrorCode::too_large, "too often", "times");
  const auto& paid = phase.content().paid();
  const auto known = paid.find(command.to());
  auto number = known == paid.end() ? 0 : known->second;
  Paid event;
  event.set_to(command.to());
  event.set_amount(command.amount());
  Receive receive;
  receive.set_amount(command.amount());
  Events events;
  for (auto times = std::max(1u, command.times()); times > 0; --times) {
    receive.set_number(++number);
    events.add(event).tell(command.to(), receive);
  }
  return events;
}

Result<Events> Purse::decide(const Open&, const Receive& command, const Context& context) {
  if (auto sound = check_amount(command.amount()); !sound) return std::unexpected(sound.error());
  if (command.amount() >= 1000) return fail(ErrorCode::too_large, "too much at once", "amount");
  Received event;
  event.set_from(context.caller.principal);
  event.set_amount(command.amount());
  event.set_number(command.number());
  return event;
}

Result<Events> Purse::decide(const Open&, const Close&, const Context&) { return WasClosed(); }

Phase Purse::evolve(Absent&&, const Filled& event) { return with<Open>(filled({}, event)); }
Phase Purse::evolve(Open&& phase, const Filled& event) {
  return with<Open>(filled(phase.content(), event));
}
Phase Purse::evolve(Closed&& phase, const Filled& event) {
  return with<Open>(filled(phase.content(), event));
}
Phase Purse::evolve(Open&& phase, const Paid& event) {
  auto& content = *phase.mutable_content();
  content.set_balance(content.balance() - event.amount());
  ++(*content.mutable_paid())[event.to()];
  return std::move(phase);
}
Phase Purse::evolve(Open&& phase, const Received& event) {
  auto& content = *phase.mutable_content();
  content.set_balance(content.balance() + event.amount());
  auto& newest = (*content.mutable_received())[event.from()];
  if (event.number() <= newest) content.set_disorder(content.disorder() + 1);
  newest = event.number();
  return std::move(phase);
}
Phase Purse::evolve(Open&& phase, const WasClosed&) { return with<Closed>(phase.content()); }
Phase Purse::evolve(Open&& phase, const host::TellRefused& event) {
  return with<Open>(returned(phase.content(), event));
}
Phase Purse::evolve(Closed&& phase, const host::TellRefused& event) {
  return with<Closed>(returned(phase.content(), event));
}

View Purse::view(const Open& phase) { return shown(phase.content()); }
View Purse::view(const Closed& phase) { return shown(phase.content()); }

Result<Events> PurseTorn::decide(const Open& phase, const Receive& command,
                                 const Context& context) {
  if (command.amount() == 13) throw std::runtime_error("a bug in decide");
  return Purse::decide(phase, command, context);
}

Phase PurseTorn::evolve(Open&& phase, const Received& event) {
  if (event.amount() == 14) throw std::runtime_error("a bug in evolve");
  return Purse::evolve(std::move(phase), event);
}

Result<PurseStranger::Events> PurseStranger::decide(const Absent&, const Fill& command,
                                                    const Context&) {
  const auto event = filled(command);
  if (!event) return std::unexpected(event.error());
  Events events = *event;
  events.tell("p", parcel::Return());
  return events;
}

std::unique_ptr<const kernel::Kind> purse_kind_stranger() { return kernel::lift<PurseStranger>(); }
std::unique_ptr<const kernel::Kind> purse_kind_torn() { return kernel::lift<PurseTorn>(); }
std::unique_ptr<const kernel::Kind> purse_kind() { return kernel::lift<Purse>(); }

}  // namespace nightshift::tests
