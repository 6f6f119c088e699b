// Open work as rows.
#include "runtime/host/work_rows.hpp"

namespace nightshift::runtime::host {

storage::WorkKey effect_key(const EntityRef& entity, const std::string& effect_id) {
  return {storage::WorkKind::effect, {}, entity, effect_id};
}

storage::WorkKey deadline_key(const EntityRef& entity, const kernel::Deadline& deadline) {
  return {storage::WorkKind::deadline, deadline.due, entity, deadline.name};
}

storage::WorkKey tell_key(const EntityRef& source, const EntityRef& target, std::uint64_t n) {
  std::string digits(16, '0');
  for (auto at = digits.rbegin(); n > 0; n /= 16) *at++ = "0123456789abcdef"[n % 16];
  return {storage::WorkKind::tell, {}, source, to_string(target) + "/" + digits};
}

WorkTypes work_types(const EntityRef& entity, const kernel::Work& work) {
  WorkTypes types;
  for (const auto& effect : work.effects) types.emplace(effect_key(entity, effect.id), effect.type);
  for (const auto& deadline : work.deadlines) {
    types.emplace(deadline_key(entity, deadline), deadline.command);
  }
  return types;
}

bool is_under_way(const EntityState& state, const storage::WorkKey& key) {
  const auto* progress = state.progress(key.name);
  return key.kind == storage::WorkKind::effect && progress != nullptr && progress->dispatched();
}

std::vector<storage::WorkChange> work_changes(const EntityState& state, const kernel::Work& before,
                                              const kernel::Work& after, std::string_view cause,
                                              std::string_view correlation) {
  std::vector<storage::WorkChange> changes;
  const bool nothing = before.effects.empty() && before.deadlines.empty() &&
                       after.effects.empty() && after.deadlines.empty();
  if (nothing) return changes;
  const auto old_rows = work_types(state.ref(), before);
  const auto new_rows = work_types(state.ref(), after);
  for (const auto& [key, type] : new_rows) {
    if (old_rows.contains(key)) continue;
    WorkValue value;
    value.set_type(type);
    value.set_cause(std::string(cause));
    value.set_correlation(std::string(correlation));
    changes.push_back({key, value.SerializeAsString()});
  }
  for (const auto& [key, type] : old_rows) {
    if (!new_rows.contains(key) && !is_under_way(state, key)) {
      changes.push_back({key, std::nullopt});
    }
  }
  return changes;
}

}  // namespace nightshift::runtime::host
