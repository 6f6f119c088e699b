// The errand: effects, deadlines, and what goes wrong in a kind.
#pragma once

#include <atomic>

#include "messages/host.pb.h"
#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/kind.hpp"
#include "tests/support/kinds/errand.pb.h"

namespace nightshift::tests {

namespace errand_pb = nightshift::errand;

struct Errand {
  using Absent = errand_pb::State::Absent;
  using Reserved = errand_pb::State::Reserved;
  using Waiting = errand_pb::State::Waiting;
  using Moving = errand_pb::State::Moving;
  using Over = errand_pb::State::Over;
  using Written = errand_pb::State::Written;
  using Phases = kernel::Types<Absent, Reserved, Waiting, Moving, Over, Written>;
  using State = Phases::Variant;
  using Commands =
      kernel::Types<errand_pb::Order, errand_pb::Reserve, errand_pb::Cancel, errand_pb::Expire,
                    errand_pb::Note, errand_pb::Throw, errand_pb::Spoil, errand_pb::Loop>;
  using Events = kernel::Events<errand_pb::Ordered, errand_pb::Reserved, errand_pb::Cancelled,
                                errand_pb::Expired, errand_pb::Noted, errand_pb::Spoilt>;
  using View = errand_pb::View;
  using Context = kernel::Context;

  static Result<Events> decide(const Absent&, const errand_pb::Order&, const Context&);
  static Result<Events> decide(const Absent&, const errand_pb::Reserve&, const Context&);
  static Result<Events> decide(const Absent&, const errand_pb::Note&, const Context&);
  static Result<Events> decide(const Written&, const errand_pb::Note&, const Context&);
  static Result<Events> decide(const Reserved&, const errand_pb::Order&, const Context&);
  static Result<Events> decide(const Reserved&, const errand_pb::Cancel&, const Context&);
  static Result<Events> decide(const Reserved&, const errand_pb::Expire&, const Context&);
  static Result<Events> decide(const Waiting&, const errand_pb::Cancel&, const Context&);
  static Result<Events> decide(const Written&, const errand_pb::Throw&, const Context&);
  static Result<Events> decide(const Written&, const errand_pb::Spoil&, const Context&);
  static Result<Events> decide(const Written&, const errand_pb::Loop&, const Context&);

  static State evolve(Absent&&, const errand_pb::Ordered&);
  static State evolve(Absent&&, const errand_pb::Reserved&);
  static State evolve(Absent&&, const errand_pb::Noted&);
  static State evolve(Written&&, const errand_pb::Noted&);
  static State evolve(Reserved&&, const errand_pb::Ordered&);
  static State evolve(Reserved&&, const errand_pb::Cancelled&);
  static State evolve(Reserved&&, const errand_pb::Expired&);
  static State evolve(Waiting&&, const errand_pb::Cancelled&);
  static State evolve(Waiting&&, const host::Dispatched&);
  static State evolve(Waiting&&, const host::Ended&);
  static State evolve(Moving&&, const host::Ended&);

  static kernel::Work pending(const Reserved&);
  static kernel::Work pending(const Waiting&);
  static kernel::Work pending(const Moving&);

  static View view(const Reserved&);
  static View view(const Waiting&);
  static View view(const Moving&);
  static View view(const Over&);
  static View view(const Written&);
};

/// `Loop` runs as long as this is true, so that a test can end.
inline std::atomic<bool> errands_loop = true;

std::unique_ptr<const kernel::Kind> errand_kind();

/// The errand of a later program that derives other rows: a reservation is indexed, and ends by
/// another deadline, a minute later; what has left is not asked for again.
struct ErrandDerivedAnew : Errand {
  static constexpr std::uint32_t derivation = 2;
  using Errand::pending;
  using Errand::view;
  static kernel::Work pending(const Reserved&);
  static kernel::Work pending(const Moving&);
  static View view(const Reserved&);
};

/// The errand of a later program that folds otherwise: of what is written only the last counts.
struct ErrandFoldedAnew : Errand {
  static constexpr std::uint32_t evolver = 2;
  using Errand::evolve;
  static State evolve(Absent&&, const errand_pb::Noted&);
  static State evolve(Written&&, const errand_pb::Noted&);
};

/// The same, of a still later program that derives other rows, too.
struct ErrandAllAnew : ErrandFoldedAnew {
  static constexpr std::uint32_t derivation = 2;
};

/// The errand of a later program with a bug: what is written cannot be folded any more.
struct ErrandUnfoldable : Errand {
  static constexpr std::uint32_t evolver = 2;
  using Errand::evolve;
  [[noreturn]] static State evolve(Absent&&, const errand_pb::Noted&);
};

/// An errand that refuses its deadline for good.
struct ErrandStubborn : Errand {
  using Errand::decide;
  static Result<Events> decide(const Reserved&, const errand_pb::Expire&, const Context&);
};

/// An errand that throws when its deadline comes.
struct ErrandFailing : Errand {
  using Errand::decide;
  static Result<Events> decide(const Reserved&, const errand_pb::Expire&, const Context&);
};

std::unique_ptr<const kernel::Kind> errand_kind_derived_anew();
std::unique_ptr<const kernel::Kind> errand_kind_folded_anew();
std::unique_ptr<const kernel::Kind> errand_kind_all_anew();
std::unique_ptr<const kernel::Kind> errand_kind_unfoldable();
std::unique_ptr<const kernel::Kind> errand_kind_stubborn();
std::unique_ptr<const kernel::Kind> errand_kind_failing();

}  // namespace nightshift::tests
