// The life of a draft: written, wanted by its task, proposed, and what became of that.
#pragma once

#include <utility>

#include "messages/approval.pb.h"
#include "messages/draft.pb.h"
#include "messages/host.pb.h"
#include "messages/task.pb.h"
#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/telling.hpp"
#include "runtime/kernel/work.hpp"

namespace nightshift::actors {

namespace draft_pb = nightshift::draft;

struct Draft {
  using Absent = draft_pb::State::Absent;
  using Drafted = draft_pb::State::Drafted;
  using Proposed = draft_pb::State::Proposed;
  using Refused = draft_pb::State::Refused;
  using Sent = draft_pb::State::Sent;
  using Failed = draft_pb::State::Failed;
  using Rejected = draft_pb::State::Rejected;
  using Withdrawn = draft_pb::State::Withdrawn;
  using Expired = draft_pb::State::Expired;
  using Discarded = draft_pb::State::Discarded;

  using Phases = kernel::Types<Absent, Drafted, Proposed, Refused, Sent, Failed, Rejected,
                               Withdrawn, Expired, Discarded>;
  using State = Phases::Variant;
  using Commands =
      kernel::Types<draft_pb::Write, draft_pb::Edit, draft_pb::Propose, draft_pb::Discard,
                    draft_pb::Offer, draft_pb::Follow, draft_pb::ReportRefusal>;
  using Events = kernel::Telling<
      kernel::Events<draft_pb::Written, draft_pb::Edited, draft_pb::Offered, draft_pb::Proposed,
                     draft_pb::Followed, draft_pb::Discarded, draft_pb::RefusalTold>,
      approval::Propose, task::TakeDraft, task::Conclude>;
  using View = draft_pb::View;
  using Context = kernel::Context;

  /// Ids that are tried for one draft's approval: its own, then with -2, -3, ... behind it.
  static constexpr std::uint32_t proposals_max = 100;

  // ---- decide

  static Result<Events> decide(const Absent&, const draft_pb::Write&, const Context&);

  static Result<Events> decide(const Drafted&, const draft_pb::Edit&, const Context&);
  static Result<Events> decide(const Drafted&, const draft_pb::Propose&, const Context&);
  static Result<Events> decide(const Drafted&, const draft_pb::Discard&, const Context&);
  static Result<Events> decide(const Drafted&, const draft_pb::Offer&, const Context&);

  static Result<Events> decide(const Proposed&, const draft_pb::Follow&, const Context&);

  static Result<Events> decide(const Refused&, const draft_pb::Edit&, const Context&);
  static Result<Events> decide(const Refused&, const draft_pb::Propose&, const Context&);
  static Result<Events> decide(const Refused&, const draft_pb::Discard&, const Context&);
  static Result<Events> decide(const Refused&, const draft_pb::ReportRefusal&, const Context&);

  static Result<Events> decide(const Failed&, const draft_pb::Follow&, const Context&);

  // ---- evolve

  static State evolve(Absent&&, const draft_pb::Written&);  // -> Drafted

  static State evolve(Drafted&&, const draft_pb::Edited&);     // -> Drafted
  static State evolve(Drafted&&, const draft_pb::Offered&);    // -> Drafted
  static State evolve(Drafted&&, const draft_pb::Proposed&);   // -> Proposed
  static State evolve(Drafted&&, const draft_pb::Discarded&);  // -> Discarded
  /// Its task does not want it: discarded.
  static State evolve(Drafted&&, const host::TellRefused&);

  static State evolve(Proposed&&, const draft_pb::Followed&);  // -> Sent, Failed, Rejected, ...
  /// The id is taken: drafted, to be proposed under the next; else refused.
  static State evolve(Proposed&&, const host::TellRefused&);

  static State evolve(Refused&&, const draft_pb::Edited&);       // -> Refused
  static State evolve(Refused&&, const draft_pb::RefusalTold&);  // -> Refused
  static State evolve(Refused&&, const draft_pb::Proposed&);     // -> Proposed
  static State evolve(Refused&&, const draft_pb::Discarded&);    // -> Discarded

  static State evolve(Failed&&, const draft_pb::Followed&);  // -> Sent, Failed, Rejected, ...

  /// A task that ended by a person's hand hears of its draft's end in vain.
  template <class Phase>
  static State evolve(Phase&& phase, const host::TellRefused&) {
    return std::forward<Phase>(phase);
  }

  // ---- what is under way, what is shown

  /// To be proposed under another id, at once.
  static kernel::Work pending(const Drafted&);
  /// Its task is to be told, at once.
  static kernel::Work pending(const Refused&);

  static View view(const Drafted&);
  static View view(const Proposed&);
  static View view(const Refused&);
  static View view(const Sent&);
  static View view(const Failed&);
  static View view(const Rejected&);
  static View view(const Withdrawn&);
  static View view(const Expired&);
  static View view(const Discarded&);

  /// The indexed fields alone.
  static View indexed(const auto& phase) { return indexed_of(phase.subject()); }
  static View indexed(const Absent&) { return {}; }

 private:
  static View indexed_of(const draft_pb::Subject& subject);
};

}  // namespace nightshift::actors
