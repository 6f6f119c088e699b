// How events move a draft from phase to phase, and what is under way there.
#include "actors/draft/draft.hpp"

namespace nightshift::actors {
namespace {

using namespace draft_pb;
using State = Draft::State;

template <class To>
To with_subject(auto&& from) {
  To to;
  *to.mutable_subject() = std::move(*from.mutable_subject());
  return to;
}

template <class To>
To ended(auto&& from, const std::string& detail, const google::protobuf::Timestamp& at) {
  auto to = with_subject<To>(std::forward<decltype(from)>(from));
  to.mutable_subject()->set_detail(detail);
  *to.mutable_ended_at() = at;
  return to;
}

template <class Phase>
Phase edited(Phase&& phase, const Edited& event) {
  auto& subject = *phase.mutable_subject();
  *subject.mutable_content() = event.content();
  subject.set_digest(event.digest());
  return std::move(phase);
}

Draft::Proposed proposed(auto&& from, const Proposed& event) {
  auto to = with_subject<Draft::Proposed>(std::forward<decltype(from)>(from));
  auto& subject = *to.mutable_subject();
  subject.set_approval(event.approval());
  subject.set_proposals(subject.proposals() + 1);
  subject.clear_detail();
  *to.mutable_proposed_at() = event.at();
  return to;
}

State followed(auto&& from, const Followed& event) {
  const auto to = [&]<class To>(To) -> State {
    return ended<To>(std::forward<decltype(from)>(from), event.detail(), event.at());
  };
  if (event.status() == "sent") return to(Draft::Sent());
  if (event.status() == "rejected") return to(Draft::Rejected());
  if (event.status() == "withdrawn") return to(Draft::Withdrawn());
  if (event.status() == "expired") return to(Draft::Expired());
  return to(Draft::Failed());
}

Draft::Discarded discarded(auto&& from, const Discarded& event) {
  return ended<Draft::Discarded>(std::forward<decltype(from)>(from), event.reason(), event.at());
}

/// There is something of that name: another name will do.
bool is_taken(const host::TellRefused& event, const Subject& subject) {
  const auto& code = event.code();
  return subject.proposals() < Draft::proposals_max &&
         (code == "wrong_phase" || code == "already_decided" || code == "archived");
}

}  // namespace

// ---- evolve

State Draft::evolve(Absent&&, const Written& event) {
  Drafted drafted;
  auto& subject = *drafted.mutable_subject();
  *subject.mutable_content() = event.content();
  subject.set_task(event.task());
  subject.set_assignment(event.assignment());
  subject.set_agent(event.agent());
  subject.set_written_by(event.written_by());
  subject.set_requester(event.requester());
  *subject.mutable_written_at() = event.at();
  subject.set_digest(event.digest());
  return drafted;
}

State Draft::evolve(Drafted&& phase, const Edited& event) {
  return edited(std::move(phase), event);
}

State Draft::evolve(Drafted&& phase, const Offered&) {
  phase.set_offered(true);
  phase.clear_again();
  return std::move(phase);
}

State Draft::evolve(Drafted&& phase, const draft_pb::Proposed& event) {
  return proposed(std::move(phase), event);
}

State Draft::evolve(Drafted&& phase, const draft_pb::Discarded& event) {
  return discarded(std::move(phase), event);
}

State Draft::evolve(Drafted&& phase, const host::TellRefused& event) {
  if (event.command() != task::TakeDraft::descriptor()->name()) return std::move(phase);
  const auto at = phase.subject().written_at();
  return ended<Discarded>(std::move(phase), "task/" + event.id() + ": " + event.detail(), at);
}

State Draft::evolve(Proposed&& phase, const Followed& event) {
  return followed(std::move(phase), event);
}

State Draft::evolve(Proposed&& phase, const host::TellRefused& event) {
  if (event.command() != approval::Propose::descriptor()->name()) return std::move(phase);
  if (is_taken(event, phase.subject())) {
    auto drafted = with_subject<Drafted>(std::move(phase));
    drafted.set_offered(true);
    drafted.set_again(true);
    return drafted;
  }
  auto refused = with_subject<Refused>(std::move(phase));
  auto& subject = *refused.mutable_subject();
  subject.set_detail(event.detail());
  // The name is free for the next time.
  subject.set_proposals(subject.proposals() - 1);
  subject.clear_approval();
  return refused;
}

State Draft::evolve(Refused&& phase, const Edited& event) {
  return edited(std::move(phase), event);
}

State Draft::evolve(Refused&& phase, const RefusalTold&) {
  phase.set_told(true);
  return std::move(phase);
}

State Draft::evolve(Refused&& phase, const draft_pb::Proposed& event) {
  return proposed(std::move(phase), event);
}

State Draft::evolve(Refused&& phase, const draft_pb::Discarded& event) {
  return discarded(std::move(phase), event);
}

State Draft::evolve(Failed&& phase, const Followed& event) {
  return followed(std::move(phase), event);
}

// ---- pending

kernel::Work Draft::pending(const Drafted& phase) {
  kernel::Work work;
  if (phase.again()) work.deadline("again", Time{}, Offer());
  return work;
}

kernel::Work Draft::pending(const Refused& phase) {
  kernel::Work work;
  if (!phase.told()) work.deadline("refusal", Time{}, ReportRefusal());
  return work;
}

}  // namespace nightshift::actors
