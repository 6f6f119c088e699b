// The sealed secrets of a data folder.
#include "runtime/secrets/sealed_store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

#include "messages/ids.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/secrets/partition.hpp"
#include "runtime/secrets/sealing.hpp"
#include "runtime/secrets/secret_file.hpp"

namespace nightshift::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_bytes_max = 1 << 20;

SealedAs as(const SealedFile& file, std::string_view name) {
  return {.node = file.node, .zone = file.zone, .name = name};
}

std::unexpected<Error> absent(std::string_view name) {
  return fail(ErrorCode::not_found,
              "there is no sealed secret " + std::string(name) +
                  "; make it with: nightshift secret set " + std::string(name),
              "sealed:" + std::string(name));
}

Result<void> check(const std::string& name, const SecretText& secret) {
  if (!is_id(name)) {
    return fail(ErrorCode::invalid,
                "a secret's name is 1 to 128 letters, digits, dots, underscores or hyphens",
                "NAME");
  }
  if (secret.empty()) {
    return fail(ErrorCode::invalid, "the secret " + name + " is empty; nothing was written", name);
  }
  if (secret.reveal().size() > secret_bytes_max) {
    return fail(ErrorCode::too_large, "the secret " + name + " is larger than 64 KiB", name);
  }
  return {};
}

/// What a kill in the middle of a write left behind: it may hold a key.
void remove_remains(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (it->path().extension() == ".new") fs::remove(it->path(), ignored);
  }
}

}  // namespace

/// Shared to read, alone to change: a reader never sees the secrets of before a rotation with the
/// keys of after it. Ends with the process.
class SealedStore::Lock {
 public:
  static Result<Lock> to_read(const fs::path& folder) { return take(folder, LOCK_SH); }
  static Result<Lock> to_change(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) fs::permissions(folder, fs::perms::owner_all, error);
    if (error) {
      return fail(ErrorCode::io, folder.string() + " cannot be used: " + error.message(),
                  folder.string());
    }
    auto lock = take(folder, LOCK_EX);
    if (lock) remove_remains(folder);
    return lock;
  }

  Lock(Lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Lock& operator=(Lock&&) = delete;
  ~Lock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

 private:
  explicit Lock(int descriptor) : descriptor_(descriptor) {}

  static Result<Lock> take(const fs::path& folder, int how) {
    const auto file = folder / "lock";
    Lock lock(::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    int done = lock.descriptor_;
    while (done >= 0 && (done = ::flock(lock.descriptor_, how)) != 0 && errno == EINTR) done = 0;
    if (done >= 0) return lock;
    return fail(ErrorCode::io, file.string() + " cannot be locked: " + std::strerror(errno),
                file.string());
  }

  int descriptor_;
};

SealedStore::SealedStore(SealedStoreOptions options) : options_(std::move(options)) {
  assert(options_.now);
}

void SealedStore::point(std::string_view name) const {
  if (options_.crash_point) options_.crash_point(name);
}

bool SealedStore::exists() const {
  std::error_code ignored;
  return fs::exists(file(), ignored);
}

Result<std::optional<SealedFile>> SealedStore::read() const {
  const auto text = read_small_file(file());
  if (!text && text.error().code == ErrorCode::not_found) return std::nullopt;
  if (!text) return std::unexpected(text.error());
  auto decoded = SealedFile::decode(*text);
  if (!decoded) {
    decoded.error().detail = file().string() + ": " + decoded.error().detail;
    return std::unexpected(decoded.error());
  }
  const SealedFor mine{decoded->node, decoded->zone};
  if (options_.owner && *options_.owner != mine) {
    return fail(ErrorCode::config,
                "the sealed secrets in " + options_.folder.string() + " are those of the node " +
                    mine.node + " (" + mine.zone + "), and this is " + options_.owner->node + " (" +
                    options_.owner->zone +
                    "); remove that folder and set the secrets of this node, or give the node its "
                    "name back",
                options_.folder.string());
  }
  return std::move(*decoded);
}

Result<std::optional<SealedFor>> SealedStore::owner() const {
  const auto stored = read();
  if (!stored) return std::unexpected(stored.error());
  if (!*stored) return options_.owner;
  return SealedFor{(*stored)->node, (*stored)->zone};
}

Result<KeyRing> SealedStore::ring() const {
  auto ring = read_key_file(key_file());
  if (!ring || !options_.key) return ring;
  auto key = options_.key();
  if (!key) return std::unexpected(key.error());
  ring->insert(ring->begin(), std::move(*key));
  return ring;
}

Result<KeyRing> SealedStore::ring_to_seal(const SealedFile& stored) {
  auto keys = ring();
  if (!keys || !keys->empty()) return keys;
  if (!stored.entries.empty()) {
    // Says which key the others need.
    const auto& [name, entry] = *stored.entries.begin();
    const auto opened = unseal(*keys, as(stored, name), entry.sealed);
    assert(!opened);
    return std::unexpected(opened.error());
  }
  keys->push_back(MasterKey::generate());
  if (auto written = write_keys(*keys, "after_first_key"); !written) {
    return std::unexpected(written.error());
  }
  return keys;
}

Result<SecretText> SealedStore::get(std::string_view name) const {
  if (!exists()) return absent(name);
  const auto lock = Lock::to_read(options_.folder);
  if (!lock) return std::unexpected(lock.error());
  const auto stored = read();
  if (!stored) return std::unexpected(stored.error());
  if (!*stored || !(*stored)->entries.contains(name)) return absent(name);
  const auto keys = ring();
  if (!keys) return std::unexpected(keys.error());
  return unseal(*keys, as(**stored, name), (*stored)->entries.find(name)->second.sealed);
}

Result<std::vector<SealedInfo>> SealedStore::list() const {
  const auto stored = read();
  if (!stored) return std::unexpected(stored.error());
  std::vector<SealedInfo> all;
  if (!*stored) return all;
  for (const auto& [name, entry] : (*stored)->entries) {
    const auto key = sealing_key(entry.sealed, name);
    all.push_back({name, entry.written_at, key.value_or("unreadable")});
  }
  return all;
}

Result<SealedFile> SealedStore::read_to_change() const {
  auto stored = read();
  if (!stored) return std::unexpected(stored.error());
  if (*stored) return std::move(**stored);
  assert(options_.owner);
  return SealedFile{options_.owner->node, options_.owner->zone, {}};
}

Result<void> SealedStore::write(const SealedFile& changed) {
  const auto text = changed.encode();
  if (text.size() > file_bytes_max) {
    return fail(ErrorCode::too_large,
                "all sealed secrets together would be larger than 1 MiB; nothing was written, keep "
                "large ones in files of their own (file:PATH)");
  }
  return write_private_file(file(), text);
}

Result<void> SealedStore::write_keys(const KeyRing& ring, std::string_view name) {
  auto written = write_key_file(key_file(), ring);
  if (written) point(name);
  return written;
}

Result<void> SealedStore::put(const NamedSecrets& secrets, bool replace) {
  const auto lock = Lock::to_change(options_.folder);
  if (!lock) return std::unexpected(lock.error());
  auto stored = read_to_change();
  if (!stored) return std::unexpected(stored.error());
  for (const auto& [name, secret] : secrets) {
    if (auto good = check(name, secret); !good) return good;
    if (auto kept = check_partition(stored->zone, name, "the sealed secret"); !kept) return kept;
    if (!replace && stored->entries.contains(name)) {
      return fail(ErrorCode::conflict,
                  "there is a secret " + name +
                      " already; nothing was written, say --replace to give it another value",
                  name);
    }
  }
  const auto keys = ring_to_seal(*stored);
  if (!keys) return std::unexpected(keys.error());
  const auto now = options_.now();
  for (const auto& [name, secret] : secrets) {
    stored->entries[name] = {now, seal(keys->front(), as(*stored, name), secret)};
  }
  auto written = write(*stored);
  if (written) point("after_secrets");
  return written;
}

Result<void> SealedStore::remove(std::string_view name) {
  if (!exists()) return absent(name);
  const auto lock = Lock::to_change(options_.folder);
  if (!lock) return std::unexpected(lock.error());
  auto stored = read_to_change();
  if (!stored) return std::unexpected(stored.error());
  const auto found = stored->entries.find(name);
  if (found == stored->entries.end()) return absent(name);
  stored->entries.erase(found);
  return write(*stored);
}

Result<void> SealedStore::reseal(SealedFile& stored, const KeyRing& ring,
                                 const MasterKey& key) const {
  for (auto& [name, entry] : stored.entries) {
    const auto secret = unseal(ring, as(stored, name), entry.sealed);
    if (!secret) return std::unexpected(secret.error());
    entry.sealed = seal(key, as(stored, name), *secret);
  }
  return {};
}

Result<std::string> SealedStore::rotate(std::optional<MasterKey> to) {
  if (!exists()) return fail(ErrorCode::not_found, "there are no sealed secrets here yet");
  const auto lock = Lock::to_change(options_.folder);
  if (!lock) return std::unexpected(lock.error());
  auto stored = read_to_change();
  if (!stored) return std::unexpected(stored.error());
  auto keys = ring();
  if (!keys) return std::unexpected(keys.error());
  const bool own = !to;
  if (own && options_.key) {
    return fail(ErrorCode::usage,
                "the master key is the one that secrets.key refers to; make another, name it with "
                "--to REFERENCE, and let secrets.key refer to it afterwards",
                "--to");
  }
  keys->insert(keys->begin(), own ? MasterKey::generate() : std::move(*to));
  auto id = keys->front().id();
  if (auto done = reseal(*stored, *keys, keys->front()); !done) {
    return std::unexpected(done.error());
  }
  point("before_new_key");
  // Both keys lie there while the secrets are replaced.
  if (own) {
    if (auto done = write_keys(*keys, "after_new_key"); !done) {
      return std::unexpected(done.error());
    }
  }
  if (auto done = write(*stored); !done) return std::unexpected(done.error());
  point("after_reseal");
  if (auto done = forget_old_keys(std::move(*keys), own); !done) {
    return std::unexpected(done.error());
  }
  return id;
}

Result<void> SealedStore::forget_old_keys(KeyRing keys, bool own) {
  if (own) {
    keys.erase(keys.begin() + 1, keys.end());
    return write_keys(keys, "after_old_key");
  }
  std::error_code error;
  fs::remove(key_file(), error);
  if (!error) return {};
  return fail(ErrorCode::io, key_file().string() + " cannot be removed: " + error.message());
}

}  // namespace nightshift::runtime
