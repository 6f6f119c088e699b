// Sorts the rows of entities; those of the log come in order.
#include "storage/rocks_batch.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace nightshift::storage {
namespace {

// Building a batch touches memory alone.
void must(const rocksdb::Status& status) { assert(status.ok()); }

// As many parts as a value of ours has.
class Parts {
 public:
  explicit Parts(std::initializer_list<std::string_view> parts) {
    assert(parts.size() <= slices_.size());
    for (const auto part : parts) slices_[size_++] = {part.data(), part.size()};
  }

  rocksdb::SliceParts all() const { return {slices_.data(), size_}; }

 private:
  std::array<rocksdb::Slice, 4> slices_;
  int size_ = 0;
};

}  // namespace

bool is_log_row(std::string_view key) {
  return key.front() == static_cast<char>(KeyKind::record) ||
         key.front() == static_cast<char>(KeyKind::leaf) ||
         key.front() == static_cast<char>(KeyKind::batch);
}

void RocksBatch::put(std::string_view key, std::initializer_list<std::string_view> value) {
  if (is_log_row(key)) return must(rows_.Put(log_, Parts({key}).all(), Parts(value).all()));
  const auto at = bytes_.size();
  bytes_.append(key);
  for (const auto part : value) bytes_.append(part);
  waiting_.push_back({at, key.size(), bytes_.size() - at - key.size(), false});
}

void RocksBatch::erase(std::string_view key) {
  if (is_log_row(key)) return must(rows_.Delete(log_, key));
  waiting_.push_back({bytes_.size(), key.size(), 0, true});
  bytes_.append(key);
}

void RocksBatch::erase(const KeyRange& range) {
  put_waiting();
  must(rows_.DeleteRange(is_log_row(range.from) ? log_ : entities_, range.from, range.until));
}

void RocksBatch::clear() {
  rows_.Clear();
  bytes_.clear();
  waiting_.clear();
}

rocksdb::WriteBatch& RocksBatch::finish() {
  put_waiting();
  return rows_;
}

std::string_view RocksBatch::key_of(const Waiting& row) const {
  return std::string_view(bytes_).substr(row.at, row.key_bytes);
}

void RocksBatch::put_waiting() {
  std::ranges::sort(waiting_, [this](const Waiting& left, const Waiting& right) {
    const auto order = key_of(left).compare(key_of(right));
    return order != 0 ? order < 0 : left.at < right.at;
  });
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    const auto& row = waiting_[i];
    const auto key = key_of(row);
    if (i + 1 < waiting_.size() && key_of(waiting_[i + 1]) == key) continue;
    const rocksdb::Slice value(bytes_.data() + row.at + row.key_bytes, row.value_bytes);
    must(row.erased ? rows_.Delete(entities_, key) : rows_.Put(entities_, key, value));
  }
  waiting_.clear();
}

}  // namespace nightshift::storage
