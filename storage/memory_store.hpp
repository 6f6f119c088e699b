// Rows in memory.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "storage/store.hpp"

namespace nightshift::storage {

class MemoryStore final : public Store {
 public:
  MemoryStore() = default;
  /// A copy of the rows.
  MemoryStore(const MemoryStore& other);

  Result<std::optional<std::string>> get(std::string_view key) const override;
  Result<void> scan(const KeyRange& range, const RowVisitor& visit) const override;
  Result<std::optional<std::pair<std::string, std::string>>> last(
      const KeyRange& range) const override;
  std::unique_ptr<RowBatch> new_batch() const override;
  Result<void> write(RowBatch& batch) override;

 private:
  // Recursive: a visitor may read.
  mutable std::recursive_mutex mutex_;
  std::map<std::string, std::string, std::less<>> rows_;
};

}  // namespace nightshift::storage
