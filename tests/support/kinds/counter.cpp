// The counter's rules: it adds without overflow, and a reset of 0 changes nothing.
#include "tests/support/kinds/counter.hpp"

#include "runtime/kernel/lift.hpp"

namespace nightshift::tests {

using namespace counter_pb;

Result<Counter::Events> Counter::decide(const Absent&, const Add& command, const Context&) {
  Added added;
  added.set_by(command.by());
  return added;
}

Result<Counter::Events> Counter::decide(const Counting& state, const Add& command, const Context&) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(state.value(), command.by(), &sum)) {
    return fail(ErrorCode::invalid, "the sum would not fit; reset the counter first", "by");
  }
  Added added;
  added.set_by(command.by());
  return added;
}

Result<Counter::Events> Counter::decide(const Counting& state, const Reset&, const Context&) {
  if (state.value() == 0) return Events();
  return WasReset();
}

Counter::State Counter::evolve(Absent&&, const Added& event) { return evolve(Counting(), event); }

Counter::State Counter::evolve(Counting&& state, const Added& event) {
  state.set_value(state.value() + event.by());
  state.set_additions(state.additions() + 1);
  return std::move(state);
}

Counter::State Counter::evolve(Counting&& state, const WasReset&) {
  state.set_value(0);
  return std::move(state);
}

View Counter::view(const Counting& state) {
  View view;
  view.set_value(state.value());
  view.set_additions(state.additions());
  return view;
}

std::unique_ptr<const kernel::Kind> counter_kind() { return kernel::lift<Counter>(); }

}  // namespace nightshift::tests
