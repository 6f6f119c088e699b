// Folds the journal up to a moment.
#include "runtime/replay.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "runtime/event_view.hpp"
#include "runtime/host/archiving.hpp"
#include "runtime/host/entity_state.hpp"
#include "storage/rocks.hpp"

namespace nightshift::runtime {
namespace {

using host::EntityState;

bool has_values(const EntityState& state,
                const std::vector<std::pair<std::string, std::string>>& where) {
  const auto index = state.entity().index();
  return std::ranges::all_of(where, [&](const auto& condition) {
    const std::pair wanted{condition.first, kernel::index_value(condition.second)};
    return std::ranges::find(index, wanted) != index.end();
  });
}

}  // namespace

Result<Moment> parse_moment(std::string_view text, const std::string& flag) {
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (error == std::errc{} && end == text.data() + text.size()) return offset;
  if (const auto time = from_rfc3339(text)) return *time;
  if (const auto day = from_rfc3339(std::string(text) + "T00:00:00Z")) return *day;
  return fail(ErrorCode::usage,
              "\"" + std::string(text) +
                  "\" is neither an offset nor a time such as 2026-11-21T23:00:00Z nor a day such "
                  "as 2026-11-21, which begins at midnight UTC",
              flag);
}

Result<Replay> Replay::open(const std::filesystem::path& journal,
                            std::shared_ptr<const Catalog> catalog, Moment until) {
  auto log = storage::open_rocks_for_reading(journal);
  if (!log) return std::unexpected(log.error());
  return Replay(std::move(*log), std::move(catalog), until);
}

Replay::Replay(std::shared_ptr<const storage::EventLog> log, std::shared_ptr<const Catalog> catalog,
               Moment until)
    : log_(std::move(log)), catalog_(std::move(catalog)), until_(until) {}

bool Replay::counts(const storage::StoredRecord& record) const {
  if (const auto* offset = std::get_if<std::uint64_t>(&until_)) return record.offset <= *offset;
  return record.written_at <= std::get<Time>(until_);
}

Result<const kernel::Kind*> Replay::kind(std::string_view name) const {
  if (const auto* found = catalog_->find(name)) return found;
  return fail(ErrorCode::unknown_kind, "there is no kind \"" + std::string(name) + "\"",
              std::string(name));
}

Result<Answer> Replay::get(const EntityRef& entity) const {
  const auto known = kind(entity.kind);
  if (!known) return std::unexpected(known.error());
  EntityState state(**known, entity, {});
  Result<void> folded;
  std::uint64_t offset = 0;
  const auto read = log_->scan_entity(entity, 1, [&](const storage::StoredRecord& record) {
    if (!counts(record)) return false;
    folded = state.fold(record);
    offset = record.offset;
    return folded.has_value();
  });
  if (!read) return std::unexpected(read.error());
  if (!folded) return std::unexpected(folded.error());
  if (offset == 0) {
    const auto tombstone = log_->archived(entity);
    if (!tombstone) return std::unexpected(tombstone.error());
    if (*tombstone) return std::unexpected(host::archived_error(entity, **tombstone));
    return fail(ErrorCode::not_found, to_string(entity) + " did not exist then", to_string(entity));
  }
  return state.answer(log_->boot_epoch(), log_->identity().log_id());
}

Result<std::vector<Answer>> Replay::list(
    std::string_view name, const std::vector<std::pair<std::string, std::string>>& where) const {
  const auto known = kind(name);
  if (!known) return std::unexpected(known.error());
  std::unordered_map<std::string, EntityState> states;
  Result<void> folded;
  Record record;
  const auto read = log_->scan_log(1, [&](const storage::StoredRecord& stored) {
    if (!counts(stored)) return false;
    if (!record.ParseFromString(stored.bytes)) {
      folded = fail(ErrorCode::corrupt,
                    "the record at offset " + std::to_string(stored.offset) + " cannot be read");
    } else if (record.kind() == name) {
      auto at = states.find(record.entity());
      if (at == states.end()) {
        const EntityRef entity{record.kind(), record.entity()};
        at = states.try_emplace(entity.id, **known, entity, std::string()).first;
      }
      folded = at->second.fold(record, stored.offset);
    }
    return folded.has_value();
  });
  if (!read) return std::unexpected(read.error());
  if (!folded) return std::unexpected(folded.error());
  std::vector<Answer> answers;
  for (const auto& [id, state] : states) {
    if (!has_values(state, where)) continue;
    answers.push_back(state.answer(log_->boot_epoch(), log_->identity().log_id()));
  }
  std::ranges::sort(answers, {},
                    [](const Answer& answer) -> const std::string& { return answer.entity.id; });
  return answers;
}

Result<std::vector<EventView>> Replay::events(const EntityRef& entity) const {
  std::vector<EventView> views;
  Result<void> decoded;
  const auto read = log_->scan_entity(entity, 1, [&](const storage::StoredRecord& record) {
    if (!counts(record)) return false;
    auto view = view_of(record, *catalog_);
    if (view)
      views.push_back(std::move(*view));
    else
      decoded = std::unexpected(view.error());
    return decoded.has_value();
  });
  if (!read) return std::unexpected(read.error());
  if (!decoded) return std::unexpected(decoded.error());
  return views;
}

}  // namespace nightshift::runtime
