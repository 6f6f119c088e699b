// The node as it was: its journal folded up to a moment, with nothing that could act.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/catalog.hpp"
#include "runtime/node.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime {

/// The last offset that counts, or the last written time.
using Moment = std::variant<std::uint64_t, Time>;

/// Digits are an offset, anything else a time (RFC 3339) or a day, which stands for its midnight
/// UTC. `usage`, naming `flag`, where it is none of them.
Result<Moment> parse_moment(std::string_view text, const std::string& flag = "--at");

/// Reads beside a running node. No executor is constructed, nothing is written; what is answered
/// comes from the records alone, never from state rows. Thread-safe.
class Replay {
 public:
  /// `journal` is the folder of a log. Errors as `storage::open_rocks_for_reading`.
  static Result<Replay> open(const std::filesystem::path& journal,
                             std::shared_ptr<const Catalog> catalog, Moment until);
  /// The same on a log that is open already.
  Replay(std::shared_ptr<const storage::EventLog> log, std::shared_ptr<const Catalog> catalog,
         Moment until);

  const Identity& identity() const { return log_->identity(); }

  /// `unknown_kind`; `archived`; `not_found` if it did not exist then.
  Result<Answer> get(const EntityRef& entity) const;
  /// All of a kind in the order of ids; `where` as in `ListQuery`. Scans the whole log up to then.
  Result<std::vector<Answer>> list(
      std::string_view kind, const std::vector<std::pair<std::string, std::string>>& where) const;
  /// Its records until then, oldest first.
  Result<std::vector<EventView>> events(const EntityRef& entity) const;

 private:
  bool counts(const storage::StoredRecord& record) const;
  Result<const kernel::Kind*> kind(std::string_view name) const;

  std::shared_ptr<const storage::EventLog> log_;
  std::shared_ptr<const Catalog> catalog_;
  Moment until_;
};

}  // namespace nightshift::runtime
