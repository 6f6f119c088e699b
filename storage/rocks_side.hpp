// Rows that a node keeps beside its journal, in files of their own.
#pragma once

#include <filesystem>
#include <memory>

#include "storage/store.hpp"

namespace nightshift::storage {

/// Opens or makes the store in this folder; what is written is synced. Errors: `locked`, `corrupt`,
/// `io`, `no_space`, each naming the path.
Result<std::unique_ptr<Store>> open_side_store(const std::filesystem::path& path);

}  // namespace nightshift::storage
