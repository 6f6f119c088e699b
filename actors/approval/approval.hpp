// The life of an approval: proposed, decided on by signature, sent once.
#pragma once

#include <utility>

#include "actors/approval/approval_content.hpp"
#include "messages/approval.pb.h"
#include "messages/draft.pb.h"
#include "messages/host.pb.h"
#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/telling.hpp"

namespace nightshift::actors {

struct Approval {
  using Absent = approval_pb::State::Absent;
  using Pending = approval_pb::State::Pending;
  using Approved = approval_pb::State::Approved;
  using Sending = approval_pb::State::Sending;
  using Sent = approval_pb::State::Sent;
  using Failed = approval_pb::State::Failed;
  using Unknown = approval_pb::State::Unknown;
  using Rejected = approval_pb::State::Rejected;
  using Withdrawn = approval_pb::State::Withdrawn;
  using Expired = approval_pb::State::Expired;

  using Phases = kernel::Types<Absent, Pending, Approved, Sending, Sent, Failed, Unknown, Rejected,
                               Withdrawn, Expired>;
  using State = Phases::Variant;
  using Commands = kernel::Types<approval_pb::Propose, approval_pb::Approve, approval_pb::Reject,
                                 approval_pb::Edit, approval_pb::Withdraw, approval_pb::Retry,
                                 approval_pb::Resolve, approval_pb::Expire, approval_pb::Lapse,
                                 approval_pb::ApproveByMove, approval_pb::Report>;
  using Events = kernel::Telling<
      kernel::Events<approval_pb::Proposed, approval_pb::Edited, approval_pb::Endorsed,
                     approval_pb::Approved, approval_pb::Rejected, approval_pb::Withdrawn,
                     approval_pb::Expired, approval_pb::Lapsed, approval_pb::Retried,
                     approval_pb::Resolved, approval_pb::Reported>,
      draft::Follow>;
  using View = approval_pb::View;
  using Context = kernel::Context;

  /// 2: an approval whose gate stayed shut has failed.
  static constexpr std::uint32_t evolver = 2, derivation = 2;

  // ---- decide

  static Result<Events> decide(const Absent&, const approval_pb::Propose&, const Context&);

  static Result<Events> decide(const Pending&, const approval_pb::Approve&, const Context&);
  static Result<Events> decide(const Pending&, const approval_pb::Reject&, const Context&);
  static Result<Events> decide(const Pending&, const approval_pb::Edit&, const Context&);
  static Result<Events> decide(const Pending&, const approval_pb::Withdraw&, const Context&);
  static Result<Events> decide(const Pending&, const approval_pb::Expire&, const Context&);
  static Result<Events> decide(const Pending&, const approval_pb::Lapse&, const Context&);
  static Result<Events> decide(const Pending&, const approval_pb::ApproveByMove&, const Context&);

  static Result<Events> decide(const Approved&, const approval_pb::Edit&, const Context&);
  static Result<Events> decide(const Approved&, const approval_pb::Withdraw&, const Context&);
  static Result<Events> decide(const Approved&, const approval_pb::Lapse&, const Context&);

  static Result<Events> decide(const Failed&, const approval_pb::Retry&, const Context&);
  static Result<Events> decide(const Unknown&, const approval_pb::Resolve&, const Context&);

  // What became of it, for the draft that proposed it.
  static Result<Events> decide(const Sent&, const approval_pb::Report&, const Context&);
  static Result<Events> decide(const Failed&, const approval_pb::Report&, const Context&);
  static Result<Events> decide(const Rejected&, const approval_pb::Report&, const Context&);
  static Result<Events> decide(const Withdrawn&, const approval_pb::Report&, const Context&);
  static Result<Events> decide(const Expired&, const approval_pb::Report&, const Context&);

  // Too late: these only tell who decided, and when, or that it is on its way.
  static Result<Events> decide(const Approved&, const approval_pb::Approve&, const Context&);
  static Result<Events> decide(const Approved&, const approval_pb::Reject&, const Context&);
  static Result<Events> decide(const Sending&, const approval_pb::Approve&, const Context&);
  static Result<Events> decide(const Sending&, const approval_pb::Reject&, const Context&);
  static Result<Events> decide(const Sending&, const approval_pb::Edit&, const Context&);
  static Result<Events> decide(const Sending&, const approval_pb::Withdraw&, const Context&);
  static Result<Events> decide(const Sent&, const approval_pb::Approve&, const Context&);
  static Result<Events> decide(const Sent&, const approval_pb::Reject&, const Context&);
  static Result<Events> decide(const Rejected&, const approval_pb::Approve&, const Context&);
  static Result<Events> decide(const Rejected&, const approval_pb::Reject&, const Context&);
  static Result<Events> decide(const Expired&, const approval_pb::Approve&, const Context&);

  // ---- evolve

  static State evolve(Absent&&, const approval_pb::Proposed&);  // -> Pending

  static State evolve(Pending&&, const approval_pb::Edited&);     // -> Pending, undecided
  static State evolve(Pending&&, const approval_pb::Endorsed&);   // -> Pending, one of two
  static State evolve(Pending&&, const approval_pb::Lapsed&);     // -> Pending, undecided
  static State evolve(Pending&&, const approval_pb::Approved&);   // -> Approved
  static State evolve(Pending&&, const approval_pb::Rejected&);   // -> Rejected
  static State evolve(Pending&&, const approval_pb::Withdrawn&);  // -> Withdrawn
  static State evolve(Pending&&, const approval_pb::Expired&);    // -> Expired

  static State evolve(Approved&&, const approval_pb::Edited&);     // -> Pending, undecided
  static State evolve(Approved&&, const approval_pb::Lapsed&);     // -> Pending, undecided
  static State evolve(Approved&&, const approval_pb::Withdrawn&);  // -> Withdrawn
  static State evolve(Approved&&, const host::Dispatched&);        // -> Sending
  static State evolve(Approved&&, const host::Ended&);  // -> Failed: the gate stayed shut

  static State evolve(Sending&&, const host::Ended&);            // -> Sent, Failed, Unknown,
                                                                 //    or Approved: once more
  static State evolve(Unknown&&, const host::Ended&);            // -> Sent, Failed
  static State evolve(Unknown&&, const approval_pb::Resolved&);  // -> Sent, Failed
  static State evolve(Failed&&, const approval_pb::Retried&);    // -> Pending, undecided

  static Sent evolve(Sent&&, const approval_pb::Reported&);
  static Failed evolve(Failed&&, const approval_pb::Reported&);
  static Rejected evolve(Rejected&&, const approval_pb::Reported&);
  static Withdrawn evolve(Withdrawn&&, const approval_pb::Reported&);
  static Expired evolve(Expired&&, const approval_pb::Reported&);

  /// A draft that does not hear of it any more has ended by a person's hand.
  template <class Phase>
  static State evolve(Phase&& phase, const host::TellRefused&) {
    return std::forward<Phase>(phase);
  }

  // ---- what is under way, what is shown

  /// The deadline of the proposal, and the earliest expiry that an approver signed.
  static kernel::Work pending(const Pending&);
  /// The one effect, with its gate, until its end is known.
  static kernel::Work pending(const Approved&);
  static kernel::Work pending(const Sending&);
  /// Where a draft proposed it: to tell the draft, at once.
  static kernel::Work pending(const Sent&);
  static kernel::Work pending(const Failed&);
  static kernel::Work pending(const Rejected&);
  static kernel::Work pending(const Withdrawn&);
  static kernel::Work pending(const Expired&);

  static View view(const Pending&);
  static View view(const Approved&);
  static View view(const Sending&);
  static View view(const Sent&);
  static View view(const Failed&);
  static View view(const Unknown&);
  static View view(const Rejected&);
  static View view(const Withdrawn&);
  static View view(const Expired&);

  /// What an approver is shown, decoded from canonical content and nothing else.
  static Result<std::string> preview(std::string_view content);

  /// The indexed fields alone, without reading the content.
  static View indexed(const auto& phase) { return indexed_of(phase.proposal()); }
  static View indexed(const Absent&) { return {}; }

 private:
  static View indexed_of(const approval_pb::Proposal& proposal);
};

}  // namespace nightshift::actors
