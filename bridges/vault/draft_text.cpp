// Writing a draft: a proposal as a file, and the bridge's own keys in a file of a person.
#include "bridges/vault/draft.hpp"

#include <algorithm>
#include <array>
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
  set_marks(lines, marks);
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

std::string deadline_of(const approval::Proposal& proposal) {
  return proposal.has_deadline() ? to_rfc3339(from_proto(proposal.deadline())) : std::string();
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
  text("deadline", deadline_of(proposal));
  proposal.four_eyes() ? lines.set("four_eyes", "true") : lines.remove("four_eyes");
}

bool says(const FrontMatter& fields, const Marks& marks) { return marks_of(fields) == marks; }

bool says(const FrontMatter& fields, const approval::Proposal& proposal) {
  const auto text = [&](std::string_view key, const std::string& value) {
    return scalar(fields, key).value_or("") == value;
  };
  const auto list = [&](std::string_view key, const auto& items) {
    return std::ranges::equal(texts(fields, key), items);
  };
  return text("title", proposal.title()) && text("subject", proposal.subject()) &&
         text("account", proposal.account()) && list("to", proposal.to()) &&
         list("cc", proposal.cc()) && text("deadline", deadline_of(proposal)) &&
         text("four_eyes", proposal.four_eyes() ? "true" : "");
}

bool is_own_key(std::string_view key) { return is_mark(key) || key == attached_key; }

bool is_content(std::string_view key) {
  constexpr std::array keys{"title", "subject",  "account",   "to",
                            "cc",    "deadline", "four_eyes", "attachments"};
  return std::ranges::find(keys, key) != keys.end() || key == attached_key;
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
  const std::string front_matter = lines.text();

  const auto after = parse_front_matter(front_matter);
  if (!after || !says(*after, marks) || !has_same_keys(*before, *after, is_own_key, is_added)) {
    return cannot_be_marked();
  }
  return with_rulers(front_matter, parts->body, line_end_of(parts->front_matter));
}

Result<std::string> with_content(std::string_view text, const approval::Proposal& proposal,
                                 const Marks& marks) {
  const auto parts = split(text);
  if (!parts) return std::unexpected(parts.error());
  const auto before = parse_front_matter(parts->front_matter);
  if (!before) return std::unexpected(before.error());
  FrontMatterLines lines(parts->front_matter);
  set_fields(lines, proposal);
  if (!lists_what_is_attached(*before, proposal)) set_attached(lines, proposal);
  const std::string front_matter = lines.text();

  const auto after = parse_front_matter(front_matter);
  if (!after || !says(*after, proposal) || !has_same_keys(*before, *after, is_content, is_added)) {
    return cannot_be_marked();
  }
  return with_marks(with_rulers(front_matter, "\n" + proposal.body() + "\n", "\n"), proposal,
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
