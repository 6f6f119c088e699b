// A map under the seam of rows.
#include "storage/memory_store.hpp"

#include <variant>

namespace nightshift::storage {
namespace {

struct Put {
  std::string key;
  std::string value;
};

struct Erase {
  std::string key;
};

using Change = std::variant<Put, Erase, KeyRange>;

class MemoryBatch final : public RowBatch {
 public:
  void put(std::string_view key, std::initializer_list<std::string_view> value) override {
    std::string whole;
    for (const auto part : value) whole.append(part);
    bytes_ += key.size() + whole.size();
    changes_.push_back(Put{std::string(key), std::move(whole)});
  }

  void erase(std::string_view key) override {
    bytes_ += key.size();
    changes_.push_back(Erase{std::string(key)});
  }

  void erase(const KeyRange& range) override { changes_.push_back(range); }

  void clear() override {
    changes_.clear();
    bytes_ = 0;
  }

  bool empty() const override { return changes_.empty(); }
  std::size_t bytes() const override { return bytes_; }
  const std::vector<Change>& changes() const { return changes_; }

 private:
  std::vector<Change> changes_;
  std::size_t bytes_ = 0;
};

}  // namespace

MemoryStore::MemoryStore(const MemoryStore& other) : Store(other) {
  const std::lock_guard lock(other.mutex_);
  rows_ = other.rows_;
}

Result<std::optional<std::string>> MemoryStore::get(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto found = rows_.find(key);
  if (found == rows_.end()) return std::nullopt;
  return found->second;
}

Result<void> MemoryStore::scan(const KeyRange& range, const RowVisitor& visit) const {
  const std::lock_guard lock(mutex_);
  for (auto row = rows_.lower_bound(range.from); row != rows_.end() && row->first < range.until;
       ++row)
    if (!visit(row->first, row->second)) break;
  return {};
}

Result<std::optional<std::pair<std::string, std::string>>> MemoryStore::last(
    const KeyRange& range) const {
  const std::lock_guard lock(mutex_);
  auto row = rows_.lower_bound(range.until);
  if (row == rows_.begin() || (--row)->first < range.from) return std::nullopt;
  return *row;
}

std::unique_ptr<RowBatch> MemoryStore::new_batch() const { return std::make_unique<MemoryBatch>(); }

Result<void> MemoryStore::write(RowBatch& batch) {
  const std::lock_guard lock(mutex_);
  for (const auto& change : static_cast<MemoryBatch&>(batch).changes()) {
    if (const auto* put = std::get_if<Put>(&change)) {
      rows_.insert_or_assign(put->key, put->value);
    } else if (const auto* erase = std::get_if<Erase>(&change)) {
      rows_.erase(erase->key);
    } else {
      const auto& range = std::get<KeyRange>(change);
      rows_.erase(rows_.lower_bound(range.from), rows_.lower_bound(range.until));
    }
  }
  return {};
}

}  // namespace nightshift::storage
