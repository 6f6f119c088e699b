// Who may do what: the union of what all entities contribute, as a snapshot. Durable state only.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "messages/authority.pb.h"
#include "messages/ids.hpp"
#include "runtime/catalog.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::host {

/// Thread-safe.
class AuthorityDirectory {
 public:
  /// Reads the state of every entity of the contributing kinds.
  Result<void> load(const storage::EventLog& log, const Catalog& catalog);
  /// What `entity` contributes from now on; nothing if it is empty.
  void set(const EntityRef& entity, Authority contribution);

  std::shared_ptr<const Authority> snapshot() const;
  /// Changes whenever the snapshot does: readers keep theirs until then.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  void rebuild();

  mutable std::mutex mutex_;
  std::map<EntityRef, Authority> contributions_;
  std::shared_ptr<const Authority> snapshot_ = std::make_shared<Authority>();
  std::atomic<std::uint64_t> version_ = 1;
};

}  // namespace nightshift::runtime::host
