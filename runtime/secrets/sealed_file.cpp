// Reads and writes the text of the file of sealed secrets.
#include "runtime/secrets/sealed_file.hpp"

#include <optional>
#include <utility>

#include "messages/ids.hpp"

namespace nightshift::runtime {
namespace {

constexpr std::string_view family = "nightshift.secrets.";
constexpr std::string_view header = "nightshift.secrets.v1";

/// Lines, and how many were taken.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  /// Nothing at the end, or where a line does not end.
  std::optional<std::string_view> next() {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    ++number_;
    const auto line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }
  bool at_end() const { return rest_.empty(); }

  std::unexpected<Error> damaged() const {
    return fail(ErrorCode::corrupt,
                "the file of sealed secrets is damaged near line " + std::to_string(number_) +
                    "; put it back from a backup, or remove it and set the secrets again");
  }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

/// The value of a line `KEY VALUE`.
std::optional<std::string> value_of(std::optional<std::string_view> line, std::string_view key) {
  if (!line || !line->starts_with(key)) return std::nullopt;
  line->remove_prefix(key.size());
  if (!is_id(*line)) return std::nullopt;
  return std::string(*line);
}

/// `NAME TIME SEALED`.
bool add_entry(SealedFile& file, std::string_view line) {
  const auto first = line.find(' ');
  const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return false;
  const auto name = line.substr(0, first);
  const auto time = from_rfc3339(line.substr(first + 1, second - first - 1));
  const auto sealed = line.substr(second + 1);
  if (!is_id(name) || !time || sealed.empty()) return false;
  return file.entries.emplace(name, SealedEntry{*time, std::string(sealed)}).second;
}

}  // namespace

std::string SealedFile::encode() const {
  std::string text(header);
  text += "\nnode " + node + "\nzone " + zone + "\n";
  for (const auto& [name, entry] : entries) {
    text += name + " " + to_rfc3339(entry.written_at) + " " + entry.sealed + "\n";
  }
  return text;
}

Result<SealedFile> SealedFile::decode(std::string_view text) {
  Lines lines(text);
  const auto first = lines.next();
  if (first && first->starts_with(family) && *first != header) {
    return fail(ErrorCode::newer_version,
                "a newer version of the program wrote the file of sealed secrets; use that one");
  }
  if (first != header) return lines.damaged();
  SealedFile file;
  auto node = value_of(lines.next(), "node ");
  if (!node) return lines.damaged();
  auto zone = value_of(lines.next(), "zone ");
  if (!zone) return lines.damaged();
  file.node = std::move(*node);
  file.zone = std::move(*zone);
  while (const auto line = lines.next()) {
    if (!add_entry(file, *line)) return lines.damaged();
  }
  if (!lines.at_end()) return lines.damaged();
  return file;
}

}  // namespace nightshift::runtime
