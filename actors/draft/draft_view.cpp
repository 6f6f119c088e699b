// What people and programs see of a draft.
#include "actors/draft/draft.hpp"
#include "actors/draft/wording.hpp"

#include "messages/utf8.hpp"

namespace nightshift::actors {
namespace {

using namespace draft_pb;

constexpr std::size_t preview_code_points_max = 100;

View subject_view(const Subject& subject) {
  View view;
  view.set_title(subject.content().title());
  view.set_channel(subject.content().channel());
  view.set_preview_text(std::string(utf8_front(subject.content().body(), preview_code_points_max)));
  view.set_task(subject.task());
  view.set_agent(subject.agent());
  view.set_written_by(subject.written_by());
  view.set_assignment(subject.assignment());
  *view.mutable_written_at() = subject.written_at();
  view.set_digest(subject.digest());
  view.set_approval(subject.approval());
  view.set_detail(subject.detail());
  view.set_requester(subject.requester());
  *view.mutable_content() = subject.content();
  return view;
}

View ended_view(const auto& phase) {
  auto view = subject_view(phase.subject());
  *view.mutable_ended_at() = phase.ended_at();
  return view;
}

}  // namespace

View Draft::view(const Drafted& phase) { return subject_view(phase.subject()); }
View Draft::view(const Proposed& phase) { return subject_view(phase.subject()); }
View Draft::view(const Refused& phase) { return subject_view(phase.subject()); }
View Draft::view(const Sent& phase) { return ended_view(phase); }
View Draft::view(const Failed& phase) { return ended_view(phase); }
View Draft::view(const Rejected& phase) { return ended_view(phase); }
View Draft::view(const Withdrawn& phase) { return ended_view(phase); }
View Draft::view(const Expired& phase) { return ended_view(phase); }
View Draft::view(const Discarded& phase) { return ended_view(phase); }

View Draft::indexed_of(const Subject& subject) {
  View view;
  view.set_channel(subject.content().channel());
  view.set_task(subject.task());
  view.set_agent(subject.agent());
  view.set_approval(subject.approval());
  return view;
}

}  // namespace nightshift::actors
