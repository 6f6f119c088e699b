// What the journal says of one approval, as far as its file needs it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridges/vault/draft.hpp"
#include "messages/crypto.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::vault {

/// The kind whose entities are files here.
inline constexpr const char* approval_kind = "approval";

/// A file that became a revision and may not say so yet.
struct Taken {
  /// Of the file's bytes.
  Digest bytes{};
  /// Hex: the revision that it became.
  std::string digest;
};

struct Standing {
  std::string id;
  std::string status;
  std::uint64_t sequence = 0;
  /// Every revision of the content, oldest first; at least one.
  std::vector<approval::Proposal> revisions;
  /// What the file's front matter has to say.
  Marks marks;
  /// What the bridge last took from a file, if it knows.
  std::optional<Taken> taken{};

  const approval::Proposal& current() const { return revisions.back(); }
  /// The revision with this digest (hex); null if there is none.
  const approval::Proposal* revision(std::string_view digest_hex) const;
  /// The revision that a file shows: the one that it became, else the one that its marks name.
  const approval::Proposal* shown_by(std::string_view text, const Marks& its_marks) const;
  /// Name of its file, in whatever folder: that of the draft which was proposed, else `ID.md`.
  std::string file_name() const;
  /// Folder in which the file has to lie.
  std::string place() const;
};

/// Nothing if there is no such approval, or if it was archived.
Result<std::optional<Standing>> read_standing(const runtime::Node& node, const std::string& id);

}  // namespace nightshift::bridges::vault
