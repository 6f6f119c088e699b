// Puts together what all entities contributed before an offset.
#include "runtime/history/authority_past.hpp"

#include <algorithm>

#include "runtime/host/entity_state.hpp"

namespace nightshift::runtime::history {

Result<AuthorityPast> AuthorityPast::read(const storage::EventLog& log, const Catalog& catalog) {
  AuthorityPast past;
  for (const auto* kind : catalog.all()) {
    if (!kind->contributes()) continue;
    std::vector<EntityRef> entities;
    auto listed = log.scan_states(kind->name(), "", [&](std::string_view id, auto) {
      entities.push_back({std::string(kind->name()), std::string(id)});
      return true;
    });
    if (!listed) return std::unexpected(listed.error());
    for (const auto& entity : entities) {
      host::EntityState state(*kind, entity, {});
      Result<void> folded;
      auto read = log.scan_entity(entity, 1, [&](const storage::StoredRecord& stored) {
        folded = state.fold(stored);
        if (!folded) return false;
        auto& change = past.changes_.emplace_back(Change{stored.offset, past.entities_, {}});
        state.entity().contribute(change.contribution);
        return true;
      });
      if (!read) return std::unexpected(read.error());
      if (!folded) return std::unexpected(folded.error());
      ++past.entities_;
    }
  }
  std::ranges::sort(past.changes_, {}, &Change::offset);
  return past;
}

const Authority& AuthorityPast::before(std::uint64_t offset) {
  const auto end = std::ranges::lower_bound(changes_, offset, {}, &Change::offset);
  const auto count = static_cast<std::size_t>(end - changes_.begin());
  if (count == counted_) return authority_;
  std::vector<const Authority*> newest(entities_, nullptr);
  for (std::size_t i = 0; i < count; ++i) newest[changes_[i].entity] = &changes_[i].contribution;
  authority_.Clear();
  for (const auto* contribution : newest) {
    if (contribution != nullptr) authority_.MergeFrom(*contribution);
  }
  counted_ = count;
  return authority_;
}

}  // namespace nightshift::runtime::history
