// What the bridge itself writes into the front matter of a file.
#pragma once

#include <string>
#include <string_view>

#include "bridges/vault/front_matter.hpp"

namespace nightshift::bridges::vault {

/// Key of the bridge's sentence for people.
inline constexpr std::string_view note_key = "nightshift";

struct Marks {
  std::string id;
  std::string status;
  /// Hex: which revision the file shows.
  std::string digest;
  /// For people: why it was rejected or failed, where it was delivered, what is still needed.
  /// Without a key where it is empty.
  std::string note;

  bool operator==(const Marks&) const = default;
};

/// As a file has them: a person may have copied or changed them.
Marks marks_of(const FrontMatter& fields);
bool is_mark(std::string_view key);

/// Writes id, status, digest and note, whatever stood there.
void set_marks(FrontMatterLines& lines, const Marks& marks);

/// True if all keys but those `written` read as before: none was lost, and none came to light that
/// had been part of another's text, except those that `may_be_added`.
bool has_same_keys(const FrontMatter& before, const FrontMatter& after,
                   bool (*written)(std::string_view), bool (*may_be_added)(std::string_view));

/// The keys that are written where a person left them out.
bool is_added(std::string_view key);

/// A file of these two parts.
std::string with_rulers(const std::string& front_matter, std::string_view body,
                        std::string_view line_end);
/// `\r\n` if the front matter ends its lines so.
std::string_view line_end_of(std::string_view front_matter);

/// Why marks could not be written.
std::unexpected<Error> cannot_be_marked();

}  // namespace nightshift::bridges::vault
