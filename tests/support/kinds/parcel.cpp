// The parcel's rules and the forms that its events had.
#include "tests/support/kinds/parcel.hpp"

#include "runtime/kernel/lift.hpp"

namespace nightshift::tests {

using namespace parcel_pb;

Result<Parcel::Events> Parcel::decide(const Absent&, const Post& command, const Context& context) {
  if (command.to().empty()) return fail(ErrorCode::invalid, "to is empty", "to");
  PostedToPerson event;
  event.set_name(command.to());
  if (command.has_return_at()) {
    if (from_proto(command.return_at()) <= context.now) {
      return fail(ErrorCode::expired, "return_at has passed", "return_at");
    }
    *event.mutable_return_at() = command.return_at();
  }
  return event;
}

Result<Parcel::Events> Parcel::decide(const Posted&, const Return&, const Context&) {
  return parcel_pb::Returned();
}

Parcel::State Parcel::evolve(Absent&&, const PostedToPerson& event) {
  Posted posted;
  posted.set_name(event.name());
  if (event.has_return_at()) *posted.mutable_return_at() = event.return_at();
  return posted;
}

Parcel::State Parcel::evolve(Posted&& phase, const parcel_pb::Returned&) {
  Returned returned;
  returned.set_name(phase.name());
  return returned;
}

kernel::Work Parcel::pending(const Posted& phase) {
  kernel::Work work;
  if (phase.has_return_at()) work.deadline("return", from_proto(phase.return_at()), Return());
  return work;
}

View Parcel::view(const Posted& phase) {
  View view;
  view.set_name(phase.name());
  return view;
}

View Parcel::view(const Returned& phase) {
  View view;
  view.set_name(phase.name());
  return view;
}

PostedTo Parcel::upcast(const parcel_pb::Posted& event) {
  PostedTo newer;
  const auto blank = event.to().find(' ');
  newer.set_first_name(event.to().substr(0, blank));
  if (blank != std::string::npos) newer.set_last_name(event.to().substr(blank + 1));
  return newer;
}

PostedToPerson Parcel::upcast(const PostedTo& event) {
  PostedToPerson newer;
  newer.set_name(event.last_name() + ", " + event.first_name());
  return newer;
}

std::unique_ptr<const kernel::Kind> parcel_kind() { return kernel::lift<Parcel>(); }

}  // namespace nightshift::tests
