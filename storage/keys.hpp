// The keys of the journal's rows: docs/formats/journal.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/event_log.hpp"

namespace nightshift::storage {

/// The first byte of every key. Never used again once retired.
enum class KeyKind : char {
  batch = 'B',
  command = 'C',
  derivation = 'D',
  index = 'I',
  leaf = 'L',
  meta = 'M',
  pointer = 'P',
  record = 'R',
  state = 'S',
  tombstone = 'T',
  work = 'W',
};

/// Keys from `from` on, below `until`.
struct KeyRange {
  std::string from;
  std::string until;
};

/// All keys that begin with `prefix`.
KeyRange keys_with_prefix(std::string prefix);
KeyRange keys_of(KeyKind kind);

std::string meta_key(std::string_view name);
std::string record_key(std::uint64_t offset);
std::string leaf_key(std::uint64_t offset);
std::string batch_key(std::uint64_t first_offset);
std::string derivation_key(std::string_view kind);
std::string state_key(const EntityRef& entity);
std::string tombstone_key(const EntityRef& entity);
std::string pointer_key(const EntityRef& entity, std::uint64_t sequence);
std::string index_key(std::string_view kind, std::string_view field, std::string_view value,
                      std::string_view id);
std::string work_key(const WorkKey& work);
std::string command_key(std::uint32_t day, const EntityRef& entity, std::string_view principal,
                        std::string_view key);

/// State rows of a kind after an id.
KeyRange states_after(std::string_view kind, std::string_view after);
KeyRange pointers_of(const EntityRef& entity, std::uint64_t from);
/// Rows with this value of an indexed field, after an id.
KeyRange index_after(std::string_view kind, std::string_view field, std::string_view value,
                     std::string_view after);
/// All index rows of a kind.
KeyRange index_of(std::string_view kind);
/// Rows of one kind of work, from a key on.
KeyRange work_from(WorkKind kind, const WorkKey& from);
/// Command rows of the days before `day`.
KeyRange commands_before(std::uint32_t day);

/// Readers of keys: nothing where the bytes are not such a key.
std::optional<std::uint64_t> offset_of(std::string_view key);
std::optional<std::string_view> id_of_state(std::string_view key);
std::optional<std::string_view> id_of_index(std::string_view key);
std::optional<WorkKey> work_of(std::string_view key);
std::optional<std::uint32_t> day_of_command(std::string_view key);
struct PointerKey {
  EntityRef entity;
  std::uint64_t sequence = 0;
};
std::optional<PointerKey> pointer_of(std::string_view key);

}  // namespace nightshift::storage
