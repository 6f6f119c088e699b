// The note's rules: suggested once, agreed on once.
#include "tests/bridges/http/note.hpp"

#include "runtime/kernel/lift.hpp"

namespace nightshift::tests {

using note_pb::Agreed;
using note_pb::Suggested;
using note_pb::Touched;

Result<Note::Events> Note::decide(const Absent&, const note_pb::Suggest& command,
                                  const Context& context) {
  Suggested suggested;
  suggested.set_text(command.text());
  suggested.set_requester(context.caller.principal);
  suggested.set_colour(command.colour());
  return suggested;
}

Result<Note::Events> Note::decide(const Open&, const note_pb::Agree&, const Context& context) {
  Agreed agreed;
  agreed.set_by(context.caller.principal);
  return agreed;
}

Result<Note::Events> Note::decide(const Closed& state, const note_pb::Agree&, const Context&) {
  return fail(ErrorCode::already_decided, "'" + state.by() + "' has agreed already");
}

Result<Note::Events> Note::decide(const Open&, const note_pb::Touch&, const Context&) {
  return Touched();
}

Result<Note::Events> Note::decide(const Open&, const note_pb::Wipe&, const Context&) {
  return Events();
}

Note::State Note::evolve(Absent&&, const Suggested& event) {
  Open open;
  open.set_text(event.text());
  open.set_requester(event.requester());
  open.set_colour(event.colour());
  return open;
}

Note::State Note::evolve(Open&& state, const Agreed& event) {
  Closed closed;
  *closed.mutable_last() = std::move(state);
  closed.set_by(event.by());
  return closed;
}

Note::State Note::evolve(Open&& state, const Touched&) {
  state.set_touches(state.touches() + 1);
  return std::move(state);
}

note_pb::View Note::view(const Open& state) {
  View view;
  view.set_text(state.text());
  view.set_requester(state.requester());
  view.set_colour(state.colour());
  view.set_touches(state.touches());
  return view;
}

note_pb::View Note::view(const Closed& state) {
  View out = view(state.last());
  out.set_by(state.by());
  return out;
}

std::unique_ptr<const kernel::Kind> note_kind() { return kernel::lift<Note>(); }

}  // namespace nightshift::tests
