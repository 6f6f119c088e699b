// Tells the draft that proposed it what became of an approval.
#include <optional>
#include <string>
#include <string_view>

#include "actors/approval/approval.hpp"

namespace nightshift::actors {
namespace {

using namespace approval_pb;
using kernel::Context;
using Events = Approval::Events;

/// The draft that proposed it; nothing where that was somebody else.
std::optional<std::string> draft_of(const Proposal& proposal) {
  const auto source = parse_entity(proposal.requester());
  if (!source || source->kind != "draft") return std::nullopt;
  return source->id;
}

std::string detail_of(const auto& phase) {
  if constexpr (requires { phase.evidence(); }) return phase.evidence();
  if constexpr (requires { phase.by(); }) {
    return phase.by() + (phase.reason().empty() ? "" : ": " + phase.reason());
  }
  return {};
}

Result<Events> report(const auto& phase, std::string_view status, const Context& context) {
  if (phase.reported()) return Events();
  Events events = Reported();
  if (const auto id = draft_of(phase.proposal())) {
    draft::Follow command;
    command.set_approval(std::string(context.id));
    command.set_status(std::string(status));
    command.set_detail(detail_of(phase));
    events.tell(*id, command);
  }
  return events;
}

template <class Phase>
Phase reported(Phase phase) {
  phase.set_reported(true);
  return phase;
}

kernel::Work to_report(const auto& phase) {
  kernel::Work work;
  if (!phase.reported() && draft_of(phase.proposal())) work.deadline("report", Time{}, Report());
  return work;
}

}  // namespace

Result<Events> Approval::decide(const Sent& phase, const Report&, const Context& context) {
  return report(phase, "sent", context);
}

Result<Events> Approval::decide(const Failed& phase, const Report&, const Context& context) {
  return report(phase, "failed", context);
}

Result<Events> Approval::decide(const Rejected& phase, const Report&, const Context& context) {
  return report(phase, "rejected", context);
}

Result<Events> Approval::decide(const Withdrawn& phase, const Report&, const Context& context) {
  return report(phase, "withdrawn", context);
}

Result<Events> Approval::decide(const Expired& phase, const Report&, const Context& context) {
  return report(phase, "expired", context);
}

Approval::Sent Approval::evolve(Sent&& phase, const Reported&) {
  return reported(std::move(phase));
}

Approval::Failed Approval::evolve(Failed&& phase, const Reported&) {
  return reported(std::move(phase));
}

Approval::Rejected Approval::evolve(Rejected&& phase, const Reported&) {
  return reported(std::move(phase));
}

Approval::Withdrawn Approval::evolve(Withdrawn&& phase, const Reported&) {
  return reported(std::move(phase));
}

Approval::Expired Approval::evolve(Expired&& phase, const Reported&) {
  return reported(std::move(phase));
}

kernel::Work Approval::pending(const Sent& phase) { return to_report(phase); }
kernel::Work Approval::pending(const Failed& phase) { return to_report(phase); }
kernel::Work Approval::pending(const Rejected& phase) { return to_report(phase); }
kernel::Work Approval::pending(const Withdrawn& phase) { return to_report(phase); }
kernel::Work Approval::pending(const Expired& phase) { return to_report(phase); }

}  // namespace nightshift::actors
