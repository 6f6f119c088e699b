// The values of the journal's rows: docs/formats/journal.md.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "storage/event_log.hpp"

namespace nightshift::storage {

/// What stands before the bytes of a record: written time and salt.
inline constexpr std::size_t record_head_bytes = 8 + std::tuple_size_v<Salt>;

std::array<char, record_head_bytes> record_head(Time written_at, const Salt& salt);
/// Overwrites `out`, keeping its memory. False where `value` is not a record's row.
bool read_record(std::uint64_t offset, std::string_view value, StoredRecord& out);

std::string batch_row(const Batch& batch);
std::optional<Batch> read_batch(std::uint64_t first_offset, std::string_view value);

/// A leaf's row is the digest itself.
std::optional<Digest> read_leaf(std::string_view value);

std::optional<std::uint64_t> read_pointer(std::string_view value);

std::string command_row(const CommandEntry& entry);
std::optional<CommandEntry> read_command(std::string_view principal, std::string_view key,
                                         std::string_view value);

/// The field `sequence` of a serialised `Tombstone`, to stand behind its other fields.
std::string tombstone_sequence(std::uint64_t sequence);

/// The field `offset` of a serialised `StateRow`, to stand behind its other fields.
std::string state_offset(std::uint64_t offset);

}  // namespace nightshift::storage
