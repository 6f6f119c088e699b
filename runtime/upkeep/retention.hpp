// Which entities are at rest and old enough to leave the journal, and how they leave it:
// docs/decisions/retention.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"
#include "runtime/catalog.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::upkeep {

/// The holds on one kind.
struct Holds {
  /// Why all of it is held; nothing if it is not.
  std::optional<std::string> all;
  /// Reasons by id.
  std::map<std::string, std::string, std::less<>> by_id;

  /// Null if it may go.
  const std::string* on(std::string_view id) const;
};

/// Who says what may go, and writes down that it went. Implemented above the kinds.
class Custody {
 public:
  virtual ~Custody() = default;
  virtual Result<Holds> holds(const std::string& kind) = 0;
  /// Why it is in quarantine; empty if it is not.
  virtual std::string quarantined(const EntityRef& entity) = 0;
  /// Has the streams' deletion written together with the record of it. Errors: `held`, `conflict`
  /// and others that changed nothing; `unavailable`, `timed_out`: whether it was done is not known.
  virtual Result<void> archive(const std::string& kind,
                               std::shared_ptr<const storage::Archival> archival) = 0;
};

/// An entity that is old enough.
struct Aged {
  EntityRef entity;
  std::string status;
  std::uint64_t events = 0;
  Time newest_at{};
  /// Why it stays; empty if it goes.
  std::string why;
};

struct Survey {
  /// Old enough, in the order of kinds and ids: those that go, and those that stay.
  std::vector<Aged> going;
  std::vector<Aged> staying;
  /// Not listed: too young.
  std::uint64_t young = 0;
};

struct RetentionSurroundings {
  storage::EventLog& log;
  const Catalog& catalog;
  Custody& custody;
  /// One line for the operator's log. Any thread.
  std::function<void(bool bad, std::string_view line)> report;
  /// Named points of a crash test.
  std::function<void(std::string_view)> point;
  /// Ends a run early, between two archives.
  std::function<bool()> stopping;
};

/// Looks at every entity; changes nothing. An entity is at rest in a phase that no event of its
/// kind leads out of, with nothing open: no effect, no deadline, no Tell from it or to it.
Result<Survey> survey(const RetentionSurroundings& surroundings, Time older_than);

struct RetentionOutcome {
  std::uint64_t entities = 0;
  std::uint64_t records = 0;
  std::uint64_t archives = 0;
  /// Left for the next run: somebody used them meanwhile.
  std::uint64_t postponed = 0;
};

/// Moves what a survey found to archives in `folder`: first the file, durable and read again, then
/// the deletion. Ends with the first error; what was done stays done.
Result<RetentionOutcome> archive_aged(const RetentionSurroundings& surroundings,
                                      const std::filesystem::path& folder,
                                      const std::vector<Aged>& going, Time now);

}  // namespace nightshift::runtime::upkeep
