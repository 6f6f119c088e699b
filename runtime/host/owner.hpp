// The owner of one entity: opens it, decides on its newest state, hands what it decided to the log,
// and lets go. Runs inside an actor, one mail at a time; knows no CAF.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "messages/effect_options.pb.h"
#include "runtime/host/actors.hpp"
#include "runtime/host/core.hpp"
#include "runtime/host/entity_state.hpp"
#include "runtime/host/landing.hpp"
#include "runtime/host/recent.hpp"
#include "runtime/host/tell_marks.hpp"

namespace nightshift::runtime::host {

/// What one decision writes.
struct Change {
  kernel::AnyEvents events;
  std::string cause;
  std::string correlation;
  std::string principal;
  Time decided_at{};
  std::optional<storage::CommandEntry> command;
  std::unique_ptr<Call> call;
  /// Rows beside those that follow from the state.
  std::vector<storage::WorkChange> rows;
  /// Streams that go with it.
  std::shared_ptr<const storage::Archival> archival;
  /// An effect whose end stands in the events.
  std::optional<std::string> ended_effect;
  std::move_only_function<void(Core&, bool)> then;
};

class Owner final : public Resident {
 public:
  Owner(std::shared_ptr<Core> core, const kernel::Kind& kind, EntityRef entity,
        std::uint64_t activation);

  void receive(Mail mail) override;

 private:
  enum class Phase { opening, ready, quarantined, archived, stopped };

  // -- its life (owner.cpp)

  void handle(Mail mail);
  /// What is only done on an open entity.
  void serve(Mail& mail);
  void act_on(Mail& mail);
  void open();
  void on(Opened& opened);
  void on(Folded& folded);
  void on(Lost& lost);
  void on(Passivate& passivate);
  void ready(std::unique_ptr<EntityState> state);
  /// Begins anew from the journal, or goes into quarantine where that happens too often.
  void restart(std::string_view why);
  void shut();
  void stop(Phase phase, Error cause);
  void turn_away(Mail& mail);

  // -- commands (owner_commands.cpp)

  void on(Deliver& deliver);
  void on(Fire& fire);
  /// The kind would not have the command of a deadline that has come.
  void refuse_deadline(const Fire& fire, const Error& error);
  /// Deletes the row of a deadline that will not fire again.
  void forget(const Fire& fire);
  void decide(std::unique_ptr<Call> call);
  /// True if the command was accepted before: it has its answer then.
  bool repeated(std::unique_ptr<Call>& call);
  void answer_again(std::unique_ptr<Call> call, const storage::CommandEntry& entry);
  Result<kernel::AnyEvents> ask(const Command& command, Time now, const Survey* survey = nullptr);
  /// Answers once all that the answer stands on is durable.
  void settle(std::unique_ptr<Call> call, Result<std::shared_ptr<Answer>> result,
              bool takes_offset = true);
  void accept(std::unique_ptr<Call> call, kernel::AnyEvents events, Time now);
  /// Adds what a command of the host brings along for an archive.
  static void hand_over(const Command& command, Change& change);

  // -- Tells (owner_tells.cpp)

  /// Another entity tells this one something.
  void hear(std::unique_ptr<Call> call);
  /// What was decided before is decided.
  void hear_again(std::unique_ptr<Call> call, const HeardMark& mark);
  /// Refuses a Tell once and for all: the mark is written before the source hears of it.
  void refuse_tell(std::unique_ptr<Call> call, std::uint64_t sequence, Error error);
  void on(Settle& settle);
  /// Counts what the events tell, and adds the rows of it.
  Result<void> add_tells(Change& change);

  // -- writing (owner_commit.cpp)

  void commit(Change change);
  /// An append that writes nothing yet, decided on `sequence`.
  storage::Append barrier(std::uint64_t sequence) const;
  /// The events could not be applied: nothing is written, what stands before is not touched, the
  /// state alone is spoilt.
  void abandon(Change change, std::uint64_t expected, std::string_view why);
  /// Answers at once, or behind what is under way.
  void answer_when_durable(std::uint64_t sequence, Landing landing);
  Result<std::vector<storage::NewRecord>> evolve(const Change& change);
  void attach_rows(storage::Append& append, Landing& landing, Change& change);
  void attach_state(storage::Append& append);
  std::shared_ptr<Answer> answer() const;
  const Authority& authority();
  /// Of the day that it is: resolved anew when that is over.
  const kernel::Calendar& calendar(Time now);

  // -- effects (owner_effects.cpp)

  void on(Dispatch& dispatch);
  void on(Report& report);
  /// Writes down that it may have been dispatched, which makes it one to recover.
  void doubt(const EffectKey& key, const kernel::Effect& wanted, std::uint32_t attempt,
             const WorkValue& why);
  /// The dispatch of this effect is on its way to the log.
  bool dispatching(const std::string& effect_id);
  void recover(const EffectKey& key, const kernel::Effect* wanted, std::uint32_t attempt,
               const WorkValue& why);
  /// `again`: how many attempts failed, if there will be another.
  void end(Report report, std::optional<std::uint32_t> again);
  /// What lets an effect happen.
  struct Right {
    /// What the gate was opened for; empty without one.
    Canonical content;
    /// What it happens by without a gate.
    StandingGrant grant = STANDING_GRANT_UNSPECIFIED;
  };
  /// Whether the effect may happen now, on this node: role, capability, and gate or standing grant.
  Result<Right> right_to(const kernel::Effect& effect);

  std::shared_ptr<Core> core_;
  const kernel::Kind& kind_;
  const EntityRef entity_;
  const std::uint64_t activation_;

  Phase phase_ = Phase::opening;
  /// Mails that came while it was opening.
  std::deque<Mail> waiting_;
  std::shared_ptr<Lane> lane_;
  std::unique_ptr<EntityState> state_;
  kernel::Work work_;
  std::shared_ptr<const kernel::IndexValues> index_;
  Recent recent_;
  /// Effects whose dispatch the log has not answered yet, by the number of the append.
  std::map<std::string, std::uint64_t> dispatching_;
  TellMarks marks_;

  /// Size of the stored state row, and bytes of records since it was written.
  std::size_t row_bytes_ = 0;
  std::size_t bytes_since_row_ = 0;

  std::shared_ptr<const Authority> authority_;
  std::uint64_t authority_version_ = 0;
  kernel::Calendar calendar_;

  /// Why it is quarantined, archived or stopped.
  Error cause_;
};

}  // namespace nightshift::runtime::host
