// Ordered rows with atomic batches: what a form of the log stands on.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "messages/error.hpp"
#include "storage/keys.hpp"

namespace nightshift::storage {

/// Rows to write together, in the order of the calls: a later one on the same key wins.
class RowBatch {
 public:
  virtual ~RowBatch() = default;
  /// The value is the parts, one after the other.
  virtual void put(std::string_view key, std::initializer_list<std::string_view> value) = 0;
  virtual void erase(std::string_view key) = 0;
  virtual void erase(const KeyRange& range) = 0;
  virtual void clear() = 0;
  virtual bool empty() const = 0;
  /// About as many as a write of the batch takes.
  virtual std::size_t bytes() const = 0;
};

/// Return false to stop. The views are good during the call only.
using RowVisitor = std::function<bool(std::string_view key, std::string_view value)>;

/// Reads see what was written when they began. Thread-safe; `write` by one thread at a time.
class Store {
 public:
  virtual ~Store() = default;

  virtual Result<std::optional<std::string>> get(std::string_view key) const = 0;
  /// In the order of keys.
  virtual Result<void> scan(const KeyRange& range, const RowVisitor& visit) const = 0;
  /// The greatest key of the range and its value.
  virtual Result<std::optional<std::pair<std::string, std::string>>> last(
      const KeyRange& range) const = 0;

  virtual std::unique_ptr<RowBatch> new_batch() const = 0;
  /// All of it or nothing, and durable when it returns. After an error the outcome is unknown.
  virtual Result<void> write(RowBatch& batch) = 0;
};

}  // namespace nightshift::storage
