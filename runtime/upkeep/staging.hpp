// Folders and files that are there whole or not at all.
#pragma once

#include <filesystem>

#include "messages/crypto.hpp"
#include "messages/error.hpp"

namespace nightshift::runtime::upkeep {

/// What a folder is called until it is whole: its name and this.
inline constexpr std::string_view partial_suffix = ".partial";

/// A folder that is written beside its place and renamed when it is whole; removed if it never is.
class Staging {
 public:
  /// What a process that was killed left beside `target` is removed. Errors: `invalid` where there
  /// is something at `target` other than an empty folder; `io`, `no_space`.
  static Result<Staging> begin(const std::filesystem::path& target);
  Staging(Staging&& other) noexcept;
  Staging& operator=(Staging&&) = delete;
  ~Staging();

  /// Where to write.
  const std::filesystem::path& path() const { return path_; }
  /// Puts it into its place, durably, all of it for its owner alone.
  Result<void> finish();

 private:
  Staging(std::filesystem::path path, std::filesystem::path target);

  std::filesystem::path path_;
  std::filesystem::path target_;
};

/// Removes a folder so that half of it is never taken for one.
Result<void> remove_folder(const std::filesystem::path& folder);

/// Copies a file, synced, for its owner alone; makes the folders above it. Returns its digest.
/// Errors: `no_space`, `io`.
Result<Digest> copy_synced(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace nightshift::runtime::upkeep
