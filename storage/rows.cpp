// Builds and reads values.
#include "storage/rows.hpp"

#include <cstring>

#include "storage/bytes.hpp"

namespace nightshift::storage {
namespace {

constexpr std::size_t batch_bytes = 8 + 8 + std::tuple_size_v<Digest>;
constexpr std::size_t command_bytes = std::tuple_size_v<Digest> + 8 + 8 + 1;

std::uint64_t time_bits(Time time) { return static_cast<std::uint64_t>(to_us(time)); }

Time read_time(std::string_view bytes) {
  return time_from_us(static_cast<std::int64_t>(read_number<std::uint64_t>(bytes)));
}

Digest read_digest(std::string_view bytes) {
  Digest digest;
  std::memcpy(digest.data(), bytes.data(), digest.size());
  return digest;
}

}  // namespace

std::array<char, record_head_bytes> record_head(Time written_at, const Salt& salt) {
  std::array<char, record_head_bytes> head;
  const auto time = big_endian(time_bits(written_at));
  std::memcpy(head.data(), time.data(), time.size());
  std::memcpy(head.data() + time.size(), salt.data(), salt.size());
  return head;
}

bool read_record(std::uint64_t offset, std::string_view value, StoredRecord& out) {
  if (value.size() < record_head_bytes) return false;
  out.offset = offset;
  out.written_at = read_time(value);
  std::memcpy(out.salt.data(), value.data() + 8, out.salt.size());
  out.bytes.assign(value.substr(record_head_bytes));
  return true;
}

std::string batch_row(const Batch& batch) {
  std::string value;
  value.reserve(batch_bytes);
  append_number(value, batch.count);
  append_number(value, time_bits(batch.written_at));
  return value.append(as_bytes(batch.head));
}

std::optional<Batch> read_batch(std::uint64_t first_offset, std::string_view value) {
  if (value.size() != batch_bytes) return std::nullopt;
  return Batch{first_offset, read_number<std::uint64_t>(value), read_time(value.substr(8)),
               read_digest(value.substr(16))};
}

std::optional<Digest> read_leaf(std::string_view value) {
  if (value.size() != std::tuple_size_v<Digest>) return std::nullopt;
  return read_digest(value);
}

std::optional<std::uint64_t> read_pointer(std::string_view value) {
  if (value.size() != sizeof(std::uint64_t)) return std::nullopt;
  return read_number<std::uint64_t>(value);
}

std::string command_row(const CommandEntry& entry) {
  std::string value;
  value.reserve(command_bytes);
  value.append(as_bytes(entry.request_hash));
  append_number(value, time_bits(entry.at));
  append_number(value, entry.sequence);
  value.push_back(entry.created ? '\1' : '\0');
  return value;
}

std::optional<CommandEntry> read_command(std::string_view principal, std::string_view key,
                                         std::string_view value) {
  if (value.size() != command_bytes) return std::nullopt;
  CommandEntry entry;
  entry.principal = principal;
  entry.key = key;
  entry.request_hash = read_digest(value);
  value.remove_prefix(entry.request_hash.size());
  entry.at = read_time(value);
  entry.sequence = read_number<std::uint64_t>(value.substr(8));
  entry.created = value.back() != '\0';
  return entry;
}

std::string tombstone_sequence(std::uint64_t sequence) {
  Tombstone row;
  row.set_sequence(sequence);
  return row.SerializeAsString();
}

std::string state_offset(std::uint64_t offset) {
  StateRow row;
  row.set_offset(offset);
  return row.SerializeAsString();
}

}  // namespace nightshift::storage
