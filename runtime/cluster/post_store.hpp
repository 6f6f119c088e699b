// What a node keeps about its post: the outbox, what was answered, where entities are at home, and
// how far each peer has come. Rows: docs/formats/cluster.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/ids.hpp"
#include "messages/post.pb.h"
#include "storage/store.hpp"

namespace nightshift::runtime::cluster {

/// Of each peer so many items that were answered are remembered.
inline constexpr std::uint64_t answered_kept = 1'000;

/// How much waits for one peer.
struct OutboxSize {
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
  /// Numbers: of the first that waits, and of the next that is taken.
  std::uint64_t first = 1;
  std::uint64_t next = 1;
};

/// Rows to be written together; synced when `write` returns.
class PostBatch {
 public:
  explicit PostBatch(storage::Store& store) : store_(store), rows_(store.new_batch()) {}

  void put_item(const std::string& node, const post::Item& item);
  /// The item is gone, and what became of it is remembered in its place.
  void answered(const std::string& node, const post::Answered& answered);
  void put_fence(const std::string& node, const post::Fence& fence);
  void put_home(const EntityRef& entity, const std::string& node);
  void forget_home(const EntityRef& entity);
  bool empty() const { return rows_->empty(); }
  Result<void> write();

 private:
  storage::Store& store_;
  std::unique_ptr<storage::RowBatch> rows_;
};

/// Thread-safe for reading; writing is for one thread.
class PostStore {
 public:
  static Result<std::unique_ptr<PostStore>> open(std::unique_ptr<storage::Store> store);

  /// 16 bytes: numbers of items count within it.
  const std::string& outbox() const { return outbox_; }
  PostBatch batch() { return PostBatch(*store_); }

  Result<OutboxSize> size(const std::string& node) const;
  /// Items from number `from` on, so many at most.
  Result<std::vector<post::Item>> items(const std::string& node, std::uint64_t from,
                                        std::size_t most) const;
  /// The newest last.
  Result<std::vector<post::Answered>> answered(const std::string& node) const;
  /// Of every peer that was ever met.
  Result<std::vector<std::pair<std::string, post::Fence>>> fences() const;
  /// Peers for which something waits or was answered.
  Result<std::vector<std::string>> addressees() const;
  Result<std::optional<std::string>> home(const EntityRef& entity) const;

 private:
  explicit PostStore(std::unique_ptr<storage::Store> store) : store_(std::move(store)) {}

  const std::unique_ptr<storage::Store> store_;
  std::string outbox_;
};

}  // namespace nightshift::runtime::cluster
