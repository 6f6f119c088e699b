// The YAML block at the head of a Markdown file: read within bounds, changed line by line so that
// everything else keeps its bytes. Format: docs/formats/vault.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"

namespace nightshift::bridges::vault {

inline constexpr std::size_t front_matter_bytes_max = 64u << 10;
inline constexpr std::size_t front_matter_depth_max = 16;
inline constexpr std::size_t front_matter_nodes_max = 4096;

/// A Markdown file in two parts.
struct Parts {
  /// True if there is a front matter block, even an empty one.
  bool has_front_matter = false;
  /// The lines between the two rulers, with their line ends.
  std::string_view front_matter;
  /// All that follows the second ruler's line.
  std::string_view body;
};

/// `invalid` where a block is opened and not closed, `too_large` over `front_matter_bytes_max`.
/// A byte order mark before the block is skipped.
Result<Parts> split(std::string_view text);

/// One value at the top level.
struct Value {
  enum class Shape { scalar, list, nested };
  Shape shape = Shape::scalar;
  /// One text for a scalar, any number for a list. Empty for what is nested deeper.
  std::vector<std::string> texts;
};

using FrontMatter = std::map<std::string, Value, std::less<>>;

/// Reads a mapping. Refused as `invalid`, with line and reason: broken YAML, aliases and anchors,
/// a key that stands twice, more than one document, depth and number of nodes over the bounds.
Result<FrontMatter> parse_front_matter(std::string_view yaml);

/// The text of a scalar; nothing where the key is absent, empty or not a scalar.
std::optional<std::string> scalar(const FrontMatter& fields, std::string_view key);
/// A list, or a scalar as a list of one.
std::vector<std::string> texts(const FrontMatter& fields, std::string_view key);

/// YAML for one text: plain where nothing can be mistaken, else in double quotes.
std::string yaml_text(std::string_view text);
std::string yaml_list(const std::vector<std::string>& items);

/// Lines of a front matter block, changed key by key.
class FrontMatterLines {
 public:
  explicit FrontMatterLines(std::string_view front_matter);

  bool has(std::string_view key) const;
  /// `value` is YAML for one line. Replaces the key's lines where they stand, else appends.
  void set(std::string_view key, std::string_view value);
  void set_if_absent(std::string_view key, std::string_view value);
  void remove(std::string_view key);

  std::string text() const;

 private:
  std::optional<std::pair<std::size_t, std::size_t>> find(std::string_view key) const;

  std::vector<std::string> lines_;
  std::string line_end_ = "\n";
};

}  // namespace nightshift::bridges::vault
