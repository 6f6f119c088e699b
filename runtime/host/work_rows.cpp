// Open work as rows.
#include "runtime/host/work_rows.hpp"

#include <map>

namespace nightshift::runtime::host {
namespace {

/// Key and type of what is open.
using Rows = std::map<storage::WorkKey, std::string>;

Rows rows_of(const EntityRef& entity, const kernel::Work& work) {
  Rows rows;
  for (const auto& effect : work.effects) rows.emplace(effect_key(entity, effect.id), effect.type);
  for (const auto& deadline : work.deadlines) {
    rows.emplace(deadline_key(entity, deadline), deadline.command);
  }
  return rows;
}

}  // namespace

storage::WorkKey effect_key(const EntityRef& entity, const std::string& effect_id) {
  return {storage::WorkKind::effect, {}, entity, effect_id};
}

storage::WorkKey deadline_key(const EntityRef& entity, const kernel::Deadline& deadline) {
  return {storage::WorkKind::deadline, deadline.due, entity, deadline.name};
}

std::vector<storage::WorkChange> work_changes(const EntityState& state, const kernel::Work& before,
                                              const kernel::Work& after, std::string_view cause,
                                              std::string_view correlation) {
  std::vector<storage::WorkChange> changes;
  const bool nothing = before.effects.empty() && before.deadlines.empty() &&
                       after.effects.empty() && after.deadlines.empty();
  if (nothing) return changes;
  const auto old_rows = rows_of(state.ref(), before);
  const auto new_rows = rows_of(state.ref(), after);
  const auto dispatched = [&](const storage::WorkKey& key) {
    const auto* progress = state.progress(key.name);
    return key.kind == storage::WorkKind::effect && progress != nullptr && progress->dispatched();
  };
  for (const auto& [key, type] : new_rows) {
    if (old_rows.contains(key)) continue;
    WorkValue value;
    value.set_type(type);
    value.set_cause(std::string(cause));
    value.set_correlation(std::string(correlation));
    changes.push_back({key, value.SerializeAsString()});
  }
  for (const auto& [key, type] : old_rows) {
    if (!new_rows.contains(key) && !dispatched(key)) changes.push_back({key, std::nullopt});
  }
  return changes;
}

}  // namespace nightshift::runtime::host
