// What a synchronised vault decides, and how its events move it on.
#include "actors/sync/sync.hpp"

#include <algorithm>

#include "actors/sync/losses.hpp"
#include "actors/sync/standing.hpp"

namespace nightshift::actors {

using namespace sync_pb;

namespace {

using Events = Sync::Events;
using State = Sync::State;

constexpr std::size_t lost_bytes_max = 6u << 20;

Result<Events> defined_as(const Define& command, const kernel::Context& context) {
  Defined event;
  *event.mutable_config() = command.config();
  *event.mutable_at() = to_proto(context.now);
  event.set_name(std::string(context.id));
  event.set_detail(command.config().remote() + ", branch " + command.config().branch());
  return event;
}

void begin(Subject& subject, const Defined& event) {
  *subject.mutable_config() = event.config();
  subject.set_name(event.name());
  subject.clear_last();
  subject.clear_rounded();
  subject.clear_reached();
  subject.clear_failures();
  subject.clear_offline();
  *subject.mutable_since() = event.at();
}

template <class Phase>
State in(Subject&& subject) {
  Phase phase;
  *phase.mutable_subject() = std::move(subject);
  return phase;
}

std::unexpected<Error> no_conflict(const std::string& conflict) {
  return fail(ErrorCode::not_found,
              "there is no conflict " + conflict + "; \"nightshift sync status\" shows all",
              "conflict");
}

std::string loss_words(const ReportConflict& command) {
  std::string words = command.path() + ": " + command.reason() + "; what " +
                      (command.loser() == SIDE_OURS ? "this side" : "the other side") + " had ";
  return words + (command.kept_as().empty() ? "is in the journal" : "lies at " + command.kept_as());
}

void note_round(Subject& subject, const Round& round, std::uint64_t request,
                const google::protobuf::Timestamp& at) {
  *subject.mutable_last() = round;
  *subject.mutable_rounded() = at;
  subject.set_answered(std::max(subject.answered(), request));
  if (subject.answered() == subject.asked()) subject.clear_take_rewound();
  if (round.written_files() > 0 || round.merges_size() > 0) *subject.mutable_pulled() = at;
  if (round.pushed()) *subject.mutable_pushed() = at;
  if (round.reached()) {
    *subject.mutable_reached() = at;
    subject.clear_failures();
    subject.clear_offline();
  } else if (round.trouble().absent()) {
    // Five minutes without success are a deadline, due at once where they are over.
    subject.set_failures(subject.failures() + 1);
    if (subject.failures() >= failures_max) subject.set_offline(true);
  }
}

}  // namespace

// ---- decide

Result<Events> Sync::decide(const Absent&, const Define& command, const Context& context) {
  return defined_as(command, context);
}

Result<Events> Sync::decide(const Off&, const Define& command, const Context& context) {
  return defined_as(command, context);
}

Result<Events> Sync::decide(const Off&, const End&, const Context&) { return Events(); }

Result<Events> Sync::defined(const Subject& subject, const Define& command,
                             const Context& context) {
  const bool same = command.config().SerializeAsString() == subject.config().SerializeAsString();
  if (same) return Events();
  return defined_as(command, context);
}

Result<Events> Sync::asked(const Now& command, const Context& context) {
  Asked event;
  event.set_by(context.caller.principal);
  event.set_take_rewound(command.take_rewound());
  event.set_detail("by " + context.caller.principal +
                   (command.take_rewound() ? ", who takes the rewound branch" : ""));
  return event;
}

Result<Events> Sync::resolved(const Subject& subject, const Resolve& command,
                              const Context& context) {
  sync_pb::Resolved event;
  const auto& said = command.conflict();
  for (const auto& loss : subject.losses()) {
    const bool meant = said == "all" || said == loss.conflict() || said == loss.path();
    if (loss.waits() && meant) event.add_conflicts(loss.conflict());
  }
  event.set_all(said == "all");
  if (said == "all" && subject.more_waiting() > 0) {
    event.set_by(context.caller.principal);
    event.set_detail("all, by " + context.caller.principal);
    return event;
  }
  if (event.conflicts().empty()) {
    if (find_loss(subject, said) != nullptr) return Events();
    if (said == "all") return fail(ErrorCode::not_found, "no conflict waits", "conflict");
    return no_conflict(said);
  }
  event.set_by(context.caller.principal);
  event.set_detail("by " + context.caller.principal);
  return event;
}

Result<Events> Sync::restoring(const Subject& subject, const Restore& command,
                               const Context& context) {
  const auto* loss = find_loss(subject, command.conflict());
  if (loss == nullptr) return no_conflict(command.conflict());
  if (!loss->kept_as().empty()) {
    return fail(ErrorCode::wrong_phase, "its words were never away: they lie at " + loss->kept_as(),
                "conflict");
  }
  if (loss->wanted()) return Events();
  RestoreAsked event;
  event.set_conflict(loss->conflict());
  event.set_by(context.caller.principal);
  event.set_detail(loss->path() + ", by " + context.caller.principal);
  return event;
}

Result<Events> Sync::rounded(const Subject& subject, const ReportRound& command,
                             const Context& context) {
  const auto request = std::min(command.request(), subject.asked());
  const auto& round = command.round();
  if (is_old_news(subject, round, std::max(request, subject.answered()), context.now)) {
    return Events();
  }
  const auto fill = [&](auto event) {
    *event.mutable_round() = round;
    event.set_request(request);
    *event.mutable_at() = to_proto(context.now);
    event.set_detail(round_words(round));
    return event;
  };
  if (round.has_trouble()) return fill(sync_pb::Stopped());
  return fill(Rounded());
}

Result<Events> Sync::conflicted(const Subject& subject, const ReportConflict& command,
                                const Context& context) {
  if (find_loss_by_key(subject, command.key()) != nullptr) return Events();
  if (command.bytes().size() > lost_bytes_max) {
    return fail(ErrorCode::too_large,
                "the words of one file are more than " + std::to_string(lost_bytes_max) + " bytes",
                "bytes");
  }
  Conflicted event;
  event.set_conflict(std::to_string(subject.conflicts() + 1));
  event.set_key(command.key());
  event.set_path(command.path());
  event.set_loser(command.loser());
  event.set_reason(command.reason());
  event.set_kept_as(command.kept_as());
  event.set_bytes(command.bytes());
  event.set_waits(!is_decided_by_rule(command.path()));
  event.set_sequence(context.sequence + 1);
  *event.mutable_at() = to_proto(context.now);
  event.set_detail(loss_words(command));
  return event;
}

Result<Events> Sync::solved(const Subject& subject, const ReportSolved& command) {
  const auto* loss = find_loss(subject, command.conflict());
  if (loss == nullptr) return no_conflict(command.conflict());
  if (!loss->waits()) return Events();
  sync_pb::Resolved event;
  event.add_conflicts(loss->conflict());
  event.set_detail(loss->kept_as() + " is gone");
  return event;
}

Result<Events> Sync::restored(const Subject& subject, const ReportRestored& command) {
  const auto* loss = find_loss(subject, command.conflict());
  if (loss == nullptr) return no_conflict(command.conflict());
  if (!loss->wanted()) return Events();
  if (command.restored_as().empty()) {
    NotRestored event;
    event.set_conflict(loss->conflict());
    event.set_error(command.error());
    event.set_detail(loss->path() + ": " + command.error());
    return event;
  }
  Restored event;
  event.set_conflict(loss->conflict());
  event.set_restored_as(command.restored_as());
  event.set_detail(command.restored_as());
  return event;
}

Result<Events> Sync::initialised(const Subject& subject, const ReportInit& command) {
  if (!subject.init_wanted()) return Events();
  Initialised event;
  *event.mutable_done() = command.done();
  event.set_error(command.error());
  std::string words = command.error();
  for (const auto& line : command.done()) words += (words.empty() ? "" : "; ") + line;
  event.set_detail(words);
  return event;
}

Result<Events> Sync::missed(const Subject& subject, const Context& context) {
  const bool is_due = subject.failures() > 0 && context.now >= silent_since(subject) + absence_max;
  if (!is_due) return Events();
  return WentOffline();
}

// ---- evolve

State Sync::evolve(Absent&&, const Defined& event) {
  Subject subject;
  begin(subject, event);
  return in<Starting>(std::move(subject));
}

State Sync::evolve(Off&& phase, const Defined& event) {
  auto subject = std::move(*phase.mutable_subject());
  begin(subject, event);
  return phase_of(std::move(subject));
}

void Sync::apply(Subject& subject, const Defined& event) { begin(subject, event); }

void Sync::apply(Subject& subject, const Asked& event) {
  subject.set_asked(subject.asked() + 1);
  if (event.take_rewound()) subject.set_take_rewound(true);
}

void Sync::apply(Subject& subject, const Rounded& event) {
  note_round(subject, event.round(), event.request(), event.at());
}

void Sync::apply(Subject& subject, const sync_pb::Stopped& event) {
  note_round(subject, event.round(), event.request(), event.at());
}

void Sync::apply(Subject& subject, const Conflicted& event) { add_loss(subject, event); }

void Sync::apply(Subject& subject, const sync_pb::Resolved& event) {
  for (const auto& conflict : event.conflicts()) {
    if (auto* loss = find_loss(subject, conflict)) loss->clear_waits();
  }
  if (event.all()) subject.clear_more_waiting();
}

void Sync::apply(Subject& subject, const RestoreAsked& event) {
  if (auto* loss = find_loss(subject, event.conflict())) {
    loss->set_wanted(true);
    loss->clear_error();
  }
}

void Sync::apply(Subject& subject, const Restored& event) {
  auto* loss = find_loss(subject, event.conflict());
  if (loss == nullptr) return;
  loss->clear_wanted();
  loss->clear_waits();
  loss->set_restored_as(event.restored_as());
}

void Sync::apply(Subject& subject, const NotRestored& event) {
  auto* loss = find_loss(subject, event.conflict());
  if (loss == nullptr) return;
  loss->clear_wanted();
  loss->set_error(event.error());
}

void Sync::apply(Subject& subject, const InitAsked&) { subject.set_init_wanted(true); }

void Sync::apply(Subject& subject, const Initialised& event) {
  subject.clear_init_wanted();
  *subject.mutable_init_done() = event.done();
  subject.set_init_error(event.error());
}

void Sync::apply(Subject& subject, const WentOffline&) { subject.set_offline(true); }

State Sync::phase_of(Subject&& subject) {
  switch (standing_of(subject)) {
    case Standing::starting: return in<Starting>(std::move(subject));
    case Standing::synced: return in<Synced>(std::move(subject));
    case Standing::ahead: return in<Ahead>(std::move(subject));
    case Standing::behind: return in<Behind>(std::move(subject));
    case Standing::diverged: return in<Diverged>(std::move(subject));
    case Standing::conflict: return in<Conflict>(std::move(subject));
    case Standing::offline: return in<Offline>(std::move(subject));
  }
  return in<Starting>(std::move(subject));
}

kernel::Work Sync::work_of(const Subject& subject) {
  kernel::Work work;
  if (subject.failures() > 0) work.deadline("miss", silent_since(subject) + absence_max, Miss());
  return work;
}

// ---- view

View Sync::view_of(const Subject& subject) {
  View view;
  const auto& last = subject.last();
  const bool is_cloud = subject.config().side() == "cloud";
  view.set_sync_id(subject.name());
  view.set_sync_status(std::string(word(standing_of(subject))));
  if (subject.has_pulled()) *view.mutable_last_pull_timestamp() = subject.pulled();
  if (subject.has_pushed()) *view.mutable_last_push_timestamp() = subject.pushed();
  view.set_commit_hash_cloud(is_cloud ? last.head() : last.remote_head());
  view.set_commit_hash_local(is_cloud ? last.remote_head() : last.head());
  view.set_ahead(last.ahead());
  view.set_behind(last.behind());
  view.set_trouble(last.trouble().name());
  view.set_message(last.trouble().words());
  view.set_remote(subject.config().remote());
  view.set_branch(subject.config().branch());
  view.set_side(subject.config().side());
  if (subject.has_reached()) *view.mutable_reached_at() = subject.reached();
  view.set_failures(subject.failures());
  *view.mutable_skipped() = last.skipped();
  for (const auto& loss : subject.losses()) {
    if (loss.waits()) view.add_pending_conflicts(loss.path());
    if (view.conflict().empty() || loss.waits()) view.set_conflict(loss.conflict());
  }
  *view.mutable_losses() = subject.losses();
  view.set_asked(subject.asked());
  view.set_answered(subject.answered());
  view.set_init_wanted(subject.init_wanted());
  *view.mutable_init_done() = subject.init_done();
  view.set_init_error(subject.init_error());
  view.set_more_waiting(subject.more_waiting());
  view.set_take_rewound(subject.take_rewound());
  return view;
}

}  // namespace nightshift::actors
