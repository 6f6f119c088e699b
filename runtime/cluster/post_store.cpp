// Rows of the post. The first letter of a key says what it is; names of nodes end with a zero.
#include "runtime/cluster/post_store.hpp"

#include <algorithm>

#include "messages/crypto.hpp"
#include "storage/bytes.hpp"

namespace nightshift::runtime::cluster {
namespace {

// Never used again once retired.
constexpr char answered_row = 'a';
constexpr char fence_row = 'f';
constexpr char home_row = 'h';
constexpr char item_row = 'o';
constexpr std::string_view outbox_key = "m/outbox";

std::string of_node(char row, const std::string& node) { return row + node + '\0'; }

std::string numbered(char row, const std::string& node, std::uint64_t n) {
  auto key = of_node(row, node);
  storage::append_number(key, n);
  return key;
}

std::uint64_t number_in(std::string_view key) {
  return storage::read_number<std::uint64_t>(key.substr(key.size() - 8));
}

/// Behind the first letter, up to the zero.
std::string node_in(std::string_view key) { return std::string(key.substr(1, key.find('\0') - 1)); }

std::string home_key(const EntityRef& entity) { return home_row + to_string(entity); }

Error damaged(std::string_view what) {
  return {ErrorCode::corrupt,
          "a row of the node's post cannot be read (" + std::string(what) +
              "): restore a backup, or move the folder post/ of the data folder away, which loses "
              "the commands that wait in it",
          {}};
}

}  // namespace

void PostBatch::put_item(const std::string& node, const post::Item& item) {
  rows_->put(numbered(item_row, node, item.n()), {item.SerializeAsString()});
}

void PostBatch::answered(const std::string& node, const post::Answered& answered) {
  const auto n = answered.outcome().n();
  rows_->erase(numbered(item_row, node, n));
  rows_->put(numbered(answered_row, node, n), {answered.SerializeAsString()});
  if (n > answered_kept) rows_->erase(numbered(answered_row, node, n - answered_kept));
}

void PostBatch::put_fence(const std::string& node, const post::Fence& fence) {
  rows_->put(of_node(fence_row, node), {fence.SerializeAsString()});
}

void PostBatch::put_home(const EntityRef& entity, const std::string& node) {
  rows_->put(home_key(entity), {node});
}

void PostBatch::forget_home(const EntityRef& entity) { rows_->erase(home_key(entity)); }

Result<void> PostBatch::write() {
  if (rows_->empty()) return {};
  return store_.write(*rows_);
}

Result<std::unique_ptr<PostStore>> PostStore::open(std::unique_ptr<storage::Store> store) {
  std::unique_ptr<PostStore> made(new PostStore(std::move(store)));
  auto known = made->store_->get(outbox_key);
  if (!known) return std::unexpected(known.error());
  if (*known) {
    made->outbox_ = **known;
    return made;
  }
  made->outbox_ = random_bytes(16);
  auto rows = made->store_->new_batch();
  rows->put(outbox_key, {made->outbox_});
  if (auto written = made->store_->write(*rows); !written) {
    return std::unexpected(written.error());
  }
  return made;
}

Result<OutboxSize> PostStore::size(const std::string& node) const {
  OutboxSize size;
  // What was answered last says where numbers go on when nothing waits.
  auto last = store_->last(storage::keys_with_prefix(of_node(answered_row, node)));
  if (!last) return std::unexpected(last.error());
  if (*last) size.next = number_in((*last)->first) + 1;
  size.first = 0;
  const auto prefix = storage::keys_with_prefix(of_node(item_row, node));
  auto scanned = store_->scan(prefix, [&](std::string_view key, std::string_view value) {
    const auto n = number_in(key);
    if (size.first == 0) size.first = n;
    size.next = std::max(size.next, n + 1);
    size.items += 1;
    size.bytes += value.size();
    return true;
  });
  if (!scanned) return std::unexpected(scanned.error());
  if (size.first == 0) size.first = size.next;
  return size;
}

Result<std::vector<post::Item>> PostStore::items(const std::string& node, std::uint64_t from,
                                                 std::size_t most) const {
  std::vector<post::Item> items;
  auto range = storage::keys_with_prefix(of_node(item_row, node));
  range.from = numbered(item_row, node, from);
  bool readable = true;
  auto scanned = store_->scan(range, [&](std::string_view, std::string_view value) {
    if (items.size() == most) return false;
    readable = items.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()));
    return readable;
  });
  if (!scanned) return std::unexpected(scanned.error());
  if (!readable) return std::unexpected(damaged("outbox for " + node));
  return items;
}

Result<std::vector<post::Answered>> PostStore::answered(const std::string& node) const {
  std::vector<post::Answered> all;
  bool readable = true;
  auto scanned = store_->scan(storage::keys_with_prefix(of_node(answered_row, node)),
                              [&](std::string_view, std::string_view value) {
                                readable = all.emplace_back().ParseFromArray(
                                    value.data(), static_cast<int>(value.size()));
                                return readable;
                              });
  if (!scanned) return std::unexpected(scanned.error());
  if (!readable) return std::unexpected(damaged("answers of " + node));
  return all;
}

Result<std::vector<std::pair<std::string, post::Fence>>> PostStore::fences() const {
  std::vector<std::pair<std::string, post::Fence>> all;
  bool readable = true;
  auto scanned =
      store_->scan(storage::keys_with_prefix(std::string(1, fence_row)),
                   [&](std::string_view key, std::string_view value) {
                     auto& [node, fence] = all.emplace_back(node_in(key), post::Fence());
                     readable = fence.ParseFromArray(value.data(), static_cast<int>(value.size()));
                     return readable;
                   });
  if (!scanned) return std::unexpected(scanned.error());
  if (!readable) return std::unexpected(damaged("peers"));
  return all;
}

Result<std::vector<std::string>> PostStore::addressees() const {
  std::vector<std::string> all;
  for (const char row : {item_row, answered_row}) {
    auto range = storage::keys_with_prefix(std::string(1, row));
    while (true) {
      std::string found;
      auto scanned = store_->scan(range, [&](std::string_view key, std::string_view) {
        found = node_in(key);
        return false;
      });
      if (!scanned) return std::unexpected(scanned.error());
      if (found.empty()) break;
      if (std::ranges::find(all, found) == all.end()) all.push_back(found);
      range.from = storage::keys_with_prefix(of_node(row, found)).until;
    }
  }
  return all;
}

Result<std::optional<std::string>> PostStore::home(const EntityRef& entity) const {
  return store_->get(home_key(entity));
}

}  // namespace nightshift::runtime::cluster
