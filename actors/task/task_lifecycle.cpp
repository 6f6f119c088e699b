// How events move a task from phase to phase, and what is under way there.
#include "actors/task/task.hpp"
#include "messages/effects.pb.h"

namespace nightshift::actors {
namespace {

using namespace task_pb;
using State = Task::State;

template <class To>
To with_subject(auto&& from) {
  To to;
  *to.mutable_subject() = std::move(*from.mutable_subject());
  return to;
}

template <class To>
To ended(auto&& from, const auto& event) {
  auto to = with_subject<To>(std::forward<decltype(from)>(from));
  to.mutable_subject()->set_detail(event.detail());
  to.set_by(event.by());
  *to.mutable_ended_at() = event.at();
  return to;
}

/// Whoever drafts already begins again: what follows in the same decision says who.
template <class Phase>
Phase edited(Phase&& phase, const Edited& event) {
  auto& subject = *phase.mutable_subject();
  *subject.mutable_content() = event.content();
  subject.set_digest(event.digest());
  return std::move(phase);
}

Task::Waiting left(auto&& from, const LeftToPerson& event) {
  auto waiting = with_subject<Task::Waiting>(std::forward<decltype(from)>(from));
  auto& subject = *waiting.mutable_subject();
  *subject.mutable_route() = event.route();
  subject.clear_assignment();
  subject.clear_draft();
  subject.set_detail(event.route().why());
  return waiting;
}

Task::Drafting claimed(auto&& from, const Claimed& event) {
  auto drafting = with_subject<Task::Drafting>(std::forward<decltype(from)>(from));
  auto& subject = *drafting.mutable_subject();
  *subject.mutable_route() = event.route();
  subject.set_claimed_by(event.claimed_by());
  subject.set_assignment(event.assignment());
  subject.set_assignments(subject.assignments() + 1);
  subject.set_draft(event.draft());
  subject.clear_detail();
  return drafting;
}

Task::Drafted drafted(auto&& from, const DraftTaken& event) {
  auto drafted = with_subject<Task::Drafted>(std::forward<decltype(from)>(from));
  drafted.mutable_subject()->set_draft(event.draft());
  drafted.mutable_subject()->clear_detail();
  return drafted;
}

Task::Stuck stuck(auto&& from, const std::string& detail) {
  auto to = with_subject<Task::Stuck>(std::forward<decltype(from)>(from));
  to.mutable_subject()->set_detail(detail);
  return to;
}

}  // namespace

// ---- evolve

State Task::evolve(Absent&&, const Arrived& event) {
  Waiting waiting;
  auto& subject = *waiting.mutable_subject();
  subject.set_task(event.task());
  *subject.mutable_content() = event.content();
  subject.set_file(event.file());
  subject.set_requester(event.requester());
  subject.set_digest(event.digest());
  *subject.mutable_arrived_at() = event.at();
  return waiting;
}

State Task::evolve(Waiting&& phase, const Edited& event) { return edited(std::move(phase), event); }
State Task::evolve(Waiting&& phase, const LeftToPerson& event) {
  return left(std::move(phase), event);
}
State Task::evolve(Waiting&& phase, const Claimed& event) {
  return claimed(std::move(phase), event);
}
State Task::evolve(Waiting&& phase, const Finished& event) {
  return ended<Done>(std::move(phase), event);
}
State Task::evolve(Waiting&& phase, const task_pb::Dropped& event) {
  return ended<Dropped>(std::move(phase), event);
}

State Task::evolve(Drafting&& phase, const Edited& event) {
  return edited(std::move(phase), event);
}
State Task::evolve(Drafting&& phase, const LeftToPerson& event) {
  return left(std::move(phase), event);
}
State Task::evolve(Drafting&& phase, const Claimed& event) {
  return claimed(std::move(phase), event);
}
State Task::evolve(Drafting&& phase, const DraftTaken& event) {
  return drafted(std::move(phase), event);
}
State Task::evolve(Drafting&& phase, const host::Ended& event) {
  const bool another = event.effect_id() != phase.subject().assignment();
  const bool goes_on = event.state() == EFFECT_STATE_FAILED_BEFORE_EFFECT && !event.last();
  // Handed in: the draft itself tells the task so.
  if (another || goes_on || event.state() == EFFECT_STATE_COMMITTED) return std::move(phase);
  const auto detail = phase.subject().route().agent() + ": " + event.evidence();
  return stuck(std::move(phase), detail);
}
State Task::evolve(Drafting&& phase, const Finished& event) {
  return ended<Done>(std::move(phase), event);
}
State Task::evolve(Drafting&& phase, const task_pb::Dropped& event) {
  return ended<Dropped>(std::move(phase), event);
}

State Task::evolve(Drafted&& phase, const GotStuck& event) {
  return stuck(std::move(phase), event.detail());
}
State Task::evolve(Drafted&& phase, const Finished& event) {
  return ended<Done>(std::move(phase), event);
}
State Task::evolve(Drafted&& phase, const task_pb::Dropped& event) {
  return ended<Dropped>(std::move(phase), event);
}

State Task::evolve(Stuck&& phase, const Edited& event) { return edited(std::move(phase), event); }
State Task::evolve(Stuck&& phase, const LeftToPerson& event) {
  return left(std::move(phase), event);
}
State Task::evolve(Stuck&& phase, const Claimed& event) { return claimed(std::move(phase), event); }
State Task::evolve(Stuck&& phase, const DraftTaken& event) {
  return drafted(std::move(phase), event);
}
State Task::evolve(Stuck&& phase, const GotStuck& event) {
  return stuck(std::move(phase), event.detail());
}
State Task::evolve(Stuck&& phase, const Finished& event) {
  return ended<Done>(std::move(phase), event);
}
State Task::evolve(Stuck&& phase, const task_pb::Dropped& event) {
  return ended<Dropped>(std::move(phase), event);
}

// ---- pending

kernel::Work Task::pending(const Drafting& phase) {
  const auto& subject = phase.subject();
  effect::ComposeDraft message;
  message.set_effect_id(subject.assignment());
  message.set_task(subject.task());
  message.set_draft(subject.draft());
  message.set_agent(subject.route().agent());
  message.set_channel(subject.route().channel());
  *message.mutable_content() = subject.content();
  kernel::Work work;
  work.effect(subject.assignment(), message);
  return work;
}

}  // namespace nightshift::actors
