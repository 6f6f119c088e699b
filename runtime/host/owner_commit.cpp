// The owner and the log: events become state, records and rows, in one append.
#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "messages/text.hpp"
#include "runtime/host/owner.hpp"
#include "runtime/host/records.hpp"
#include "runtime/host/work_rows.hpp"

namespace nightshift::runtime::host {
namespace {

/// A large state row is written again after so many bytes of records.
constexpr std::size_t large_row_every_bytes = 64 << 10;

}  // namespace

std::shared_ptr<Answer> Owner::answer() const {
  return std::make_shared<Answer>(state_->answer(work_, core_->boot_epoch, core_->log_id));
}

const Authority& Owner::authority() {
  const auto version = core_->authority.version();
  if (!authority_ || version != authority_version_) {
    authority_ = core_->authority.snapshot();
    authority_version_ = version;
  }
  return *authority_;
}

const kernel::Calendar& Owner::calendar(Time now) {
  // Weeks and months begin and end with days.
  if (!calendar_.day.contains(now)) calendar_ = core_->options.zone.calendar(now);
  return calendar_;
}

Result<std::vector<storage::NewRecord>> Owner::evolve(const Change& change) {
  const Stamp stamp{.kind = kind_,
                    .entity = entity_,
                    .home = state_->home(),
                    .decided_at = change.decided_at,
                    .cause = change.cause,
                    .correlation = change.correlation,
                    .principal = change.principal};
  std::vector<storage::NewRecord> records;
  records.reserve(change.events.size());
  try {
    for (const auto& event : change.events) {
      // What cannot be read again may not be written: it would end the log for every reader.
      if (auto text = check_text(*event); !text) return std::unexpected(std::move(text.error()));
      if (auto applied = state_->apply(*event, change.decided_at); !applied) {
        return std::unexpected(std::move(applied.error()));
      }
      records.push_back(make_record(stamp, state_->sequence(), *event));
    }
  } catch (const std::exception& error) {
    return fail(ErrorCode::bug, error.what());
  }
  return records;
}

storage::Append Owner::barrier(std::uint64_t sequence) const {
  storage::Append append;
  append.entity = entity_;
  append.expected = sequence;
  append.epoch = lane_->epoch;
  return append;
}

void Owner::commit(Change change) {
  auto append = barrier(state_->sequence());
  if (auto added = add_tells(change); !added) {
    return abandon(std::move(change), append.expected, added.error().message());
  }
  const auto command_id = change.call ? change.call->id() : std::string();
  auto records = evolve(change);
  if (!records) return abandon(std::move(change), append.expected, records.error().message());
  append.records = std::move(*records);
  append.archival = std::move(change.archival);
  auto landing = landing_on(lane_, std::move(change.call));
  landing.then = std::move(change.then);
  attach_rows(append, landing, change);
  if (landing.call && landing.call->telling() != nullptr) {
    landing.answer = std::make_shared<Answer>();
  } else if (landing.call) {
    landing.answer = answer();
    landing.answer->command_id = command_id;
    landing.answer->created = append.expected == 0 && !append.records.empty();
  }
  if (change.command) {
    change.command->sequence = state_->sequence();
    change.command->created = landing.answer->created;
    recent_.add({.principal = change.principal,
                 .key = command_id,
                 .request_hash = change.command->request_hash,
                 .append = lane_->submitted + 1,
                 .answer = landing.answer});
    append.command = std::move(change.command);
  }
  landing.has_records = !append.records.empty();
  submit(std::move(append), std::move(landing));
}

void Owner::abandon(Change change, std::uint64_t expected, std::string_view why) {
  if (change.then) change.then(*core_, false);
  if (change.call) {
    Error error{
        ErrorCode::bug,
        "the program could not apply what it decided, and changed nothing: " + std::string(why),
        to_string(entity_)};
    if (change.call->telling() != nullptr) {
      refuse_tell(std::move(change.call), expected, std::move(error));
    } else {
      auto landing = landing_on(lane_, std::move(change.call));
      landing.refusal = std::move(error);
      answer_when_durable(expected, std::move(landing));
    }
  }
  restart(why);
}

void Owner::answer_when_durable(std::uint64_t sequence, Landing landing) {
  if (lane_->settled()) return answer_now(std::move(landing));
  submit(barrier(sequence), std::move(landing));
}

void Owner::attach_rows(storage::Append& append, Landing& landing, Change& change) {
  append.work = std::move(change.rows);
  landing.work = append.work;
  if (append.records.empty()) return;
  attach_state(append);
  auto work = state_->entity().pending();
  auto changes = work_changes(*state_, work_, work, change.cause, change.correlation);
  std::ranges::move(changes, std::back_inserter(append.work));
  if (change.ended_effect && work.find_effect(*change.ended_effect) == nullptr) {
    append.work.push_back({effect_key(entity_, *change.ended_effect), std::nullopt});
  }
  landing.work = append.work;
  work_ = std::move(work);

  auto index = state_->entity().index();
  if (index != *index_) {
    append.index_before =
        std::exchange(index_, std::make_shared<const kernel::IndexValues>(std::move(index)));
    append.index_after = index_;
  }
  if (kind_.contributes()) state_->entity().contribute(landing.contribution.emplace());
}

void Owner::attach_state(storage::Append& append) {
  for (const auto& record : append.records) bytes_since_row_ += record.bytes.size();
  const bool stored_is_large = row_bytes_ > small_row_bytes;
  if (stored_is_large && bytes_since_row_ < large_row_every_bytes) return;
  append.state = state_->row();
  row_bytes_ = append.state->size();
  bytes_since_row_ = 0;
}

}  // namespace nightshift::runtime::host
