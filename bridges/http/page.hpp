// Records as frames of a stream (SSE), read once for all who want the same.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridges/http/exchange.hpp"
#include "messages/error.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::http {

/// Some records and the text of their frames. Immutable.
struct Page {
  struct Frame {
    std::uint64_t offset = 0;
    std::uint64_t sequence = 0;
    /// Where its text ends.
    std::size_t end = 0;
    EntityRef entity;
  };
  std::string text;
  /// Oldest first; none where there is nothing yet.
  std::vector<Frame> frames;
  /// It ends for its size: there may be more behind it.
  bool full = false;
  /// What was known to be durable when it was read.
  std::uint64_t as_of = 0;
};
using PagePtr = std::shared_ptr<const Page>;

/// The pages that were read last. Used by one thread.
class Pages {
 public:
  explicit Pages(runtime::Node& node) : node_(node) {}

  /// What lies behind the cursor: of an entity by its sequence, else by offset. Not full means all
  /// that was durable at `newest`.
  Result<PagePtr> behind(const Follow& cursor, std::uint64_t newest);

 private:
  /// The entity as text, empty for the whole log; and behind what.
  using Key = std::pair<std::string, std::uint64_t>;

  Result<PagePtr> read(const Follow& cursor, std::uint64_t newest) const;
  void keep(const Key& key, const PagePtr& page);
  void forget_oldest();

  runtime::Node& node_;
  std::map<Key, PagePtr> pages_;
  std::deque<Key> ages_;
  std::size_t bytes_ = 0;
};

}  // namespace nightshift::bridges::http
