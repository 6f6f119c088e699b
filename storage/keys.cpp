// Builds and reads keys.
#include "storage/keys.hpp"

#include "storage/bytes.hpp"

namespace nightshift::storage {
namespace {

// Ids hold no zero byte, so a zero ends them and sorts before every longer id.
constexpr char end_of_id = '\0';

std::string start(KeyKind kind, std::size_t bytes) {
  std::string key;
  key.reserve(1 + bytes);
  key.push_back(static_cast<char>(kind));
  return key;
}

void append_id(std::string& key, std::string_view id) { key.append(id).push_back(end_of_id); }

// Free text: a zero byte becomes 00 FF, and 00 01 ends the text, so that texts sort as their bytes.
void append_text(std::string& key, std::string_view text) {
  for (const char byte : text) {
    key.push_back(byte);
    if (byte == '\0') key.push_back('\xff');
  }
  key.append("\0\1", 2);
}

// Takes the id at the front off `bytes`.
std::optional<std::string_view> take_id(std::string_view& bytes) {
  const auto end = bytes.find(end_of_id);
  if (end == std::string_view::npos) return std::nullopt;
  const auto id = bytes.substr(0, end);
  bytes.remove_prefix(end + 1);
  return id;
}

bool is(KeyKind kind, std::string_view key) {
  return !key.empty() && key.front() == static_cast<char>(kind);
}

std::string with_number(KeyKind kind, std::uint64_t number) {
  auto key = start(kind, sizeof(number));
  append_number(key, number);
  return key;
}

std::string with_entity(KeyKind kind, const EntityRef& entity) {
  auto key = start(kind, entity.kind.size() + 1 + entity.id.size());
  append_id(key, entity.kind);
  return key.append(entity.id);
}

std::string index_prefix(std::string_view kind, std::string_view field, std::string_view value,
                         std::size_t more) {
  auto key = start(KeyKind::index, kind.size() + field.size() + value.size() + 4 + more);
  append_id(key, kind);
  append_id(key, field);
  append_text(key, value);
  return key;
}

// The first key behind `key`.
std::string next(std::string key) {
  key.push_back('\0');
  return key;
}

}  // namespace

KeyRange keys_with_prefix(std::string prefix) {
  KeyRange range{prefix, std::move(prefix)};
  while (!range.until.empty() && range.until.back() == '\xff') range.until.pop_back();
  assert(!range.until.empty());
  ++range.until.back();
  return range;
}

KeyRange keys_of(KeyKind kind) { return keys_with_prefix(std::string(1, static_cast<char>(kind))); }

std::string meta_key(std::string_view name) {
  return start(KeyKind::meta, name.size()).append(name);
}

std::string record_key(std::uint64_t offset) { return with_number(KeyKind::record, offset); }

std::string leaf_key(std::uint64_t offset) { return with_number(KeyKind::leaf, offset); }

std::string batch_key(std::uint64_t first_offset) {
  return with_number(KeyKind::batch, first_offset);
}

std::string derivation_key(std::string_view kind) {
  return start(KeyKind::derivation, kind.size()).append(kind);
}

std::string state_key(const EntityRef& entity) { return with_entity(KeyKind::state, entity); }

std::string tombstone_key(const EntityRef& entity) {
  return with_entity(KeyKind::tombstone, entity);
}

std::string pointer_key(const EntityRef& entity, std::uint64_t sequence) {
  auto key = start(KeyKind::pointer, entity.kind.size() + entity.id.size() + 2 + sizeof(sequence));
  append_id(key, entity.kind);
  append_id(key, entity.id);
  append_number(key, sequence);
  return key;
}

std::string index_key(std::string_view kind, std::string_view field, std::string_view value,
                      std::string_view id) {
  return index_prefix(kind, field, value, id.size()).append(id);
}

std::string work_key(const WorkKey& work) {
  auto key = start(KeyKind::work, 1 + sizeof(std::uint64_t) + work.entity.kind.size() +
                                      work.entity.id.size() + 2 + work.name.size());
  key.push_back(static_cast<char>(work.kind));
  append_number(key, sortable(to_us(work.due)));
  append_id(key, work.entity.kind);
  append_id(key, work.entity.id);
  return key.append(work.name);
}

std::string command_key(std::uint32_t day, const EntityRef& entity, std::string_view principal,
                        std::string_view key) {
  auto out = start(KeyKind::command, sizeof(day) + entity.kind.size() + entity.id.size() + 4 +
                                         principal.size() + key.size());
  append_number(out, day);
  append_id(out, entity.kind);
  append_id(out, entity.id);
  append_text(out, principal);
  return out.append(key);
}

KeyRange states_after(std::string_view kind, std::string_view after) {
  auto prefix = start(KeyKind::state, kind.size() + 1);
  append_id(prefix, kind);
  auto range = keys_with_prefix(std::move(prefix));
  if (!after.empty()) range.from = next(range.from.append(after));
  return range;
}

KeyRange pointers_of(const EntityRef& entity, std::uint64_t from) {
  auto prefix = pointer_key(entity, 0);
  prefix.resize(prefix.size() - sizeof(std::uint64_t));
  auto range = keys_with_prefix(std::move(prefix));
  range.from = pointer_key(entity, from);
  return range;
}

KeyRange index_after(std::string_view kind, std::string_view field, std::string_view value,
                     std::string_view after) {
  auto range = keys_with_prefix(index_prefix(kind, field, value, 0));
  if (!after.empty()) range.from = next(range.from.append(after));
  return range;
}

KeyRange index_of(std::string_view kind) {
  auto prefix = start(KeyKind::index, kind.size() + 1);
  append_id(prefix, kind);
  return keys_with_prefix(std::move(prefix));
}

KeyRange work_from(WorkKind kind, const WorkKey& from) {
  auto prefix = start(KeyKind::work, 1);
  prefix.push_back(static_cast<char>(kind));
  auto range = keys_with_prefix(std::move(prefix));
  if (from.kind == kind) range.from = std::max(range.from, work_key(from));
  return range;
}

KeyRange commands_before(std::uint32_t day) {
  auto range = keys_of(KeyKind::command);
  range.until = range.from;
  append_number(range.until, day);
  return range;
}

std::optional<std::uint64_t> offset_of(std::string_view key) {
  if (key.size() != 1 + sizeof(std::uint64_t)) return std::nullopt;
  if (!is(KeyKind::record, key) && !is(KeyKind::batch, key) && !is(KeyKind::leaf, key))
    return std::nullopt;
  return read_number<std::uint64_t>(key.substr(1));
}

std::optional<std::string_view> id_of_state(std::string_view key) {
  if (!is(KeyKind::state, key)) return std::nullopt;
  key.remove_prefix(1);
  if (!take_id(key) || key.empty()) return std::nullopt;
  return key;
}

std::optional<std::string_view> id_of_index(std::string_view key) {
  // Ids hold no byte below '-', and the text before them ends with one.
  const auto end = key.rfind('\1');
  if (!is(KeyKind::index, key) || end == std::string_view::npos || end + 1 == key.size())
    return std::nullopt;
  return key.substr(end + 1);
}

std::optional<WorkKey> work_of(std::string_view key) {
  if (!is(KeyKind::work, key) || key.size() < 2 + sizeof(std::uint64_t)) return std::nullopt;
  WorkKey work;
  work.kind = static_cast<WorkKind>(key[1]);
  work.due = time_from_us(from_sortable(read_number<std::uint64_t>(key.substr(2))));
  key.remove_prefix(2 + sizeof(std::uint64_t));
  const auto kind = take_id(key);
  const auto id = take_id(key);
  if (!kind || !id) return std::nullopt;
  work.entity = {std::string(*kind), std::string(*id)};
  work.name = key;
  return work;
}

std::optional<std::uint32_t> day_of_command(std::string_view key) {
  if (!is(KeyKind::command, key) || key.size() < 1 + sizeof(std::uint32_t)) return std::nullopt;
  return read_number<std::uint32_t>(key.substr(1));
}

std::optional<PointerKey> pointer_of(std::string_view key) {
  if (!is(KeyKind::pointer, key)) return std::nullopt;
  key.remove_prefix(1);
  const auto kind = take_id(key);
  const auto id = take_id(key);
  if (!kind || !id || key.size() != sizeof(std::uint64_t)) return std::nullopt;
  return PointerKey{{std::string(*kind), std::string(*id)}, read_number<std::uint64_t>(key)};
}

}  // namespace nightshift::storage
