// The life of a custody: holds come and go, entities go to archives.
#pragma once

#include "messages/custody.pb.h"
#include "runtime/kernel/cells.hpp"

namespace nightshift::actors {

namespace custody_pb = nightshift::custody;

struct Custody {
  using Absent = custody_pb::State::Absent;
  using Keeping = custody_pb::State::Keeping;

  using Phases = kernel::Types<Absent, Keeping>;
  using State = Phases::Variant;
  using Commands = kernel::Types<custody_pb::Hold, custody_pb::Release, custody_pb::Archive>;
  using Events = kernel::Events<custody_pb::Held, custody_pb::Released, custody_pb::HandedOver>;
  using View = custody_pb::View;
  using Context = kernel::Context;

  /// Holds of one kind; `overloaded` beyond: hold all of it.
  static constexpr int holds_max = 1024;

  static Result<Events> decide(const Absent&, const custody_pb::Hold&, const Context&);
  static Result<Events> decide(const Absent&, const custody_pb::Archive&, const Context&);
  static Result<Events> decide(const Keeping&, const custody_pb::Hold&, const Context&);
  static Result<Events> decide(const Keeping&, const custody_pb::Release&, const Context&);
  /// `held` where one of them may not go.
  static Result<Events> decide(const Keeping&, const custody_pb::Archive&, const Context&);

  static State evolve(Absent&&, const custody_pb::Held&);        // -> Keeping
  static State evolve(Absent&&, const custody_pb::HandedOver&);  // -> Keeping
  static State evolve(Keeping&&, const custody_pb::Held&);       // one hold more, or another reason
  static State evolve(Keeping&&, const custody_pb::Released&);   // one less
  static State evolve(Keeping&&, const custody_pb::HandedOver&);  // counted

  static View view(const Keeping&);
};

}  // namespace nightshift::actors
