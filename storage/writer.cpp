// Fences, sequences, coalesced rows, chain and hybrid time.
#include "storage/writer.hpp"

#include <cassert>

#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/rows.hpp"

namespace nightshift::storage {
namespace {

// Commands are remembered for 7 days; with the day in which they arrived, and the present one.
constexpr std::uint32_t command_days_kept = 8;

bool has_rows(const Append& append) {
  return !append.records.empty() || append.state || append.index_after || append.command ||
         append.archival || !append.work.empty();
}

std::unexpected<Error> fenced(const EntityRef& entity, std::string what) {
  return fail(ErrorCode::conflict,
              to_string(entity) + " " + std::move(what) + "; nothing was written, open it again",
              to_string(entity));
}

}  // namespace

Error stopped_error() {
  return {ErrorCode::unavailable,
          "the journal stopped after a failed write, so the outcome is unknown; "
          "ask again with the same command id once the node has started again",
          {}};
}

void refuse(Answer answer, const Error& error) {
  std::visit([&](auto& given) { given.done(std::unexpected(error)); }, answer);
}

void refuse(Request request, const Error& error) {
  if (auto* open = std::get_if<OpenRequest>(&request)) open->done(std::unexpected(error));
  if (auto* append = std::get_if<AppendRequest>(&request)) append->done(std::unexpected(error));
  if (auto* step = std::get_if<RederiveRequest>(&request)) step->done(std::unexpected(error));
}

Writer::Writer(const LogStart& start)
    : head_(start.head), days_(start.days), last_written_at_(start.head.written_at) {}

void Writer::begin(RowBatch& rows, Time now, bool space) {
  rows_ = &rows;
  space_ = space;
  ++batch_;
  written_at_ = std::max(now, last_written_at_ + std::chrono::microseconds(1));
  first_offset_ = head_.offset + 1;
  records_ = 0;
  leaves_.clear();
  derived_.clear();
  answers_.clear();
}

void Writer::add(Request request) {
  std::visit([this](auto& one) { handle(std::move(one)); }, request);
}

void Writer::handle(OpenRequest request) {
  const auto epoch = ++last_epoch_;
  auto& holder = holders_[request.entity];
  holder.epoch = epoch;
  holder.end.reset();
  answers_.push_back(OpenAnswer{std::move(request.entity), epoch, std::move(request.done)});
}

void Writer::handle(CloseRequest request) {
  const auto found = holders_.find(request.entity);
  if (found != holders_.end() && found->second.epoch == request.epoch) holders_.erase(found);
}

void Writer::handle(RederiveRequest request) {
  AppendAnswer answer{std::move(request.done), Committed{head_.offset, head_.written_at}};
  if (last_epoch_ > 0) {
    answer.result = fail(ErrorCode::conflict,
                         "the rows of " + request.step.kind +
                             " cannot be made anew once entities are open; nothing was written",
                         request.step.kind);
  } else if (!space_) {
    answer.result = fail(ErrorCode::no_space);
  } else {
    write(request.step);
  }
  answers_.push_back(std::move(answer));
}

void Writer::handle(EndRead read) {
  const auto found = holders_.find(read.entity);
  if (found != holders_.end() && found->second.epoch == read.epoch) found->second.end = read.end;
}

void Writer::handle(AppendRequest request) {
  auto& append = request.append;
  auto holder = admit(append);
  AppendAnswer answer{std::move(request.done), Committed{}};
  if (holder) {
    answer.result = write(append, **holder);
  } else {
    // What stands behind a refused append was decided on events that never were.
    handle(CloseRequest{append.entity, append.epoch});
    answer.result = std::unexpected(std::move(holder.error()));
  }
  answers_.push_back(std::move(answer));
}

Result<Writer::Holder*> Writer::admit(const Append& append) {
  const auto found = holders_.find(append.entity);
  if (found == holders_.end() || found->second.epoch != append.epoch)
    return fenced(append.entity, "was opened by another since, or an append before was refused");
  auto& holder = found->second;
  if (!holder.end || holder.end->sequence != append.expected)
    return fenced(append.entity, "is not at sequence " + std::to_string(append.expected));
  if (!space_ && has_rows(append)) return fail(ErrorCode::no_space);
  if (!append.archival) return &holder;
  for (const auto& stream : append.archival->streams)
    if (!is_as_opened(stream))
      return fenced(stream.entity, "was opened or written by another since it was to be archived");
  return &holder;
}

bool Writer::is_as_opened(const ArchivedStream& stream) const {
  const auto found = holders_.find(stream.entity);
  return found != holders_.end() && found->second.epoch == stream.epoch && found->second.end &&
         found->second.end->sequence == stream.sequence;
}

Committed Writer::write(Append& append, Holder& holder) {
  if (!append.records.empty()) write_records(append, holder);
  write_work(append.work);
  if (append.command) write_command(append.entity, *append.command);
  if (append.archival) write(*append.archival);
  if (append.state || append.index_after) gather(append, holder);
  return {first_offset_ + records_ - 1, rows_->empty() ? last_written_at_ : written_at_};
}

void Writer::write(const Rederivation& step) {
  if (step.forget_index) rows_->erase(index_of(step.kind));
  for (const auto& [id, index, state, offset] : step.entities) {
    for (const auto& [field, value] : index) rows_->put(index_key(step.kind, field, value, id), {});
    if (state) rows_->put(state_key({step.kind, id}), {*state, state_offset(offset)});
  }
  write_work(step.work);
  rows_->put(derivation_key(step.kind), {step.mark});
}

void Writer::write(const Archival& archival) {
  const auto tombstone = archival.tombstone.SerializeAsString();
  for (const auto& [entity, epoch, length, leaves, index] : archival.streams) {
    std::uint64_t sequence = 0;
    for (const auto& leaf : leaves) {
      rows_->erase(record_key(leaf.offset));
      rows_->put(leaf_key(leaf.offset), {as_bytes(leaf.digest)});
      rows_->erase(pointer_key(entity, ++sequence));
    }
    assert(sequence == length);
    for (const auto& [field, value] : index)
      rows_->erase(index_key(entity.kind, field, value, entity.id));
    rows_->erase(state_key(entity));
    rows_->put(tombstone_key(entity), {tombstone, tombstone_sequence(sequence)});
    // Whoever has it must open it again, and learns then where it went.
    holders_.erase(entity);
  }
}

void Writer::write_work(const std::vector<WorkChange>& changes) {
  for (const auto& change : changes) {
    const auto key = work_key(change.key);
    if (change.value)
      rows_->put(key, {*change.value});
    else
      rows_->erase(key);
  }
}

void Writer::write_records(const Append& append, Holder& holder) {
  for (const auto& record : append.records) {
    const auto offset = first_offset_ + records_++;
    rows_->put(record_key(offset), {view_of(record_head(written_at_, record.salt)), record.bytes});
    rows_->put(pointer_key(append.entity, ++holder.end->sequence), {view_of(big_endian(offset))});
    leaves_.append(as_bytes(record.leaf));
    holder.end->offset = offset;
  }
}

void Writer::write_command(const EntityRef& entity, const CommandEntry& command) {
  const auto today = std::max(day_of(written_at_), days_.newest);
  if (today > days_.newest) {
    days_.newest = today;
    if (today > days_.oldest + command_days_kept) {
      days_.oldest = today - command_days_kept;
      rows_->erase(commands_before(days_.oldest));
    }
  }
  rows_->put(command_key(today, entity, command.principal, command.key), {command_row(command)});
}

void Writer::gather(Append& append, Holder& holder) {
  if (holder.batch != batch_) {
    holder.batch = batch_;
    holder.slot = derived_.size();
    derived_.push_back({std::move(append.entity), {}, 0, {}, {}});
  }
  auto& derived = derived_[holder.slot];
  if (append.state) {
    derived.state = std::move(append.state);
    derived.offset = holder.end->offset;
  }
  if (append.index_after) {
    if (!derived.index_after) derived.index_before = std::move(append.index_before);
    derived.index_after = std::move(append.index_after);
  }
}

void Writer::put_index(const Derived& derived) {
  static const IndexValues none;
  const auto& before = derived.index_before ? *derived.index_before : none;
  const auto& after = *derived.index_after;
  const auto& [kind, id] = derived.entity;
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    if (old != before.end() && now != after.end() && *old == *now) {
      ++old;
      ++now;
    } else if (now == after.end() || (old != before.end() && *old < *now)) {
      rows_->erase(index_key(kind, old->first, old->second, id));
      ++old;
    } else {
      rows_->put(index_key(kind, now->first, now->second, id), {});
      ++now;
    }
  }
}

void Writer::put_derived() {
  for (const auto& derived : derived_) {
    if (derived.state)
      rows_->put(state_key(derived.entity), {*derived.state, state_offset(derived.offset)});
    if (derived.index_after) put_index(derived);
  }
}

void Writer::put_batch() {
  head_.head = next_head(head_.head, first_offset_, written_at_, leaves_);
  head_.offset = first_offset_ + records_ - 1;
  head_.written_at = written_at_;
  rows_->put(batch_key(first_offset_),
             {batch_row({first_offset_, records_, written_at_, head_.head})});
}

std::vector<Answer> Writer::finish() {
  put_derived();
  if (records_ > 0) put_batch();
  if (!rows_->empty()) last_written_at_ = written_at_;
  return std::move(answers_);
}

}  // namespace nightshift::storage
