// Which paths may be in a vault's repository: names that are dangerous somewhere, files that must
// never leave, files that stay here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nightshift::bridges::git {

/// Why `name`, one component of a path, is refused on every system: `.git` in any spelling that
/// HFS+ or NTFS takes for it, `..`, control characters, backslashes. Nothing if it is harmless.
std::optional<std::string> why_unsafe(std::string_view name);

/// The pattern of seed 000 that forbids this path (`*.pem`), in a commit of ours and in what
/// comes from elsewhere; nothing if none does. Relative to the repository.
std::optional<std::string_view> forbidden_by(std::string_view path);

/// True for what stays on this machine: `Outbox/`, names that begin with a dot, what is being
/// written. Relative to the vault.
bool stays_here(std::string_view path);

/// For comparing names as systems do that do not tell cases apart: ASCII folded, the rest as it is.
std::string folded(std::string_view name);

/// `Plans/week.md` becomes `Plans/week.conflict-0a1b2c3d.md`.
std::string conflict_path(std::string_view path, std::string_view digits);

/// The text of `.gitignore` that keeps the same files out for people who use plain git.
std::string_view ignore_file();

}  // namespace nightshift::bridges::git
