// Who could approve, and who called, at a point of the log.
#pragma once

#include <map>
#include <vector>

#include "runtime/catalog.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::history {

/// Not thread-safe: it keeps the last answer.
class AuthorityPast {
 public:
  /// Folds every entity of the kinds that contribute.
  static Result<AuthorityPast> read(const storage::EventLog& log, const Catalog& catalog);

  /// What stood when the record at this offset was decided; valid until the next call.
  const Authority& before(std::uint64_t offset);

 private:
  struct Change {
    std::uint64_t offset = 0;
    std::size_t entity = 0;
    Authority contribution;
  };

  /// In the order of offsets.
  std::vector<Change> changes_;
  std::size_t entities_ = 0;
  Authority authority_;
  /// How many changes are in it.
  std::size_t counted_ = SIZE_MAX;
};

}  // namespace nightshift::runtime::history
