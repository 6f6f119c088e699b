// Merges what two sides made of one file, and drops nothing: what does not get into the result is
// handed back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bridges/git/library.hpp"

namespace nightshift::bridges::git {

/// The two machines that share a vault. Where both are the same, neither owns a section.
enum class Role { cloud, local };

enum class Side { ours, theirs };

/// What each side has; `base` is what both began with, absent where both added the file.
struct Versions {
  std::optional<std::string_view> base;
  std::string_view ours;
  std::string_view theirs;
};

struct MergedFile {
  std::string bytes;
  /// Whose words are not all in `bytes`, and why.
  std::optional<Side> loser;
  std::string reason;
  /// The loser cannot be had by lines: it is to lie beside the file.
  bool keep_both = false;
};

/// `path` is relative to the vault and decides how: `Dashboard.md` by sections, pages under `Logs/`
/// by lines of which none is dropped, other text by three ways, all else keeps both. `role` is
/// ours. Where lines contradict each other the local side wins: people decide there.
Outcome<MergedFile> merge_file(std::string_view path, const Versions& versions, Role role);

/// `page` with the `## Updates` of `cloud`, the rest as it is. Public for its test.
std::string with_updates_of(std::string_view page, std::string_view cloud);

}  // namespace nightshift::bridges::git
