// Spare room beside the database, given back when the disk is full.
#pragma once

#include <cstdint>
#include <filesystem>

namespace nightshift::storage {

/// Where less than `wanted` is free, gives the reserve file back, so that the database can open and
/// tidy up; else makes it, where it is missing.
void arrange_reserve(const std::filesystem::path& folder, std::uint64_t free, std::uint64_t wanted);

}  // namespace nightshift::storage
