// What a backup says of itself: every file with its digest, and the head of its journal.
// Format: docs/formats/backup.md.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "storage/event_log.hpp"

namespace nightshift::storage {

/// Names in the folder of a backup that are no part of what was saved.
inline constexpr std::string_view manifest_name = "manifest";
inline constexpr std::string_view rehearsal_name = "rehearsal";

struct ManifestFile {
  /// Below the backup's folder, parted by `/`.
  std::string path;
  std::uint64_t bytes = 0;
  Digest digest{};

  bool operator==(const ManifestFile&) const = default;
};

struct Manifest {
  /// Name of the node that was saved.
  std::string node;
  Time made_at{};
  ChainHead head;
  /// Sorted by path.
  std::vector<ManifestFile> files;

  std::uint64_t bytes() const;
};

std::string to_text(const Manifest& manifest);
/// `corrupt` where the text is not exactly what `to_text` writes.
Result<Manifest> parse_manifest(std::string_view text);

/// Every file below `folder` but the two that are no part of it. Errors: `io`; `corrupt` where
/// something is neither file nor folder.
Result<std::vector<ManifestFile>> list_files(const std::filesystem::path& folder);

/// The digest of a file, and how long it is. Errors: `io`, `not_found`.
Result<ManifestFile> digest_file(const std::filesystem::path& file);

/// What `found` lacks, has besides, or has otherwise; a sentence each.
std::vector<std::string> differences(const Manifest& manifest,
                                     const std::vector<ManifestFile>& found);

}  // namespace nightshift::storage
