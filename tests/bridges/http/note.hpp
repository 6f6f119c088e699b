// The note: a kind with a command for every scope.
#pragma once

#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/kind.hpp"
#include "tests/bridges/http/note.pb.h"

namespace nightshift::tests {

namespace note_pb = nightshift::note;

struct Note {
  using Absent = note_pb::State::Absent;
  using Open = note_pb::State::Open;
  using Closed = note_pb::State::Closed;
  using Phases = kernel::Types<Absent, Open, Closed>;
  using State = Phases::Variant;
  using Commands = kernel::Types<note_pb::Suggest, note_pb::Agree, note_pb::Touch, note_pb::Wipe,
                                 note_pb::Remind>;
  using Events = kernel::Events<note_pb::Suggested, note_pb::Agreed, note_pb::Touched>;
  using View = note_pb::View;
  using Context = kernel::Context;

  static Result<Events> decide(const Absent&, const note_pb::Suggest&, const Context&);
  static Result<Events> decide(const Open&, const note_pb::Agree&, const Context&);
  static Result<Events> decide(const Closed&, const note_pb::Agree&, const Context&);
  static Result<Events> decide(const Open&, const note_pb::Touch&, const Context&);
  static Result<Events> decide(const Open&, const note_pb::Wipe&, const Context&);

  static State evolve(Absent&&, const note_pb::Suggested&);
  static State evolve(Open&&, const note_pb::Agreed&);
  static State evolve(Open&&, const note_pb::Touched&);

  static View view(const Open&);
  static View view(const Closed&);
};

/// The note as the host sees it.
std::unique_ptr<const kernel::Kind> note_kind();

}  // namespace nightshift::tests
