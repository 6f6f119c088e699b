// Who may do what: rebuilt as a whole whenever a contribution changes, which is rare.
#include "runtime/host/authority_directory.hpp"

#include "runtime/host/entity_state.hpp"

namespace nightshift::runtime::host {

Result<void> AuthorityDirectory::load(const storage::EventLog& log, const Catalog& catalog) {
  const std::lock_guard lock(mutex_);
  for (const auto* kind : catalog.all()) {
    if (!kind->contributes()) continue;
    Result<void> loaded;
    auto scanned = log.scan_states(kind->name(), {}, [&](std::string_view id, std::string_view) {
      const EntityRef entity{std::string(kind->name()), std::string(id)};
      auto state = EntityState::load(log, *kind, entity);
      if (!state) {
        loaded = std::unexpected(state.error());
        return false;
      }
      (*state)->entity().contribute(contributions_[entity]);
      return true;
    });
    if (!loaded) return loaded;
    if (!scanned) return scanned;
  }
  rebuild();
  return {};
}

void AuthorityDirectory::set(const EntityRef& entity, Authority contribution) {
  const std::lock_guard lock(mutex_);
  contributions_[entity] = std::move(contribution);
  rebuild();
}

void AuthorityDirectory::rebuild() {
  auto all = std::make_shared<Authority>();
  for (const auto& [entity, contribution] : contributions_) all->MergeFrom(contribution);
  snapshot_ = std::move(all);
  version_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const Authority> AuthorityDirectory::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

}  // namespace nightshift::runtime::host
