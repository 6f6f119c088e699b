// The life of a meter: calls are counted, room for calls is held, budgets are set.
#pragma once

#include "messages/usage.pb.h"
#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/work.hpp"

namespace nightshift::actors {

namespace usage_pb = nightshift::usage;

struct Usage {
  using Absent = usage_pb::State::Absent;
  using Metering = usage_pb::State::Metering;

  using Phases = kernel::Types<Absent, Metering>;
  using State = Phases::Variant;
  using Commands =
      kernel::Types<usage_pb::Record, usage_pb::Reserve, usage_pb::Settle, usage_pb::Release,
                    usage_pb::SetBudget, usage_pb::LiftBudget, usage_pb::Expire>;
  using Events = kernel::Events<usage_pb::Recorded, usage_pb::Reserved, usage_pb::Settled,
                                usage_pb::Released, usage_pb::Expired, usage_pb::BudgetSet,
                                usage_pb::BudgetLifted, usage_pb::WindowBegan>;
  using View = usage_pb::View;
  using Context = kernel::Context;

  /// Reservations that can be open at once (`overloaded` beyond), and how many of each sort that
  /// are over are remembered: settled or released ones, and expired ones.
  static constexpr int holds_max = 1024;
  static constexpr int ended_max = 256;
  /// What a meter can add up to, 2^53 - 1: about nine billion dollars, and a whole number in JSON.
  static constexpr std::uint64_t total_micro_usd_max = (1ull << 53) - 1;

  static Result<Events> decide(const Absent&, const usage_pb::Record&, const Context&);
  static Result<Events> decide(const Absent&, const usage_pb::Reserve&, const Context&);
  static Result<Events> decide(const Absent&, const usage_pb::SetBudget&, const Context&);
  static Result<Events> decide(const Metering&, const usage_pb::Record&, const Context&);
  static Result<Events> decide(const Metering&, const usage_pb::Reserve&, const Context&);
  static Result<Events> decide(const Metering&, const usage_pb::Settle&, const Context&);
  static Result<Events> decide(const Metering&, const usage_pb::Release&, const Context&);
  static Result<Events> decide(const Metering&, const usage_pb::SetBudget&, const Context&);
  static Result<Events> decide(const Metering&, const usage_pb::LiftBudget&, const Context&);
  static Result<Events> decide(const Metering&, const usage_pb::Expire&, const Context&);

  // A window begins before anything else happens in it: it is the first event of every meter.
  static State evolve(Absent&&, const usage_pb::WindowBegan&);  // -> Metering
  static State evolve(Metering&&, const usage_pb::WindowBegan&);
  static State evolve(Metering&&, const usage_pb::Recorded&);
  static State evolve(Metering&&, const usage_pb::Reserved&);
  static State evolve(Metering&&, const usage_pb::Settled&);
  static State evolve(Metering&&, const usage_pb::Released&);
  static State evolve(Metering&&, const usage_pb::Expired&);
  static State evolve(Metering&&, const usage_pb::BudgetSet&);
  static State evolve(Metering&&, const usage_pb::BudgetLifted&);

  /// When the first of the reservations is over.
  static kernel::Work pending(const Metering&);

  static View view(const Metering&);
};

}  // namespace nightshift::actors
