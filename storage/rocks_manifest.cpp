// Walks the headers of a manifest's records.
#include "storage/rocks_manifest.hpp"

#include <rocksdb/env.h>

namespace nightshift::storage {
namespace {

constexpr std::size_t block_bytes = 32u << 10;
/// Checksum, length, type.
constexpr std::size_t header_bytes = 7;

enum Fragment : unsigned { whole = 1, first = 2, middle = 3, last = 4 };

std::unexpected<Error> refused(const rocksdb::Status& status, const std::filesystem::path& file) {
  return fail(ErrorCode::io, file.string() + ": " + status.ToString(), file.string());
}

}  // namespace

std::size_t last_record_begins(std::string_view manifest) {
  std::size_t begins = 0, at = 0;
  bool inside = false;
  while (at + header_bytes <= manifest.size()) {
    const auto room = block_bytes - at % block_bytes;
    if (room < header_bytes) {
      at += room;
      continue;
    }
    const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(manifest[at + n]); };
    const std::size_t length = byte(4) | std::size_t{byte(5)} << 8;
    const unsigned type = byte(6);
    const bool begins_here = type == whole || type == first;
    const bool goes_on = type == middle || type == last;
    if (!inside || begins_here) begins = at;
    // What was not written is blank: no header has this type.
    if (!begins_here && !(inside && goes_on)) break;
    inside = type == first || type == middle;
    at += header_bytes + length;
  }
  return begins;
}

Result<ShorterManifest> ShorterManifest::make(rocksdb::Env& env,
                                              const std::filesystem::path& database) {
  std::string name, text;
  const auto current = database / "CURRENT";
  if (auto read = rocksdb::ReadFileToString(&env, current, &name); !read.ok()) {
    return refused(read, current);
  }
  while (name.ends_with('\n')) name.pop_back();
  auto manifest = database / name;
  if (auto read = rocksdb::ReadFileToString(&env, manifest, &text); !read.ok()) {
    return refused(read, manifest);
  }
  auto whole = manifest, shorter = manifest;
  whole += ".torn";
  shorter += ".shorter";
  if (auto kept = rocksdb::WriteStringToFile(&env, text, whole, true); !kept.ok()) {
    return refused(kept, whole);
  }
  text.resize(last_record_begins(text));
  auto cut = rocksdb::WriteStringToFile(&env, text, shorter, true);
  if (cut.ok()) cut = env.RenameFile(shorter, manifest);
  if (!cut.ok()) return refused(cut, manifest);
  return ShorterManifest(env, std::move(manifest), std::move(whole));
}

void ShorterManifest::keep() { env_->DeleteFile(whole_).PermitUncheckedError(); }

void ShorterManifest::put_back() { env_->RenameFile(whole_, manifest_).PermitUncheckedError(); }

}  // namespace nightshift::storage
