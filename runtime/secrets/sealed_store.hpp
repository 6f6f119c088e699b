// The sealed secrets of a data folder. Files: docs/formats/secrets.md.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/error.hpp"
#include "messages/time.hpp"
#include "runtime/secrets/master_key.hpp"
#include "runtime/secrets/sealed_file.hpp"
#include "runtime/secrets/secret_text.hpp"

namespace nightshift::runtime {

/// Whose secrets they are: those of one node in one zone (its role) open nowhere else.
struct SealedFor {
  std::string node;
  /// `cloud` or `local`.
  std::string zone;

  bool operator==(const SealedFor&) const = default;
};

/// What can be said of a sealed secret without opening it.
struct SealedInfo {
  std::string name;
  Time written_at{};
  /// Which master key opens it.
  std::string key_id;
};

using NamedSecrets = std::vector<std::pair<std::string, SecretText>>;

struct SealedStoreOptions {
  /// `DataFolder::secrets()`.
  std::filesystem::path folder;
  /// Whose store it must be, or is to become. Nothing: whatever it says itself, and nothing can be
  /// put into one that is not there yet.
  std::optional<SealedFor> owner;
  /// The master key that a configuration refers to: it seals from now on. Without it the store
  /// makes one of its own, in a file beside it.
  std::function<Result<MasterKey>()> key;
  std::function<Time()> now;
  /// Named points where a crash test ends the process.
  std::function<void(std::string_view)> crash_point;
};

/// Nothing is kept in memory: each call reads the files as they are. A change is there at once or
/// not at all, and waits for those of other threads and programs. Thread-safe.
class SealedStore {
 public:
  explicit SealedStore(SealedStoreOptions options);

  /// True once something has been put into it.
  bool exists() const;
  /// Whose it is; what `owner` says while there is none. Error `config` where it is another's.
  Result<std::optional<SealedFor>> owner() const;

  /// `not_found` where there is no such secret or its key is missing; `corrupt`, `newer_version`,
  /// `config` where the store is another node's.
  Result<SecretText> get(std::string_view name) const;
  /// By name. Opens nothing, needs no key.
  Result<std::vector<SealedInfo>> list() const;

  /// All of them or none. Error `forbidden` where the zone may not hold one of them;
  /// `conflict` names one that is there already, unless `replace`; `invalid` where a name is no id;
  /// `too_large` beyond 64 KiB for one secret or 1,000 secrets in all.
  Result<void> put(const NamedSecrets& secrets, bool replace);
  Result<void> remove(std::string_view name);

  /// Seals everything anew: with a fresh key of the store's own or, where it is given, with `to`,
  /// which `key` must refer to from then on. Every secret can be opened at each moment, whenever
  /// this is killed; run again, it finishes. Returns the new key's id.
  Result<std::string> rotate(std::optional<MasterKey> to);

 private:
  class Lock;

  std::filesystem::path file() const { return options_.folder / "sealed"; }
  std::filesystem::path key_file() const { return options_.folder / "master.key"; }
  /// Nothing where there is no store.
  Result<std::optional<SealedFile>> read() const;
  Result<KeyRing> ring() const;
  /// The same, with a key made where nothing was ever sealed; `not_found` where the key has gone.
  Result<KeyRing> ring_to_seal(const SealedFile& file);
  Result<SealedFile> read_to_change() const;
  Result<void> write(const SealedFile& file);
  Result<void> write_keys(const KeyRing& ring, std::string_view point);
  /// `own`: the first stays in the store's file; else none does.
  Result<void> forget_old_keys(KeyRing keys, bool own);
  Result<void> reseal(SealedFile& file, const KeyRing& ring, const MasterKey& key) const;
  void point(std::string_view name) const;

  const SealedStoreOptions options_;
};

}  // namespace nightshift::runtime
