// Front matter and body of a task.
#include "bridges/vault/task_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>

#include "bridges/vault/names.hpp"
#include "messages/time.hpp"

namespace nightshift::bridges::vault {
namespace {

template <class Enum>
struct Word {
  std::string_view word;
  Enum value;
};

constexpr std::array<Word<Channel>, 8> channel_words{{{"email", CHANNEL_EMAIL},
                                                      {"linkedin", CHANNEL_LINKEDIN},
                                                      {"whatsapp", CHANNEL_WHATSAPP},
                                                      {"odoo", CHANNEL_ODOO},
                                                      {"facebook", CHANNEL_FACEBOOK},
                                                      {"instagram", CHANNEL_INSTAGRAM},
                                                      {"x", CHANNEL_X},
                                                      {"twitter", CHANNEL_X}}};
constexpr std::array<Word<Priority>, 5> priority_words{{{"urgent", PRIORITY_URGENT},
                                                        {"high", PRIORITY_HIGH},
                                                        {"normal", PRIORITY_NORMAL},
                                                        {"medium", PRIORITY_NORMAL},
                                                        {"low", PRIORITY_LOW}}};

template <class Words, class Enum>
std::string word_of(const Words& words, Enum value) {
  const auto found =
      std::ranges::find_if(words, [&](const auto& one) { return one.value == value; });
  return found == words.end() ? std::string() : std::string(found->word);
}

template <class Words, class Enum>
Result<void> read_word(const FrontMatter& fields, const char* key, const Words& words, Enum& value,
                       const char* known) {
  auto word = scalar(fields, key);
  if (!word) return {};
  std::ranges::transform(*word, word->begin(), [](unsigned char c) { return std::tolower(c); });
  const auto found =
      std::ranges::find_if(words, [&](const auto& one) { return one.word == *word; });
  if (found == words.end()) {
    return fail(
        ErrorCode::invalid,
        "the " + std::string(key) + " '" + printable(*word) + "' is unknown; write " + known, key);
  }
  value = found->value;
  return {};
}

/// Without blank lines before it and white space behind it.
std::string body_of(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  const auto line = text.rfind('\n', first);
  text.remove_prefix(line == std::string_view::npos ? 0 : line + 1);
  return std::string(text.substr(0, text.find_last_not_of(" \t\r\n") + 1));
}

constexpr std::string_view source_key = "source_id";

bool is_field(std::string_view key) {
  constexpr std::array keys{"title", "type",    "channel", "priority", "from",
                            "to",    "subject", "account", "agent"};
  return std::ranges::find(keys, key) != keys.end();
}

/// A watcher's own id of it stays, under a name of its own.
FrontMatter with_source(FrontMatter fields, const std::string& id, std::string_view stem) {
  if (id.empty() || id == id_of_stem(stem)) return fields;
  fields.try_emplace(std::string(source_key), Value{.shape = Value::Shape::scalar, .texts = {id}});
  return fields;
}

void add_notes(const FrontMatter& fields, task::Arrive& content) {
  for (const auto& [key, value] : fields) {
    const bool is_time = key == "created" && content.has_created();
    if (is_field(key) || is_mark(key) || is_time || value.texts.empty()) continue;
    auto& note = *content.add_notes();
    note.set_key(key);
    for (const auto& text : value.texts) {
      *note.mutable_value() += (note.value().empty() ? "" : ", ") + text;
    }
  }
}

bool has_same_notes(const task::Arrive& file, const Assignment& content) {
  return std::ranges::equal(file.notes(), content.notes(), [](const auto& a, const auto& b) {
    return a.key() == b.key() && a.value() == b.value();
  });
}

std::string created_of(const Assignment& content) {
  return to_rfc3339(std::chrono::floor<std::chrono::seconds>(from_proto(content.created())));
}

}  // namespace

Result<TaskText> read_task(std::string_view text, std::string_view stem) {
  if (!is_text(text)) {
    return fail(ErrorCode::invalid, "the file is not UTF-8 text; save it as UTF-8");
  }
  const auto parts = split(text);
  if (!parts) return std::unexpected(parts.error());
  const auto fields = parse_front_matter(parts->front_matter);
  if (!fields) return std::unexpected(fields.error());

  TaskText file{.content = {}, .marks = marks_of(*fields)};
  auto& content = file.content;
  content.set_text(body_of(parts->body));
  content.set_title(scalar(*fields, "title").value_or(""));
  content.set_type(scalar(*fields, "type").value_or(""));
  content.set_from(scalar(*fields, "from").value_or(""));
  content.set_subject(scalar(*fields, "subject").value_or(""));
  content.set_account(scalar(*fields, "account").value_or(""));
  content.set_agent(scalar(*fields, "agent").value_or(""));
  for (auto& to : texts(*fields, "to")) content.add_to(std::move(to));
  if (content.title().empty() && content.subject().empty() && content.text().empty()) {
    content.set_title(printable(stem));
  }
  if (const auto created = scalar(*fields, "created")) {
    if (const auto time = from_rfc3339(*created)) *content.mutable_created() = to_proto(*time);
  }
  Channel channel = CHANNEL_UNSPECIFIED;
  Priority priority = PRIORITY_UNSPECIFIED;
  if (auto known = read_word(*fields, "channel", channel_words, channel,
                             "email, linkedin, whatsapp, odoo, facebook, instagram or x");
      !known) {
    return std::unexpected(known.error());
  }
  if (auto known =
          read_word(*fields, "priority", priority_words, priority, "urgent, high, normal or low");
      !known) {
    return std::unexpected(known.error());
  }
  content.set_channel(channel);
  content.set_priority(priority);
  add_notes(with_source(*fields, file.marks.id, stem), content);
  return file;
}

bool says_the_same(const TaskText& file, const Assignment& content) {
  const auto& mine = file.content;
  const bool same_title = mine.title().empty() || mine.title() == content.title();
  const bool same_priority =
      mine.priority() == content.priority() ||
      (mine.priority() == PRIORITY_UNSPECIFIED && content.priority() == PRIORITY_NORMAL);
  // The node shows whole seconds.
  const bool same_time =
      !mine.has_created() ||
      to_rfc3339(std::chrono::floor<std::chrono::seconds>(from_proto(mine.created()))) ==
          created_of(content);
  return same_title && same_priority && same_time && mine.text() == content.text() &&
         mine.type() == content.type() && mine.channel() == content.channel() &&
         mine.from() == content.from() && mine.subject() == content.subject() &&
         mine.account() == content.account() && std::ranges::equal(mine.to(), content.to()) &&
         has_same_notes(mine, content);
}

task::Edit as_edit(const TaskText& file) {
  const auto& content = file.content;
  task::Edit edit;
  edit.set_title(content.title());
  edit.set_text(content.text());
  edit.set_type(content.type());
  edit.set_channel(content.channel());
  edit.set_priority(content.priority());
  if (content.has_created()) *edit.mutable_created() = content.created();
  edit.set_from(content.from());
  *edit.mutable_to() = content.to();
  edit.set_subject(content.subject());
  edit.set_account(content.account());
  *edit.mutable_notes() = content.notes();
  edit.set_agent(content.agent());
  return edit;
}

Result<std::string> with_marks(std::string_view text, const Assignment& content,
                               const Marks& marks) {
  const auto parts = split(text);
  if (!parts) return std::unexpected(parts.error());
  const auto before = parse_front_matter(parts->front_matter);
  if (!before) return std::unexpected(before.error());
  FrontMatterLines lines(parts->front_matter);
  lines.set("id", yaml_text(marks.id));
  lines.set_if_absent("priority", yaml_text(word_of(priority_words, content.priority())));
  lines.set_if_absent("created", created_of(content));
  const auto source = std::ranges::find(content.notes(), source_key, &Note::key);
  if (source != content.notes().end()) lines.set_if_absent(source_key, yaml_text(source->value()));
  set_marks(lines, marks);
  const std::string front_matter = lines.text();
  const auto after = parse_front_matter(front_matter);
  const auto may_be_added = [](std::string_view key) { return is_added(key) || key == source_key; };
  if (!after || marks_of(*after) != marks ||
      !has_same_keys(*before, *after, is_mark, may_be_added)) {
    return cannot_be_marked();
  }
  const std::string_view body = parts->body;
  const std::string gap = parts->has_front_matter || body.empty() ? "" : "\n";
  return with_rulers(front_matter, gap + std::string(body), line_end_of(parts->front_matter));
}

std::string render(const Assignment& content, const Marks& marks) {
  FrontMatterLines lines("");
  const auto text = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) lines.set(key, yaml_text(value));
  };
  text("id", marks.id);
  text("type", content.type());
  text("channel", word_of(channel_words, content.channel()));
  text("priority", word_of(priority_words, content.priority()));
  text("created", created_of(content));
  set_marks(lines, marks);
  text("title", content.title());
  text("from", content.from());
  if (!content.to().empty()) lines.set("to", yaml_list({content.to().begin(), content.to().end()}));
  text("subject", content.subject());
  text("account", content.account());
  for (const auto& note : content.notes()) text(yaml_text(note.key()), note.value());
  return with_rulers(lines.text(), "\n" + content.text() + "\n", "\n");
}

}  // namespace nightshift::bridges::vault
