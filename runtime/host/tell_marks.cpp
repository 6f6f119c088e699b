// How far the Tells of one entity have come.
#include "runtime/host/tell_marks.hpp"

#include <algorithm>
#include <utility>

namespace nightshift::runtime::host {
namespace {

using storage::WorkKind;

storage::WorkKey key_of(WorkKind kind, const EntityRef& entity, const EntityRef& other) {
  return {kind, {}, entity, to_string(other)};
}

/// Reads the mark's row into `marks`, unless it is there.
template <class Mark>
Result<Mark*> load(const storage::EventLog& log, const storage::WorkKey& key,
                   std::map<EntityRef, Mark>& marks, const EntityRef& other) {
  if (const auto known = marks.find(other); known != marks.end()) return &known->second;
  Mark mark;
  bool readable = true;
  auto scanned = log.scan_work(key.kind, key, [&](const storage::WorkRow& row) {
    if (row.key == key) readable = mark.ParseFromString(row.value);
    return false;
  });
  if (!scanned) return std::unexpected(std::move(scanned.error()));
  if (!readable) {
    return fail(ErrorCode::corrupt,
                "the row that says how far the Tells between " + to_string(key.entity) + " and " +
                    key.name + " have come cannot be read; restore a backup",
                to_string(key.entity));
  }
  return &marks.emplace(other, std::move(mark)).first->second;
}

}  // namespace

TellMarks::TellMarks(const storage::EventLog& log, EntityRef entity)
    : log_(log), entity_(std::move(entity)) {}

Result<ToldMark*> TellMarks::told(const EntityRef& target) {
  return load(log_, key_of(WorkKind::told, entity_, target), told_, target);
}

Result<HeardMark*> TellMarks::heard(const EntityRef& source) {
  return load(log_, key_of(WorkKind::heard, entity_, source), heard_, source);
}

storage::WorkChange TellMarks::told_row(const EntityRef& target) const {
  return {key_of(WorkKind::told, entity_, target), told_.at(target).SerializeAsString()};
}

storage::WorkChange TellMarks::heard_row(const EntityRef& source) const {
  return {key_of(WorkKind::heard, entity_, source), heard_.at(source).SerializeAsString()};
}

void TellMarks::clear() {
  told_.clear();
  heard_.clear();
}

const RefusedTell* refusal_of(const HeardMark& mark, std::uint64_t n) {
  const auto found = std::ranges::find(mark.refused(), n, &RefusedTell::n);
  return found == mark.refused().end() ? nullptr : &*found;
}

void advance(HeardMark& mark, std::uint64_t n, std::uint64_t open_from) {
  mark.set_heard(n);
  auto& refused = *mark.mutable_refused();
  const auto settled = [&](const RefusedTell& tell) { return tell.n() < open_from; };
  refused.erase(std::remove_if(refused.begin(), refused.end(), settled), refused.end());
}

}  // namespace nightshift::runtime::host
