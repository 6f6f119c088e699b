// Entities that failed. Few have a record: those that never fail have none.
#include "runtime/host/quarantine.hpp"

#include <algorithm>
#include <utility>

namespace nightshift::runtime::host {
namespace {

using supervision::PartState;

/// Of entities that failed once and run again; the oldest is forgotten first.
constexpr std::size_t records_max = 1000;

}  // namespace

Quarantine::Quarantine(const Clock& clock, std::vector<QuarantinedEntity> known, Keep keep)
    : clock_(clock), keep_(std::move(keep)) {
  for (auto& entity : known) {
    auto& record = this->record(entity.entity);
    record.view.since = entity.since;
    record.view.state = PartState::quarantined;
    record.view.last_error = entity.cause;
    record.view.last_error_at = entity.since;
    record.cause = std::move(entity.cause);
    ++count_;
  }
}

Quarantine::Record& Quarantine::record(const EntityRef& entity) {
  const auto found = records_.find(entity);
  if (found != records_.end()) return found->second;
  if (records_.size() >= records_max) {
    const auto older = [](const auto& a, const auto& b) {
      const bool a_free = !a.second.cause, b_free = !b.second.cause;
      return a_free != b_free ? a_free : a.second.view.since < b.second.view.since;
    };
    const auto oldest = std::ranges::min_element(records_, older);
    if (!oldest->second.cause) records_.erase(oldest);
  }
  auto& fresh = records_[entity];
  fresh.view.path = "entities/" + to_string(entity);
  fresh.view.type = "entity";
  fresh.view.state = PartState::running;
  fresh.view.since = clock_.now();
  return fresh;
}

void Quarantine::shut(Record& record, std::string cause) {
  record.view.state = PartState::quarantined;
  record.view.since = clock_.now();
  record.view.last_error = cause;
  record.view.last_error_at = record.view.since;
  if (!record.cause) ++count_;
  record.cause = std::move(cause);
  keep();
}

bool Quarantine::failed(const EntityRef& entity, std::string_view why) {
  const std::lock_guard lock(mutex_);
  auto& record = this->record(entity);
  ++record.view.restarts;
  record.view.last_error = why;
  record.view.last_error_at = clock_.now();
  if (record.window.allows(clock_.elapsed())) return true;
  shut(record, "failed " + std::to_string(record.window.counted()) + " times: " + std::string(why));
  return false;
}

void Quarantine::killed(const EntityRef& entity) {
  const std::lock_guard lock(mutex_);
  auto& record = this->record(entity);
  ++record.view.restarts;
  record.view.last_error = "killed on request";
  record.view.last_error_at = clock_.now();
}

void Quarantine::put(const EntityRef& entity, std::string cause) {
  const std::lock_guard lock(mutex_);
  shut(record(entity), std::move(cause));
}

bool Quarantine::lift(const EntityRef& entity) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(entity);
  if (found == records_.end() || !found->second.cause) return false;
  auto& record = found->second;
  record.cause.reset();
  record.window = supervision::RestartWindow(entity_intensity);
  record.view.state = PartState::running;
  record.view.since = clock_.now();
  --count_;
  keep();
  return true;
}

std::optional<std::string> Quarantine::cause(const EntityRef& entity) const {
  if (size() == 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(entity);
  return found == records_.end() ? std::nullopt : found->second.cause;
}

std::vector<supervision::PartView> Quarantine::view() const {
  const std::lock_guard lock(mutex_);
  std::vector<supervision::PartView> all;
  all.reserve(records_.size());
  for (const auto& [entity, record] : records_) all.push_back(record.view);
  return all;
}

void Quarantine::keep() {
  if (!keep_) return;
  std::vector<QuarantinedEntity> all;
  for (const auto& [entity, record] : records_) {
    if (record.cause) all.push_back({entity, *record.cause, record.view.since});
  }
  keep_(all);
}

Error quarantined_error(const EntityRef& entity, const std::string& cause) {
  const auto name = to_string(entity);
  return {ErrorCode::quarantined,
          name + " is quarantined: " + cause +
              "; the others go on; mend the cause, then `nightshift supervision resume " + name +
              "`",
          name};
}

}  // namespace nightshift::runtime::host
