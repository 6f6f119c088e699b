// The bridge's keys, line by line, and the proof that nothing else changed.
#include "bridges/vault/marks.hpp"

#include <algorithm>

namespace nightshift::bridges::vault {

Marks marks_of(const FrontMatter& fields) {
  return {.id = scalar(fields, "id").value_or(""),
          .status = scalar(fields, "status").value_or(""),
          .digest = scalar(fields, "digest").value_or(""),
          .note = scalar(fields, note_key).value_or("")};
}

bool is_mark(std::string_view key) {
  return key == "id" || key == "status" || key == "digest" || key == note_key;
}

void set_marks(FrontMatterLines& lines, const Marks& marks) {
  lines.set("id", yaml_text(marks.id));
  lines.set("status", yaml_text(marks.status));
  lines.set("digest", "\"" + marks.digest + "\"");
  if (marks.note.empty()) {
    lines.remove(note_key);
  } else {
    lines.set(note_key, yaml_text(marks.note));
  }
}

bool has_same_keys(const FrontMatter& before, const FrontMatter& after,
                   bool (*written)(std::string_view), bool (*may_be_added)(std::string_view)) {
  const auto is_kept = [&](const auto& field) {
    const auto found = after.find(field.first);
    return written(field.first) ||
           (found != after.end() && found->second.texts == field.second.texts);
  };
  const auto is_expected = [&](const auto& field) {
    return before.contains(field.first) || written(field.first) || may_be_added(field.first);
  };
  return std::ranges::all_of(before, is_kept) && std::ranges::all_of(after, is_expected);
}

bool is_added(std::string_view key) {
  return key == "type" || key == "channel" || key == "priority" || key == "created";
}

std::string with_rulers(const std::string& front_matter, std::string_view body,
                        std::string_view line_end) {
  std::string all = "---" + std::string(line_end) + front_matter;
  all += "---";
  all += line_end;
  return all.append(body);
}

std::string_view line_end_of(std::string_view front_matter) {
  return front_matter.find("\r\n") == std::string_view::npos ? "\n" : "\r\n";
}

std::unexpected<Error> cannot_be_marked() {
  return fail(ErrorCode::invalid,
              "the front matter cannot be brought up to date; write one 'key: value' per line");
}

}  // namespace nightshift::bridges::vault
