// Looks for keys and passwords in what would be committed.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace nightshift::bridges::git {

struct Secret {
  /// What it looks like: "a private key".
  std::string_view what;
  /// From 1.
  std::size_t line = 0;
};

/// The first that `bytes` holds. Forms of keys that cannot be anything else; a word that only might
/// be a password is none.
std::optional<Secret> find_secret(std::string_view bytes);

/// The text of a pre-commit hook that refuses the same for people who use plain git (POSIX shell).
std::string_view pre_commit_hook();

}  // namespace nightshift::bridges::git
