// Reading a draft: front matter and body become a proposal.
#include "bridges/vault/draft.hpp"

#include <algorithm>
#include <cctype>

#include "bridges/vault/layout.hpp"
#include "bridges/vault/names.hpp"
#include "messages/time.hpp"
#include "messages/utf8.hpp"

namespace nightshift::bridges::vault {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Without blank lines before it and white space after it.
std::string_view body_of(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  const auto line = text.rfind('\n', first);
  text.remove_prefix(line == std::string_view::npos ? 0 : line + 1);
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

std::string_view first_heading(std::string_view body) {
  while (!body.empty()) {
    const auto end = std::min(body.find('\n'), body.size());
    const std::string_view line = body.substr(0, end);
    const auto hashes = std::min(line.find_first_not_of('#'), line.size());
    if (hashes > 0 && hashes <= 6 && hashes < line.size() && line[hashes] == ' ') {
      return trimmed(line.substr(hashes));
    }
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return {};
}

/// Cut to what lists show of a title.
std::string_view first_line(std::string_view body) {
  constexpr std::size_t shown_max = 60;
  const std::string_view line = trimmed(body.substr(0, body.find('\n')));
  std::size_t bytes = 0;
  std::size_t characters = 0;
  for (; bytes < line.size(); ++bytes) {
    const bool begins = (static_cast<unsigned char>(line[bytes]) & 0xC0) != 0x80;
    if (begins && ++characters > shown_max) break;
  }
  return line.substr(0, bytes);
}

/// `a@x, "Doe, John" <j@x>` as two: commas inside quotes and angle brackets do not part.
std::vector<std::string> addresses(const FrontMatter& fields, std::string_view key) {
  std::vector<std::string> all;
  for (const auto& text : texts(fields, key)) {
    std::string one;
    bool quoted = false;
    bool bracketed = false;
    const auto flush = [&] {
      if (const auto address = trimmed(one); !address.empty()) all.emplace_back(address);
      one.clear();
    };
    for (const char c : text) {
      if (c == '"') quoted = !quoted;
      if (c == '<') bracketed = true;
      if (c == '>') bracketed = false;
      if (c == ',' && !quoted && !bracketed) {
        flush();
      } else {
        one += c;
      }
    }
    flush();
  }
  return all;
}

std::string media_type_of(std::string_view path) {
  struct Type {
    std::string_view ending, type;
  };
  static constexpr Type types[] = {
      {".pdf", "application/pdf"}, {".png", "image/png"},         {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},     {".gif", "image/gif"},         {".webp", "image/webp"},
      {".txt", "text/plain"},      {".md", "text/markdown"},      {".csv", "text/csv"},
      {".html", "text/html"},      {".json", "application/json"}, {".zip", "application/zip"},
  };
  const auto* found =
      std::ranges::find_if(types, [&](const Type& type) { return path.ends_with(type.ending); });
  return std::string(found == std::end(types) ? "application/octet-stream" : found->type);
}

std::string file_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

Result<void> add_attachments(const FrontMatter& fields, const ReadBeneath& read,
                             approval::Propose& content) {
  const auto paths = texts(fields, "attachments");
  if (paths.size() > attachments_max) {
    return fail(ErrorCode::too_large, "the draft names " + std::to_string(paths.size()) +
                                          " attachments; at most 16 are taken");
  }
  std::size_t left = attachment_bytes_max;
  for (const auto& path : paths) {
    auto bytes = read(path, left);
    if (!bytes) {
      return fail(bytes.error().code,
                  "attachment '" + printable(path) + "': " + std::string(bytes.error().message()));
    }
    left -= bytes->size();
    auto& attachment = *content.add_attachments();
    attachment.set_name(file_name(path));
    attachment.set_media_type(media_type_of(path));
    attachment.set_bytes(std::move(*bytes));
  }
  return {};
}

/// The channel decides how long the text may be; on Social it also names the account, so that the
/// digest covers which network is meant.
Result<void> check_channel(const FrontMatter& fields, const Place& place,
                           approval::Propose& content) {
  const bool social = place.category == approval::CATEGORY_SOCIAL;
  const auto word = scalar(fields, "channel");
  auto channel = word ? find_channel(*word) : std::nullopt;
  const std::string folder(folder_of(place.category).folder);
  if (social && word && *word != "social" && !channel) {
    return fail(ErrorCode::invalid,
                "the channel '" + printable(*word) +
                    "' is unknown; write x, facebook, instagram or linkedin",
                "channel");
  }
  if (channel && !social && channel->category != place.category) {
    return fail(ErrorCode::invalid,
                "the channel is '" + std::string(channel->word) + "' but the file lies in " +
                    folder + "/; move the file or change the channel",
                "channel");
  }
  if (!channel && social) channel = channel_of_stem(stem_of(place.name));
  if (!channel) channel = find_channel(social ? "facebook" : folder_of(place.category).word);
  const std::size_t length = utf8_code_points(content.body());
  if (channel->code_points_max > 0 && length > channel->code_points_max) {
    return fail(ErrorCode::too_large,
                "the text has " + std::to_string(length) + " characters; " +
                    std::string(channel->word) + " takes " +
                    std::to_string(channel->code_points_max) + ", so shorten it",
                "body");
  }
  if (social && content.account().empty() && (word || channel_of_stem(stem_of(place.name)))) {
    content.set_account(std::string(channel->word));
  }
  return {};
}

Result<void> add_conditions(const FrontMatter& fields, approval::Propose& content) {
  if (const auto text = scalar(fields, "deadline")) {
    const auto time = from_rfc3339(*text);
    if (!time) {
      return fail(ErrorCode::invalid,
                  "the deadline '" + printable(*text) +
                      "' is not a time; write it like 2026-11-21T07:00:00Z",
                  "deadline");
    }
    *content.mutable_deadline() = to_proto(*time);
  }
  if (const auto text = scalar(fields, "four_eyes")) {
    if (*text != "true" && *text != "false") {
      return fail(ErrorCode::invalid, "four_eyes must be true or false", "four_eyes");
    }
    content.set_four_eyes(*text == "true");
  }
  const auto action = fields.find("action");
  if (action != fields.end() && action->second.shape != Value::Shape::scalar) {
    return fail(ErrorCode::invalid,
                "a file cannot name an action of its own; leave 'action' out to use the outbox, or "
                "propose it over HTTP",
                "action");
  }
  return {};
}

}  // namespace

Result<Draft> read_draft(std::string_view text, const Place& place, const ReadBeneath& read) {
  if (text.size() > draft_bytes_max) {
    return fail(ErrorCode::too_large, "the file is larger than 1 MiB");
  }
  if (!is_text(text)) {
    return fail(ErrorCode::invalid, "the file is not UTF-8 text; save it as UTF-8");
  }
  const auto parts = split(text);
  if (!parts) return std::unexpected(parts.error());
  const auto fields = parse_front_matter(parts->front_matter);
  if (!fields) return std::unexpected(fields.error());

  Draft draft;
  auto& content = draft.content;
  content.set_category(place.category);
  content.set_file(place.path);
  content.set_body(std::string(body_of(parts->body)));
  content.set_subject(scalar(*fields, "subject").value_or(""));
  content.set_account(scalar(*fields, "account").value_or(""));
  for (auto& address : addresses(*fields, "to")) content.add_to(std::move(address));
  for (auto& address : addresses(*fields, "cc")) content.add_cc(std::move(address));

  auto title = scalar(*fields, "title").value_or(content.subject());
  if (title.empty()) title = printable(first_heading(content.body()));
  if (title.empty()) title = printable(first_line(content.body()));
  if (title.empty()) title = printable(stem_of(place.name));
  content.set_title(std::move(title));

  draft.marks = marks_of(*fields);

  draft.lists_attachments = fields->contains("attachments") || !fields->contains(attached_key);

  if (auto ok = check_channel(*fields, place, content); !ok) return std::unexpected(ok.error());
  if (auto ok = add_conditions(*fields, content); !ok) return std::unexpected(ok.error());
  if (auto ok = add_attachments(*fields, read, content); !ok) return std::unexpected(ok.error());
  return draft;
}

Change compare(const Draft& draft, const approval::Proposal& proposal) {
  using Edit = approval::Edit;
  const auto& file = draft.content;
  Change change;
  const auto text = [&](const std::string& now, std::string_view before, auto set) {
    if (now == before) return;
    (change.edit.*set)(now);
    change.any = true;
  };
  text(file.title(), proposal.title(),
       static_cast<void (Edit::*)(const std::string&)>(&Edit::set_title));
  text(file.body(), body_of(proposal.body()),
       static_cast<void (Edit::*)(const std::string&)>(&Edit::set_body));
  text(file.subject(), proposal.subject(),
       static_cast<void (Edit::*)(const std::string&)>(&Edit::set_subject));
  text(file.account(), proposal.account(),
       static_cast<void (Edit::*)(const std::string&)>(&Edit::set_account));

  const auto list = [&](const auto& now, bool same, auto* target, Edit::Field field) {
    if (same) return;
    change.any = true;
    if (now.empty()) return change.edit.add_clear(field);
    *target = now;
  };
  list(file.to(), std::ranges::equal(file.to(), proposal.to()), change.edit.mutable_to(),
       Edit::FIELD_TO);
  list(file.cc(), std::ranges::equal(file.cc(), proposal.cc()), change.edit.mutable_cc(),
       Edit::FIELD_CC);
  // A proposal from elsewhere has no paths of the vault: its file lists none until a person does.
  const bool compared =
      draft.lists_attachments && (!proposal.file().empty() || file.attachments_size() > 0);
  list(file.attachments(),
       !compared || std::ranges::equal(file.attachments(), proposal.attachments(), {},
                                       &approval::Attachment::name, &approval::Attachment::name),
       change.edit.mutable_attachments(), Edit::FIELD_ATTACHMENTS);

  if (file.has_deadline() != proposal.has_deadline() ||
      from_proto(file.deadline()) != from_proto(proposal.deadline())) {
    change.any = true;
    if (file.has_deadline()) {
      *change.edit.mutable_deadline() = file.deadline();
    } else {
      change.edit.add_clear(Edit::FIELD_DEADLINE);
    }
  }
  if (file.four_eyes() && !proposal.four_eyes()) {
    change.edit.set_four_eyes(true);
    change.any = true;
  }
  change.takes_four_eyes_away = !file.four_eyes() && proposal.four_eyes();
  return change;
}

}  // namespace nightshift::bridges::vault
