// Checks a task's content, field by field.
#include "actors/task/content.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "messages/canonical.hpp"
#include "messages/crypto.hpp"
#include "messages/text.hpp"
#include "messages/utf8.hpp"

namespace nightshift::actors {
namespace {

constexpr std::size_t title_bytes_max = 200;

std::unexpected<Error> too_many(int count, int max, const char* field) {
  return fail(ErrorCode::too_large,
              std::string(field) + " has " + std::to_string(count) + " entries, more than the " +
                  std::to_string(max) + " of one task",
              field);
}

Result<void> check(const Assignment& content) {
  const std::pair<std::string_view, const char*> lines[] = {
      {content.title(), "title"},     {content.type(), "type"},       {content.from(), "from"},
      {content.subject(), "subject"}, {content.account(), "account"},
  };
  for (const auto& [text, field] : lines) {
    if (auto line = check_line(text, field); !line) return line;
  }
  for (const auto& to : content.to()) {
    if (auto line = check_line(to, "to"); !line) return line;
  }
  for (const auto& note : content.notes()) {
    if (auto line = check_line(note.key(), "notes"); !line) return line;
  }
  if (content.to_size() > task_recipients_max) {
    return too_many(content.to_size(), task_recipients_max, "to");
  }
  if (content.notes_size() > task_notes_max) {
    return too_many(content.notes_size(), task_notes_max, "notes");
  }
  if (!Channel_IsValid(content.channel())) {
    return fail(ErrorCode::invalid,
                "channel is one of email, linkedin, whatsapp, odoo, facebook, instagram, x",
                "channel");
  }
  if (!Priority_IsValid(content.priority())) {
    return fail(ErrorCode::invalid, "priority is one of urgent, high, normal, low", "priority");
  }
  return {};
}

std::string_view trimmed(std::string_view line) {
  const auto begin = line.find_first_not_of("# \t\r");
  if (begin == line.npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

std::string first_line(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trimmed(text.substr(0, end));
    if (!line.empty()) {
      std::string title(utf8_cut(line, title_bytes_max));
      std::ranges::replace_if(title, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
      return title;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

Result<Assignment> made_of(const auto& command, const kernel::Context& context) {
  Assignment content;
  content.set_title(command.title());
  content.set_text(command.text());
  content.set_type(command.type());
  content.set_channel(command.channel());
  const bool unset = command.priority() == PRIORITY_UNSPECIFIED;
  content.set_priority(unset ? PRIORITY_NORMAL : command.priority());
  *content.mutable_created() = command.has_created() ? command.created() : to_proto(context.now);
  content.set_from(command.from());
  *content.mutable_to() = command.to();
  content.set_subject(command.subject());
  content.set_account(command.account());
  *content.mutable_notes() = command.notes();
  if (auto checked = check(content); !checked) return std::unexpected(std::move(checked).error());
  if (content.title().empty()) content.set_title(content.subject());
  if (content.title().empty()) content.set_title(first_line(content.text()));
  if (!content.title().empty()) return content;
  return fail(ErrorCode::invalid, "the task says nothing: give it a title or a text", "text");
}

}  // namespace

Result<Assignment> content_of(const task::Arrive& command, const kernel::Context& context) {
  return made_of(command, context);
}

Result<Assignment> content_of(const task::Edit& command, const kernel::Context& context) {
  return made_of(command, context);
}

std::string content_digest_of(const Assignment& content) {
  Canonical fields;
  fields.add("title", content.title());
  fields.add("text", content.text());
  fields.add("type", content.type());
  fields.add("channel", Channel_Name(content.channel()));
  fields.add("priority", Priority_Name(content.priority()));
  fields.add("created", to_rfc3339(from_proto(content.created())));
  fields.add("from", content.from());
  for (const auto& to : content.to()) fields.add("to", to);
  fields.add("subject", content.subject());
  fields.add("account", content.account());
  for (const auto& note : content.notes()) {
    fields.add("note", note.key());
    fields.add("value", note.value());
  }
  return to_hex(as_bytes(content_digest(fields.encode())));
}

}  // namespace nightshift::actors
