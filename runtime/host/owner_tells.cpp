// The owner and Tells: what others tell it, what it tells others, and what became of that.
#include <algorithm>
#include <utility>

#include "runtime/host/owner.hpp"
#include "runtime/host/tells.hpp"
#include "runtime/host/work_rows.hpp"

namespace nightshift::runtime::host {
namespace {

using ::nightshift::host::Told;

/// Marks of others in memory, of one entity.
constexpr std::size_t marks_max = 1000;

}  // namespace

void Owner::hear(std::unique_ptr<Call> call) {
  if (marks_.size() > marks_max && lane_->settled()) marks_.clear();
  const auto& telling = *call->telling();
  const auto mark = marks_.heard(telling.source);
  if (!mark) return settle(std::move(call), std::unexpected(mark.error()));
  const auto heard = (*mark)->heard();
  if (telling.n <= heard) return hear_again(std::move(call), **mark);
  if (telling.n != std::max(heard + 1, telling.open_from)) {
    return settle(std::move(call), fail(ErrorCode::conflict,
                                        "what " + to_string(telling.source) +
                                            " told before this has not been decided",
                                        to_string(entity_)));
  }
  const auto now = core_->clock.now();
  auto events = ask(call->command(), now);
  if (events) return accept(std::move(call), std::move(*events), now);
  refuse_tell(std::move(call), state_->sequence(), std::move(events.error()));
}

void Owner::hear_again(std::unique_ptr<Call> call, const HeardMark& mark) {
  const auto* refused = refusal_of(mark, call->telling()->n);
  // A source hears whether it was taken, and no more.
  if (refused == nullptr) return settle(std::move(call), std::make_shared<Answer>());
  const auto known = find_error(refused->code());
  settle(std::move(call), fail(known ? known->code : ErrorCode::bug, refused->detail()));
}

void Owner::refuse_tell(std::unique_ptr<Call> call, std::uint64_t sequence, Error error) {
  const auto telling = *call->telling();
  // That it may be asked again is for the host to say.
  if (may_tell_again(error.code)) error.code = ErrorCode::invalid;
  // It was read when the Tell was heard.
  auto& mark = **marks_.heard(telling.source);
  advance(mark, telling.n, telling.open_from);
  auto& refused = *mark.add_refused();
  refused.set_n(telling.n);
  refused.set_code(std::string(info(error.code).name));
  refused.set_detail(std::string(error.message()));
  auto append = barrier(sequence);
  append.work.push_back(marks_.heard_row(telling.source));
  auto landing = landing_on(lane_, std::move(call));
  landing.refusal = std::move(error);
  submit(std::move(append), std::move(landing));
}

Result<void> Owner::add_tells(Change& change) {
  if (const auto* telling = change.call ? change.call->telling() : nullptr) {
    const auto mark = marks_.heard(telling->source);
    if (!mark) return std::unexpected(mark.error());
    advance(**mark, telling->n, telling->open_from);
    change.rows.push_back(marks_.heard_row(telling->source));
  }
  for (const auto& event : change.events) {
    if (event->GetDescriptor() != Told::descriptor()) continue;
    auto& told = static_cast<Told&>(*event);
    const EntityRef target{told.kind(), told.id()};
    const auto mark = marks_.told(target);
    if (!mark) return std::unexpected(mark.error());
    told.set_n((*mark)->told() + 1);
    (*mark)->set_told(told.n());
    TellWork work;
    work.set_kind(target.kind);
    work.set_id(target.id);
    work.set_n(told.n());
    work.set_command(told.command());
    work.set_body(told.body());
    work.set_correlation(change.correlation);
    change.rows.push_back({tell_key(entity_, target, told.n()), work.SerializeAsString()});
    change.rows.push_back(marks_.told_row(target));
  }
  return {};
}

void Owner::on(Settle& settling) {
  const auto mark = marks_.told(settling.target);
  if (!mark) return core_->report(std::string(mark.error().message()));
  Change change;
  const auto before = (*mark)->settled();
  for (auto n = before + 1; n <= settling.up_to; ++n) {
    change.rows.push_back({tell_key(entity_, settling.target, n), std::nullopt});
  }
  if (settling.up_to > before) {
    (*mark)->set_settled(settling.up_to);
    change.rows.push_back(marks_.told_row(settling.target));
  }
  if (settling.refused && settling.up_to > before) {
    change.events.push_back(
        std::make_unique<::nightshift::host::TellRefused>(std::move(*settling.refused)));
  }
  change.cause = tell_id({entity_, settling.target}, settling.up_to);
  change.correlation = std::move(settling.correlation);
  change.principal = kernel::Caller::of_host().principal;
  change.decided_at = core_->clock.now();
  change.then = [receipt = std::move(settling.receipt)](Core&, bool written) mutable {
    receipt.give(written);
  };
  commit(std::move(change));
}

}  // namespace nightshift::runtime::host
