// Writes tasks and reads drafts.
#include "bridges/agent/agent_text.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "messages/json.hpp"
#include "messages/time.hpp"
#include "messages/utf8.hpp"

namespace nightshift::bridges::agent {
namespace {

constexpr std::string_view fence = "---";

void add_line(std::string& text, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  text += std::string(key) + ": ";
  append_json_string(value, text);
  text += '\n';
}

template <class Enum>
std::string word_of(Enum value, const google::protobuf::EnumDescriptor& descriptor) {
  const auto* known = descriptor.FindValueByNumber(value);
  return known == nullptr || known->number() == 0 ? "" : enum_word(*known);
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::unexpected<Error> odd(std::string_view key, const std::string& what) {
  return fail(ErrorCode::invalid, "the draft's " + std::string(key) + " " + what, std::string(key));
}

/// A JSON string at the front of `text`, which is taken away.
std::optional<std::string> take_string(std::string_view& text) {
  std::size_t end = 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  if (end >= text.size()) return std::nullopt;
  draft::Content holder;
  const auto json = "{\"title\":" + std::string(text.substr(0, end + 1)) + "}";
  if (!from_json(json, holder)) return std::nullopt;
  text.remove_prefix(end + 1);
  return holder.title();
}

/// One value, plain or quoted, up to a comma where it stands in a list.
std::optional<std::string> take_value(std::string_view& text, bool in_list) {
  text = trimmed(text);
  if (text.starts_with('"')) return take_string(text);
  const auto end = in_list ? std::min(text.find(','), text.size()) : text.size();
  std::string value(trimmed(text.substr(0, end)));
  text.remove_prefix(end);
  return value;
}

Result<std::vector<std::string>> values_of(std::string_view key, std::string_view text) {
  text = trimmed(text);
  const bool brackets = text.starts_with('[');
  if (brackets && !text.ends_with(']')) {
    return odd(key, "is a list without an end; close it with ]");
  }
  if (brackets) text = text.substr(1, text.size() - 2);
  const bool list = brackets || key == "to" || key == "cc";
  std::vector<std::string> values;
  while (!trimmed(text).empty()) {
    auto value = take_value(text, list);
    text = trimmed(text);
    if (!value || (!text.empty() && !text.starts_with(','))) {
      return odd(key, "cannot be read; write it plainly, or as a JSON string in quotes");
    }
    if (!text.empty()) text.remove_prefix(1);
    if (!value->empty()) values.push_back(std::move(*value));
  }
  return values;
}

Result<void> set_one(draft::Write& draft, std::string_view key,
                     const std::vector<std::string>& values) {
  if (values.size() > 1) return odd(key, "has several values; it takes one");
  const std::string value = values.empty() ? "" : values.front();
  if (key == "title") {
    draft.set_title(value);
  } else if (key == "subject") {
    draft.set_subject(value);
  } else if (key == "account") {
    draft.set_account(value);
  } else {
    return set_field(draft, "channel", value == "twitter" ? "x" : value);
  }
  return {};
}

Result<void> set_key(draft::Write& draft, std::string_view key, std::string_view text) {
  const auto values = values_of(key, text);
  if (!values) return std::unexpected(values.error());
  if (key == "to" || key == "cc") {
    for (const auto& value : *values) {
      key == "to" ? draft.add_to(value) : draft.add_cc(value);
    }
    return {};
  }
  for (const std::string_view known : {"title", "subject", "account", "channel"}) {
    if (key == known) return set_one(draft, key, *values);
  }
  return fail(ErrorCode::invalid,
              "the draft has the key '" + std::string(key) +
                  "'; it takes title, to, cc, subject, account, channel",
              std::string(key));
}

/// Takes the front matter away, if there is any.
Result<void> read_front_matter(draft::Write& draft, std::string_view& text) {
  auto rest = text;
  if (take_line(rest) != fence) return {};
  while (!rest.empty()) {
    const auto line = take_line(rest);
    if (line == fence) {
      text = rest;
      return {};
    }
    if (trimmed(line).empty()) continue;
    const auto colon = line.find(':');
    if (colon == line.npos) {
      return fail(ErrorCode::invalid,
                  "the draft's front matter has a line without a colon; write key: value");
    }
    if (auto set = set_key(draft, trimmed(line.substr(0, colon)), line.substr(colon + 1)); !set) {
      return set;
    }
  }
  return fail(ErrorCode::invalid, "the draft's front matter has no end; close it with ---");
}

}  // namespace

std::string task_text(const effect::ComposeDraft& task) {
  const auto& content = task.content();
  std::string text = std::string(fence) + "\n";
  add_line(text, "task", task.task());
  add_line(text, "agent", task.agent());
  add_line(text, "channel", word_of(task.channel(), *Channel_descriptor()));
  add_line(text, "title", content.title());
  add_line(text, "type", content.type());
  add_line(text, "priority", word_of(content.priority(), *Priority_descriptor()));
  if (content.has_created()) add_line(text, "created", to_rfc3339(from_proto(content.created())));
  add_line(text, "from", content.from());
  if (!content.to().empty()) {
    text += "to: [";
    for (int n = 0; n < content.to_size(); ++n) {
      if (n > 0) text += ", ";
      append_json_string(content.to(n), text);
    }
    text += "]\n";
  }
  add_line(text, "subject", content.subject());
  add_line(text, "account", content.account());
  for (const auto& note : content.notes()) {
    std::string key;
    append_json_string(note.key(), key);
    add_line(text, key, note.value());
  }
  return text + std::string(fence) + "\n\n" + content.text() + "\n";
}

Result<draft::Write> read_draft(std::string_view text) {
  if (utf8_prefix_bytes(text) != text.size() || text.contains('\0')) {
    return fail(ErrorCode::invalid, "the draft is not UTF-8 text");
  }
  draft::Write draft;
  if (auto read = read_front_matter(draft, text); !read) {
    return std::unexpected(std::move(read).error());
  }
  draft.set_body(std::string(trimmed(text)));
  if (draft.body().empty()) {
    return fail(ErrorCode::invalid, "the draft says nothing: it has no body", "body");
  }
  return draft;
}

}  // namespace nightshift::bridges::agent
