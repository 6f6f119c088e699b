// Kinds with one mistake each: none may compile. cells.cmake knows the message that each must give;
// with -Dwithout_mistakes only the sound ones are compiled.
#include "runtime/kernel/lift.hpp"
#include "tests/support/kinds/counter.pb.h"

namespace nightshift::tests {

namespace pb = nightshift::counter;
using google::protobuf::Message;

/// All that a table needs besides a cell for Counting and Reset.
struct Unseen {
  using Absent = pb::State::Absent;
  using Counting = pb::State::Counting;
  using Phases = kernel::Types<Absent, Counting>;
  using State = Phases::Variant;
  using Commands = kernel::Types<pb::Add, pb::Reset>;
  using Events = kernel::Events<pb::Added, pb::WasReset>;
  using View = pb::View;
  using Context = kernel::Context;

  static Result<Events> decide(const Absent&, const pb::Add&, const Context&);
  static State evolve(Absent&&, const pb::Added&);
};

struct Table : Unseen {
  static View view(const Counting&);
};

// ---- sound

struct Exact : Table {
  using Table::decide, Table::evolve;
  static Result<Events> decide(const Counting&, const pb::Reset&, const Context&);
  static State evolve(Counting&&, const pb::WasReset&);
  static kernel::Work pending(const Counting&);
  static void contribute(const Counting&, Authority&);
};

struct ByTemplate : Table {
  using Table::decide, Table::evolve;
  static Result<Events> decide(const Counting&, const auto&, const Context&);
  static State evolve(Counting&&, const auto&);
};

struct Tells : Table {
  using Table::evolve;
  using Events = kernel::Telling<kernel::Events<pb::Added, pb::WasReset>, pb::Add>;
  static Result<Events> decide(const Absent&, const pb::Add&, const Context&);
  static State evolve(auto&&, const host::TellRefused&);
};

struct Stays : Table {
  using Table::evolve;
  static Counting evolve(Counting&&, const pb::WasReset&);
};

void lift_sound() {
  kernel::lift<Exact>();
  kernel::lift<Stays>();
  kernel::lift<ByTemplate>();
  kernel::lift<Tells>();
}

#ifndef without_mistakes

// ---- decide

struct ByReference : Table {
  using Table::decide;
  static Result<Events> decide(Counting&, const pb::Reset&, const Context&);
};

struct ByValue : Table {
  using Table::decide;
  static Result<Events> decide(Counting, const pb::Reset&, const Context&);
};

struct OfEveryMessage : Table {
  using Table::decide;
  static Result<Events> decide(const Message&, const pb::Reset&, const Context&);
};

struct AnotherResult : Table {
  using Table::decide;
  static Events decide(const Counting&, const pb::Reset&, const Context&);
};

struct Ambiguous : Table {
  using Table::decide;
  static Result<Events> decide(const Counting&, const auto&, const Context&);
  static Result<Events> decide(const auto&, const pb::Reset&, const Context&);
};

// ---- evolve

struct EvolveOfACopy : Table {
  using Table::evolve;
  static State evolve(const Counting&, const pb::WasReset&);
};

struct EvolveToAnotherPhase : Table {
  using Table::evolve;
  static Absent evolve(Counting&&, const pb::WasReset&);
};

struct EvolveAmbiguous : Table {
  using Table::evolve;
  static State evolve(Counting&&, const auto&);
  static State evolve(auto&&, const pb::WasReset&);
};

// ---- the rest

struct PendingByReference : Table {
  static kernel::Work pending(Counting&);
};

struct ContributeToACopy : Table {
  static void contribute(const Counting&, Authority);
};

struct ViewOfEveryMessage : Unseen {
  static View view(const Message&);
};

struct ViewOfNothing : Unseen {
  static View view(const Absent&);
};

struct StateOfItsOwn : Table {
  using State = std::variant<Counting, Absent>;
};

struct DeafToRefusals : Table {
  using Events = kernel::Telling<kernel::Events<pb::Added, pb::WasReset>, pb::Add>;
  static Result<Events> decide(const Absent&, const pb::Add&, const Context&);
};

void lift_mistaken() {
  kernel::lift<ByReference>();
  kernel::lift<ByValue>();
  kernel::lift<OfEveryMessage>();
  kernel::lift<AnotherResult>();
  kernel::lift<Ambiguous>();
  kernel::lift<EvolveOfACopy>();
  kernel::lift<EvolveToAnotherPhase>();
  kernel::lift<EvolveAmbiguous>();
  kernel::lift<PendingByReference>();
  kernel::lift<ContributeToACopy>();
  kernel::lift<ViewOfEveryMessage>();
  kernel::lift<ViewOfNothing>();
  kernel::lift<StateOfItsOwn>();
  kernel::lift<DeafToRefusals>();
}

#endif

}  // namespace nightshift::tests
