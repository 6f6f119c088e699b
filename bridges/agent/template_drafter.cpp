// Fills in a frame.
#include "bridges/agent/template_drafter.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "messages/utf8.hpp"

namespace nightshift::bridges::agent {
namespace {

constexpr std::string_view what_it_is = "built-in template; no model has read the task";
constexpr std::string_view what_to_do =
    "[A template: no model has read the task. Write here what shall be said, then approve.]";
/// Beneath the least that a channel takes, X's 280 characters.
constexpr std::size_t short_bytes_max = 120;
constexpr std::size_t quoted_bytes_max = 1'800;

std::string quotation(std::string_view text) {
  std::string out;
  for (auto rest = utf8_cut(text, quoted_bytes_max); !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    out += "> " + std::string(rest.substr(0, end)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

bool is_a_reply(const Assignment& task) { return !task.from().empty(); }

std::string letter(const Assignment& task) {
  std::string body = "Hello,\n\n";
  if (is_a_reply(task)) body += "thank you for your message about \"" + task.title() + "\".\n\n";
  body += std::string(what_to_do) + "\n";
  if (!task.text().empty()) body += "\n" + quotation(task.text());
  return body;
}

std::string post(const Assignment& task) {
  return std::string(utf8_cut(task.title(), short_bytes_max)) + "\n\n" + std::string(what_to_do);
}

std::string record(const Assignment& task) {
  return task.title() + "\n\n" + std::string(what_to_do) + "\n\n" + quotation(task.text());
}

std::string body_for(Channel channel, const Assignment& task) {
  switch (channel) {
    case CHANNEL_EMAIL: return letter(task);
    case CHANNEL_ODOO: return record(task);
    default: return post(task);
  }
}

std::string subject_for(const Assignment& task) {
  const auto& about = task.subject().empty() ? task.title() : task.subject();
  return is_a_reply(task) && !about.starts_with("Re: ") ? "Re: " + about : about;
}

}  // namespace

Result<draft::Write> TemplateDrafter::write(const effect::ComposeDraft& task, const Stop&) {
  draft::Write draft;
  draft.set_body(body_for(task.channel(), task.content()));
  if (task.channel() == CHANNEL_EMAIL) draft.set_subject(subject_for(task.content()));
  draft.set_title(task.content().title());
  draft.set_written_by(std::string(what_it_is));
  return draft;
}

}  // namespace nightshift::bridges::agent
