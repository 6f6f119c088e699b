// Rows beside the journal.
#include "storage/rocks_side.hpp"

#include "storage/rocks_store.hpp"

namespace nightshift::storage {

Result<std::unique_ptr<Store>> open_side_store(const std::filesystem::path& path) {
  std::error_code refused;
  std::filesystem::create_directories(path, refused);
  if (refused) {
    return fail(ErrorCode::io, path.string() + " cannot be made: " + refused.message(),
                path.string());
  }
  RocksStoreOptions options;
  options.path = path;
  options.create = true;
  options.write_buffer_bytes = 4u << 20;
  auto store = RocksStore::open(options);
  if (!store) return std::unexpected(store.error());
  return std::move(*store);
}

}  // namespace nightshift::storage
