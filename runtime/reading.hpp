// Reading a log as entities and events: what a node answers to `get`, `list` and `events`, and what
// a replay shows of a log that no node writes to.
#pragma once

#include "runtime/catalog.hpp"
#include "runtime/node.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime {

/// Thread-safe. Touches the disk. Both arguments must live longer.
class Reading {
 public:
  Reading(const storage::EventLog& log, const Catalog& catalog) : log_(log), catalog_(catalog) {}

  /// `unknown_kind`, `not_found`, `archived`.
  Result<Answer> get(const EntityRef& entity) const;
  /// `unknown_kind`, `invalid` where a filter's field is not indexed.
  Result<ListPage> list(const ListQuery& query) const;
  /// As `Node::count`.
  Result<std::uint64_t> count(const std::string& kind, const std::string& status,
                              std::uint64_t most) const;
  Result<std::vector<EventView>> events(std::uint64_t after, std::size_t limit) const;
  Result<std::vector<EventView>> events(const EntityRef& entity, std::uint64_t after,
                                        std::size_t limit) const;

 private:
  Result<const kernel::Kind*> kind(const std::string& name) const;
  Result<ListPage> list_all(const kernel::Kind& kind, const ListQuery& query) const;
  Result<ListPage> list_some(const kernel::Kind& kind, const ListQuery& query) const;

  const storage::EventLog& log_;
  const Catalog& catalog_;
};

}  // namespace nightshift::runtime
