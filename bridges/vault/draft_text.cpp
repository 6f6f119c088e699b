// Writing a draft: a proposal as a file, and the bridge's own keys in a file of a person.
#include "bridges/vault/draft.hpp"

#include <algorithm>
#include <chrono>

#include "bridges/vault/layout.hpp"
#include "messages/time.hpp"

namespace nightshift::bridges::vault {
namespace {

std::string channel_word(const approval::Proposal& proposal) {
  if (proposal.category() == approval::CATEGORY_SOCIAL) {
    if (const auto channel = find_channel(proposal.account())) return std::string(channel->word);
  }
  return std::string(folder_of(proposal.category()).word);
}

void mark(FrontMatterLines& lines, const approval::Proposal& proposal, const Marks& marks) {
  lines.set("id", yaml_text(marks.id));
  lines.set_if_absent("type", "draft");
  lines.set_if_absent("channel", yaml_text(channel_word(proposal)));
  lines.set_if_absent("priority", "normal");
  const auto second = std::chrono::floor<std::chrono::seconds>(from_proto(proposal.proposed_at()));
  lines.set_if_absent("created", to_rfc3339(second));
  lines.set("status", yaml_text(marks.status));
  lines.set("digest", "\"" + marks.digest + "\"");
  if (marks.note.empty()) {
    lines.remove(note_key);
  } else {
    lines.set(note_key, yaml_text(marks.note));
  }
}

/// What is attached, by name and size.
void set_attached(FrontMatterLines& lines, const approval::Proposal& proposal) {
  lines.remove("attachments");
  if (proposal.attachments().empty()) return lines.remove(attached_key);
  std::vector<std::string> names;
  for (const auto& attachment : proposal.attachments()) {
    names.push_back(attachment.name() + " (" + std::to_string(attachment.bytes().size()) +
                    " bytes)");
  }
  lines.set(attached_key, yaml_list(names));
}

/// True if the paths that the file lists name what is attached.
bool lists_what_is_attached(const FrontMatter& fields, const approval::Proposal& proposal) {
  const auto name_of = [](std::string_view path) { return path.substr(path.rfind('/') + 1); };
  return std::ranges::equal(texts(fields, "attachments"), proposal.attachments(), {}, name_of,
                            &approval::Attachment::name);
}

/// The fields that an edit can change.
void set_fields(FrontMatterLines& lines, const approval::Proposal& proposal) {
  const auto text = [&](std::string_view key, const std::string& value) {
    value.empty() ? lines.remove(key) : lines.set(key, yaml_text(value));
  };
  const auto list = [&](std::string_view key, const auto& items) {
    items.empty() ? lines.remove(key) : lines.set(key, yaml_list({items.begin(), items.end()}));
  };
  text("title", proposal.title());
  text("subject", proposal.subject());
  text("account", proposal.account());
  list("to", proposal.to());
  list("cc", proposal.cc());
  if (proposal.has_deadline()) {
    lines.set("deadline", yaml_text(to_rfc3339(from_proto(proposal.deadline()))));
  } else {
    lines.remove("deadline");
  }
  proposal.four_eyes() ? lines.set("four_eyes", "true") : lines.remove("four_eyes");
}

std::string with_rulers(const std::string& front_matter, std::string_view body,
                        std::string_view line_end) {
  std::string all = "---" + std::string(line_end) + front_matter;
  all += "---";
  all += line_end;
  return all.append(body);
}

bool says(const FrontMatter& fields, const Marks& marks) {
  return scalar(fields, "id").value_or("") == marks.id &&
         scalar(fields, "status").value_or("") == marks.status &&
         scalar(fields, "digest").value_or("") == marks.digest &&
         scalar(fields, note_key).value_or("") == marks.note;
}

bool is_ours(std::string_view key) {
  return key == "id" || key == "status" || key == "digest" || key == note_key ||
         key == attached_key;
}

/// True if all that is not ours reads as before: no key was lost, and none came to light that had
/// been part of another's text.
bool has_same_keys(const FrontMatter& before, const FrontMatter& after) {
  const auto is_kept = [&](const auto& field) {
    const auto found = after.find(field.first);
    return is_ours(field.first) ||
           (found != after.end() && found->second.texts == field.second.texts);
  };
  const auto is_expected = [&](const auto& field) {
    const std::string_view key = field.first;
    return before.contains(key) || is_ours(key) || key == "type" || key == "channel" ||
           key == "priority" || key == "created";
  };
  return std::ranges::all_of(before, is_kept) && std::ranges::all_of(after, is_expected);
}

}  // namespace

std::string render(const approval::Proposal& proposal, const Marks& marks) {
  FrontMatterLines lines("");
  mark(lines, proposal, marks);
  set_fields(lines, proposal);
  set_attached(lines, proposal);
  lines.set("requester", yaml_text(proposal.requester()));
  return with_rulers(lines.text(), "\n" + proposal.body() + "\n", "\n");
}

Result<std::string> with_marks(std::string_view text, const approval::Proposal& proposal,
                               const Marks& marks) {
  const auto parts = split(text);
  if (!parts) return std::unexpected(parts.error());
  const auto before = parse_front_matter(parts->front_matter);
  if (!before) return std::unexpected(before.error());

  FrontMatterLines lines(parts->front_matter);
  mark(lines, proposal, marks);
  before->contains("attachments") ? lines.remove(attached_key) : set_attached(lines, proposal);
  const bool crlf = parts->front_matter.find("\r\n") != std::string_view::npos;
  const std::string front_matter = lines.text();

  const auto after = parse_front_matter(front_matter);
  const bool kept = after && says(*after, marks) && has_same_keys(*before, *after);
  if (!kept) {
    return fail(ErrorCode::invalid,
                "the front matter cannot be brought up to date; write one 'key: value' per line");
  }
  return with_rulers(front_matter, parts->body, crlf ? "\r\n" : "\n");
}

Result<std::string> with_content(std::string_view text, const approval::Proposal& proposal,
                                 const Marks& marks) {
  const auto parts = split(text);
  if (!parts) return std::unexpected(parts.error());
  const auto fields = parse_front_matter(parts->front_matter);
  if (!fields) return std::unexpected(fields.error());
  FrontMatterLines lines(parts->front_matter);
  set_fields(lines, proposal);
  if (!lists_what_is_attached(*fields, proposal)) set_attached(lines, proposal);
  return with_marks(with_rulers(lines.text(), "\n" + proposal.body() + "\n", "\n"), proposal,
                    marks);
}

bool has_same_words(std::string_view a, std::string_view b) {
  const auto first = split(a);
  const auto second = split(b);
  if (!first || !second) return a == b;
  FrontMatterLines of_a(first->front_matter);
  FrontMatterLines of_b(second->front_matter);
  for (const std::string_view key :
       {std::string_view("id"), std::string_view("status"), std::string_view("digest"), note_key}) {
    of_a.remove(key);
    of_b.remove(key);
  }
  for (const char* key : {"type", "channel", "priority", "created"}) {
    if (!of_a.has(key)) of_b.remove(key);
    if (!of_b.has(key)) of_a.remove(key);
  }
  return of_a.text() == of_b.text() && first->body == second->body;
}

}  // namespace nightshift::bridges::vault
