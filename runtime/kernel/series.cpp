// The turns of a series.
#include "runtime/kernel/series.hpp"

#include <cassert>

namespace nightshift::kernel {

Turn turn_of(Time due, std::chrono::microseconds every, CatchUp catch_up, Time now) {
  assert(every.count() > 0 && now >= due);
  if (catch_up == CatchUp::each) return {true, due + every};
  const auto next = due + ((now - due) / every + 1) * every;
  const bool over = next - due > every;
  return {catch_up == CatchUp::once || !over, next};
}

}  // namespace nightshift::kernel
