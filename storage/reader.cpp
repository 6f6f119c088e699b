// Rows back into what they say.
#include "storage/reader.hpp"

#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/rows.hpp"

namespace nightshift::storage {
namespace {

std::unexpected<Error> damaged(std::string_view what, std::string_view key) {
  return fail(ErrorCode::corrupt,
              "a row of the journal cannot be read: " + std::string(what) + ", key " + to_hex(key) +
                  "; restore a backup, or run `audit verify` to see how far the damage goes");
}

// A scan whose visitor can find damage.
template <class Visit>
Result<void> checked_scan(const Store& store, const KeyRange& range, Visit visit) {
  Result<void> found{};
  auto scanned = store.scan(range, [&](std::string_view key, std::string_view value) {
    auto more = visit(key, value);
    if (more) return *more;
    found = std::unexpected(std::move(more.error()));
    return false;
  });
  return scanned ? found : scanned;
}

}  // namespace

std::uint32_t day_of(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
  return day < 0 ? 0 : static_cast<std::uint32_t>(day);
}

Result<std::optional<LogStart>> Reader::start() const {
  auto bytes = store_.get(meta_key("identity"));
  if (!bytes) return std::unexpected(bytes.error());
  if (!*bytes) return std::nullopt;
  LogStart start;
  if (!start.identity.ParseFromString(**bytes)) return damaged("identity", meta_key("identity"));
  start.lineage.identity = std::move(**bytes);
  if (auto read = read_restorations(start); !read) return std::unexpected(read.error());
  auto boot = store_.get(meta_key("boot"));
  if (!boot) return std::unexpected(boot.error());
  if (!*boot || (*boot)->size() != sizeof(start.boot_epoch))
    return damaged("boot epoch", meta_key("boot"));
  start.boot_epoch = read_number<std::uint64_t>(**boot);
  auto newest = head(start);
  if (!newest) return std::unexpected(newest.error());
  start.head = std::move(*newest);
  auto days = command_days(start.head.written_at);
  if (!days) return std::unexpected(days.error());
  start.days = *days;
  return start;
}

Result<void> Reader::read_restorations(LogStart& start) const {
  const auto key = meta_key("restorations");
  auto row = store_.get(key);
  if (!row) return std::unexpected(row.error());
  if (!*row) return {};
  Restorations all;
  if (!all.ParseFromString(**row)) return damaged("restores", key);
  for (const auto& stored : all.stored()) {
    Restoration restoration;
    if (!restoration.ParseFromString(stored)) return damaged("a restore", key);
    start.identity.set_log_id(restoration.log_id());
    start.identity.set_signing_key(restoration.signing_key());
    start.lineage.restorations.push_back(stored);
  }
  return {};
}

Result<ChainHead> Reader::head(const LogStart& start) const {
  ChainHead head{start.identity.log_id(), 0, first_head(start.lineage.identity),
                 time_from_us(start.identity.created_at_us())};
  auto newest = store_.last(keys_of(KeyKind::batch));
  if (!newest) return std::unexpected(newest.error());
  if (*newest) {
    const auto& [key, value] = **newest;
    const auto first = offset_of(key);
    const auto batch = first ? read_batch(*first, value) : std::nullopt;
    if (!batch) return damaged("batch", key);
    head.offset = batch->first_offset + batch->count - 1;
    head.head = batch->head;
    head.written_at = batch->written_at;
  }
  if (start.lineage.restorations.empty()) return head;
  // Nothing was written since the restore.
  Restoration restoration;
  restoration.ParseFromString(start.lineage.restorations.back());
  if (restoration.offset() != head.offset) return head;
  head.head = restored_head(start.lineage.restorations.back());
  head.written_at = time_from_us(restoration.restored_at_us());
  return head;
}

Result<CommandDays> Reader::command_days(Time written_at) const {
  CommandDays days{day_of(written_at), day_of(written_at)};
  const auto rows = keys_of(KeyKind::command);
  auto newest = store_.last(rows);
  if (!newest) return std::unexpected(newest.error());
  if (!*newest) return days;
  days.newest = std::max(days.newest, day_of_command((*newest)->first).value_or(0));
  auto scanned = store_.scan(rows, [&](std::string_view key, std::string_view) {
    days.oldest = std::min(days.oldest, day_of_command(key).value_or(0));
    return false;
  });
  if (!scanned) return std::unexpected(scanned.error());
  return days;
}

Result<StreamEnd> Reader::end_of(const EntityRef& entity) const {
  auto newest = store_.last(pointers_of(entity, 0));
  if (!newest) return std::unexpected(newest.error());
  if (!*newest) return StreamEnd{};
  const auto& [key, value] = **newest;
  const auto pointer = pointer_of(key);
  const auto offset = read_pointer(value);
  if (!pointer || !offset) return damaged("pointer", key);
  return StreamEnd{pointer->sequence, *offset};
}

Result<Opened> Reader::opened(const EntityRef& entity, std::uint64_t epoch, StreamEnd& end) const {
  auto read = end_of(entity);
  if (!read) return std::unexpected(read.error());
  end = *read;
  auto row = state(entity);
  if (!row) return std::unexpected(row.error());
  Opened opened{end.sequence, epoch, std::move(*row), std::nullopt};
  if (end.sequence > 0) return opened;
  auto grave = archived(entity);
  if (!grave) return std::unexpected(grave.error());
  opened.archived = std::move(*grave);
  return opened;
}

Result<std::optional<Tombstone>> Reader::archived(const EntityRef& entity) const {
  const auto key = tombstone_key(entity);
  auto row = store_.get(key);
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  std::optional<Tombstone> tombstone(std::in_place);
  if (!tombstone->ParseFromString(**row)) return damaged("tombstone", key);
  return tombstone;
}

Result<std::optional<std::string>> Reader::derivation(std::string_view kind) const {
  return store_.get(derivation_key(kind));
}

Result<std::optional<std::string>> Reader::state(const EntityRef& entity) const {
  return store_.get(state_key(entity));
}

Result<void> Reader::scan_states(std::string_view kind, std::string_view after,
                                 const StateVisitor& visit) const {
  return checked_scan(store_, states_after(kind, after),
                      [&](std::string_view key, std::string_view value) -> Result<bool> {
                        const auto id = id_of_state(key);
                        if (!id) return damaged("state", key);
                        return visit(*id, value);
                      });
}

Result<std::vector<std::string>> Reader::scan_index(std::string_view kind, std::string_view field,
                                                    std::string_view value, std::string_view after,
                                                    std::size_t limit) const {
  std::vector<std::string> ids;
  if (limit == 0) return ids;
  auto scanned = checked_scan(store_, index_after(kind, field, value, after),
                              [&](std::string_view key, std::string_view) -> Result<bool> {
                                const auto id = id_of_index(key);
                                if (!id) return damaged("index", key);
                                ids.emplace_back(*id);
                                return ids.size() < limit;
                              });
  if (!scanned) return std::unexpected(scanned.error());
  return ids;
}

Result<void> Reader::scan_log(std::uint64_t from, const RecordVisitor& visit) const {
  StoredRecord record;
  auto range = keys_of(KeyKind::record);
  range.from = record_key(from);
  return checked_scan(store_, range,
                      [&](std::string_view key, std::string_view value) -> Result<bool> {
                        const auto offset = offset_of(key);
                        if (!offset || !read_record(*offset, value, record))
                          return damaged("record", key);
                        return visit(record);
                      });
}

Result<void> Reader::scan_leaves(std::uint64_t from, const LeafVisitor& visit) const {
  auto range = keys_of(KeyKind::leaf);
  range.from = leaf_key(from);
  return checked_scan(store_, range,
                      [&](std::string_view key, std::string_view value) -> Result<bool> {
                        const auto offset = offset_of(key);
                        const auto digest = read_leaf(value);
                        if (!offset || !digest) return damaged("leaf", key);
                        return visit({*offset, *digest});
                      });
}

Result<void> Reader::scan_batches(std::uint64_t from, const BatchVisitor& visit) const {
  auto range = keys_of(KeyKind::batch);
  // The batch that holds `from` is the last one that begins at or before it.
  auto holder = store_.last({range.from, batch_key(from + 1)});
  if (!holder) return std::unexpected(holder.error());
  if (*holder) range.from = (*holder)->first;
  return checked_scan(store_, range,
                      [&](std::string_view key, std::string_view value) -> Result<bool> {
                        const auto first = offset_of(key);
                        const auto batch = first ? read_batch(*first, value) : std::nullopt;
                        if (!batch) return damaged("batch", key);
                        if (batch->first_offset + batch->count <= from) return true;
                        return visit(*batch);
                      });
}

Result<void> Reader::scan_entity(const EntityRef& entity, std::uint64_t from,
                                 const RecordVisitor& visit) const {
  StoredRecord record;
  return checked_scan(store_, pointers_of(entity, from),
                      [&](std::string_view key, std::string_view value) -> Result<bool> {
                        const auto offset = read_pointer(value);
                        if (!offset) return damaged("pointer", key);
                        auto row = store_.get(record_key(*offset));
                        if (!row) return std::unexpected(row.error());
                        if (!*row || !read_record(*offset, **row, record))
                          return damaged("the pointer's record is missing", key);
                        return visit(record);
                      });
}

Result<void> Reader::scan_pointers(const PointerVisitor& visit) const {
  return checked_scan(store_, keys_of(KeyKind::pointer),
                      [&](std::string_view key, std::string_view value) -> Result<bool> {
                        auto pointer = pointer_of(key);
                        const auto offset = read_pointer(value);
                        if (!pointer || !offset) return damaged("pointer", key);
                        return visit({std::move(pointer->entity), pointer->sequence, *offset});
                      });
}

Result<void> Reader::scan_work(WorkKind kind, const WorkKey& from, const WorkVisitor& visit) const {
  return checked_scan(store_, work_from(kind, from),
                      [&](std::string_view key, std::string_view value) -> Result<bool> {
                        auto work = work_of(key);
                        if (!work) return damaged("work", key);
                        return visit(WorkRow{std::move(*work), std::string(value)});
                      });
}

Result<std::optional<CommandEntry>> Reader::find_command(const EntityRef& entity,
                                                         std::string_view principal,
                                                         std::string_view key,
                                                         const CommandDays& days) const {
  for (auto day = days.newest + 1; day-- > days.oldest;) {
    const auto row_key = command_key(day, entity, principal, key);
    auto row = store_.get(row_key);
    if (!row) return std::unexpected(row.error());
    if (!*row) continue;
    auto entry = read_command(principal, key, **row);
    if (!entry) return damaged("command", row_key);
    return entry;
  }
  return std::nullopt;
}

}  // namespace nightshift::storage
