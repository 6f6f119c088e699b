// What people and programs see of a task.
#include "actors/task/task.hpp"

namespace nightshift::actors {
namespace {

using namespace task_pb;

View subject_view(const Subject& subject) {
  const auto& content = subject.content();
  View view;
  view.set_title(content.title());
  view.set_type(content.type());
  const bool routed = subject.route().channel() != CHANNEL_UNSPECIFIED;
  view.set_channel(routed ? subject.route().channel() : content.channel());
  view.set_priority(content.priority());
  *view.mutable_created() = content.created();
  *view.mutable_arrived_at() = subject.arrived_at();
  view.set_agent(subject.route().agent());
  view.set_why(subject.route().why());
  view.set_claimed_by(subject.claimed_by());
  view.set_assignment(subject.assignment());
  view.set_draft(subject.draft());
  view.set_detail(subject.detail());
  view.set_digest(subject.digest());
  view.set_file(subject.file());
  view.set_requester(subject.requester());
  *view.mutable_content() = content;
  return view;
}

View ended_view(const auto& phase) {
  auto view = subject_view(phase.subject());
  *view.mutable_ended_at() = phase.ended_at();
  view.set_ended_by(phase.by());
  return view;
}

}  // namespace

View Task::view(const Waiting& phase) { return subject_view(phase.subject()); }
View Task::view(const Drafting& phase) { return subject_view(phase.subject()); }
View Task::view(const Drafted& phase) { return subject_view(phase.subject()); }
View Task::view(const Stuck& phase) { return subject_view(phase.subject()); }
View Task::view(const Done& phase) { return ended_view(phase); }
View Task::view(const Dropped& phase) { return ended_view(phase); }

View Task::indexed_of(const Subject& subject) {
  View view;
  view.set_type(subject.content().type());
  const bool routed = subject.route().channel() != CHANNEL_UNSPECIFIED;
  view.set_channel(routed ? subject.route().channel() : subject.content().channel());
  view.set_priority(subject.content().priority());
  view.set_agent(subject.route().agent());
  view.set_file(subject.file());
  return view;
}

}  // namespace nightshift::actors
