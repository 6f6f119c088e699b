// Entities that failed: how often of late, and which of them may not run until somebody resumes
// them.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/ids.hpp"
#include "runtime/node.hpp"
#include "runtime/supervision/intensity.hpp"

namespace nightshift::runtime::host {

/// How often an entity may begin anew from the journal before it is quarantined.
inline constexpr supervision::Intensity entity_intensity{5, std::chrono::seconds(10)};

/// Outlives the entities' actors, which come and go. Thread-safe.
class Quarantine {
 public:
  using Keep = std::function<void(const std::vector<QuarantinedEntity>&)>;

  /// `keep` is called with all of them whenever one is added or lifted.
  Quarantine(const Clock& clock, std::vector<QuarantinedEntity> known, Keep keep);

  /// It has failed and wants to begin anew. False if that is too often: it is in quarantine now.
  bool failed(const EntityRef& entity, std::string_view why);
  /// Its actor was ended by somebody, which does not count.
  void killed(const EntityRef& entity);
  void put(const EntityRef& entity, std::string cause);
  /// False if it was not there.
  bool lift(const EntityRef& entity);

  /// The cause; nothing if it may run.
  std::optional<std::string> cause(const EntityRef& entity) const;
  std::size_t size() const { return count_.load(std::memory_order_relaxed); }
  /// Those that failed or are in quarantine, by name.
  std::vector<supervision::PartView> view() const;

 private:
  struct Record {
    supervision::RestartWindow window{entity_intensity};
    supervision::PartView view;
    std::optional<std::string> cause;
  };

  Record& record(const EntityRef& entity);
  void shut(Record& record, std::string cause);
  void keep();

  const Clock& clock_;
  const Keep keep_;
  mutable std::mutex mutex_;
  std::map<EntityRef, Record> records_;
  std::atomic<std::size_t> count_ = 0;
};

/// What a caller is told.
Error quarantined_error(const EntityRef& entity, const std::string& cause);

}  // namespace nightshift::runtime::host
