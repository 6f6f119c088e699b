// Names in the vault: which stems are ids, what the others become, and what is text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nightshift::bridges::vault {

/// The id of the entity that a file `STEM.md` stands for: the stem where that is an id, else a slug
/// of it, `-` and 8 hex digits of SHA-256 of the stem.
std::string id_of_stem(std::string_view stem);

/// The stem of a further file of the same name: `STEM-N`, cut so that an id remains one.
std::string numbered_stem(std::string_view stem, unsigned n);

/// True for names of drafts: `*.md`, not hidden, not a `.conflict-XXXXXXXX.md` that was kept aside.
bool is_draft_name(std::string_view name);
/// `NAME.md` without `.md`.
std::string_view stem_of(std::string_view name);
/// The name under which the loser of a race is kept: `STEM.conflict-XXXXXXXX.md`, by its content.
std::string conflict_name(std::string_view name, std::string_view content);

/// True if `text` is UTF-8 (RFC 3629) without NUL.
bool is_text(std::string_view text);
/// For messages: control characters and bytes that are not UTF-8 become `?`, at most 200 bytes.
std::string printable(std::string_view text);

}  // namespace nightshift::bridges::vault
