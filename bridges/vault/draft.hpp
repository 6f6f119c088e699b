// One file of `Pending_Approval/` as a proposal, and a proposal as one file.
// Format: docs/formats/vault.md.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/vault/marks.hpp"
#include "messages/approval.pb.h"
#include "messages/error.hpp"

namespace nightshift::bridges::vault {

inline constexpr std::size_t draft_bytes_max = 1u << 20;
inline constexpr std::size_t attachments_max = 16;
/// All attachments of one draft together.
inline constexpr std::size_t attachment_bytes_max = 4u << 20;

/// Key under which the bridge names what is attached where no path of the vault leads to it.
inline constexpr std::string_view attached_key = "attached";

struct Draft {
  approval::Propose content;
  /// False where the node wrote what is attached, by name, and the file has no list of its own.
  bool lists_attachments = true;
  /// As the file has them: a person may have copied or changed them.
  Marks marks;
};

/// Where a draft lies.
struct Place {
  /// File name with `.md`.
  std::string name;
  approval::Category category = approval::CATEGORY_EMAIL;
  /// Path relative to the vault.
  std::string path;
};

/// The bytes of a file beneath the vault, by its relative path, at most so many.
using ReadBeneath = std::function<Result<std::string>(const std::string& path, std::size_t max)>;

/// Errors: `invalid` (not UTF-8, broken or refused front matter, a wrong value), `too_large` (over
/// a bound or a channel's limit), those of `read` for attachments. The sentence names what to do.
Result<Draft> read_draft(std::string_view text, const Place& place, const ReadBeneath& read);

/// What a person changed in the file of a pending proposal.
struct Change {
  bool any = false;
  approval::Edit edit;
  /// Whoever writes to the vault, agents too, does not take four eyes away.
  bool takes_four_eyes_away = false;
};

Change compare(const Draft& file, const approval::Proposal& proposal);
inline bool same_content(const Draft& file, const approval::Proposal& proposal) {
  const Change change = compare(file, proposal);
  return !change.any && !change.takes_four_eyes_away;
}

/// The whole file of a proposal that has none, or whose file shows an older revision.
std::string render(const approval::Proposal& proposal, const Marks& marks);

/// `text` with the bridge's keys brought up to date and all else as it is. `invalid` where the
/// front matter cannot be changed line by line (one that is written as `{...}`).
Result<std::string> with_marks(std::string_view text, const approval::Proposal& proposal,
                               const Marks& marks);

/// The same for a file that shows an older revision: its fields and its body become those of
/// `proposal`, keys that are nobody's stay.
Result<std::string> with_content(std::string_view text, const approval::Proposal& proposal,
                                 const Marks& marks);

/// True if two files differ at most in what the bridge itself writes.
bool has_same_words(std::string_view a, std::string_view b);

}  // namespace nightshift::bridges::vault
