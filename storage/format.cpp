// Meta rows and migrations.
#include "storage/format.hpp"

#include <algorithm>

#include "storage/bytes.hpp"

namespace nightshift::storage {
namespace {

Result<void> write_meta(Store& store, std::string_view name, std::uint64_t number) {
  const auto rows = store.new_batch();
  rows->put(meta_key(name), {view_of(big_endian(number))});
  return store.write(*rows);
}

Result<std::uint64_t> stored_version(const Store& store) {
  auto row = store.get(meta_key("format"));
  if (!row) return std::unexpected(row.error());
  if (!*row || (*row)->size() != sizeof(std::uint64_t))
    return fail(ErrorCode::corrupt, "the journal does not say which format it has");
  return read_number<std::uint64_t>(**row);
}

}  // namespace

std::span<const Migration> migrations() { return {}; }

Result<void> create_log(Store& store, const Identity& identity) {
  const auto rows = store.new_batch();
  rows->put(meta_key("format"), {view_of(big_endian(format_version))});
  rows->put(meta_key("identity"), {identity.SerializeAsString()});
  rows->put(meta_key("boot"), {view_of(big_endian(std::uint64_t{0}))});
  return store.write(*rows);
}

Result<void> migrate(Store& store, std::uint64_t version, std::span<const Migration> steps) {
  auto stored = stored_version(store);
  if (!stored) return std::unexpected(stored.error());
  if (*stored > version)
    return fail(ErrorCode::newer_version, "the journal has format " + std::to_string(*stored) +
                                              ", this program knows " + std::to_string(version) +
                                              "; use a newer program");
  for (auto at = *stored; at < version; ++at) {
    const auto step = std::ranges::find(steps, at, &Migration::from);
    if (step == steps.end())
      return fail(ErrorCode::corrupt, "the journal has format " + std::to_string(at) +
                                          ", from which no step leads to the present one");
    if (auto done = step->run(store); !done) return done;
    if (auto done = write_meta(store, "format", at + 1); !done) return done;
  }
  return {};
}

Result<LogStart> start_log(Store& store) {
  auto start = Reader(store).start();
  if (!start) return std::unexpected(start.error());
  if (!*start) return fail(ErrorCode::not_found, "there is no journal here");
  ++(*start)->boot_epoch;
  if (auto counted = write_meta(store, "boot", (*start)->boot_epoch); !counted)
    return std::unexpected(counted.error());
  return std::move(**start);
}

}  // namespace nightshift::storage
