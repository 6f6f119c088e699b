// Reads a mail that `write` made.
#include <optional>

#include "actors/approval/mail_encoding.hpp"
#include "actors/approval/mail_message.hpp"
#include "messages/crypto.hpp"

namespace nightshift::actors::mail {
namespace {

constexpr std::string_view crlf = "\r\n";

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Takes the headers and the empty line off the front; values keep their folds.
std::optional<Headers> take_headers(std::string_view& text) {
  Headers headers;
  while (!text.starts_with(crlf)) {
    auto end = text.find(crlf);
    while (end != text.npos && text.substr(end + 2).starts_with(' '))
      end = text.find(crlf, end + 2);
    if (end == text.npos) return std::nullopt;
    const auto line = text.substr(0, end);
    const auto colon = line.find(": ");
    if (colon == line.npos) return std::nullopt;
    headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    text.remove_prefix(end + crlf.size());
  }
  text.remove_prefix(crlf.size());
  return headers;
}

std::string_view value_of(const Headers& headers, std::string_view name) {
  for (const auto& [known, value] : headers) {
    if (known == name) return value;
  }
  return {};
}

std::optional<std::string> decode_part(const Headers& headers, std::string_view part) {
  const auto encoding = value_of(headers, "Content-Transfer-Encoding");
  if (encoding == "base64") return decode_base64(part);
  if (encoding == "quoted-printable") return decode_quoted_printable(part);
  if (encoding == "8bit" || encoding == "7bit") return std::string(part);
  return std::nullopt;
}

std::optional<std::string> read_text(const Headers& headers, std::string_view part) {
  const auto lines = decode_part(headers, part);
  if (!lines || !lines->ends_with(crlf)) return std::nullopt;
  std::string text;
  for (const char c : lines->substr(0, lines->size() - crlf.size())) {
    if (c != '\r') text += c;
  }
  return text;
}

std::optional<std::string> read_file_name(std::string_view disposition) {
  constexpr std::string_view begin = "attachment; filename*=UTF-8''";
  if (!disposition.starts_with(begin)) return std::nullopt;
  std::string name(disposition.substr(begin.size()));
  for (auto at = name.find('%'); at != name.npos; at = name.find('%', at + 1)) {
    const auto byte = from_hex(std::string_view(name).substr(at + 1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    name.replace(at, 3, *byte);
  }
  return name;
}

std::optional<Attachment> read_attachment(std::string_view part) {
  const auto headers = take_headers(part);
  if (!headers) return std::nullopt;
  auto name = read_file_name(value_of(*headers, "Content-Disposition"));
  auto bytes = decode_part(*headers, part);
  if (!name || !bytes) return std::nullopt;
  return Attachment{.name = std::move(*name),
                    .media_type = std::string(value_of(*headers, "Content-Type")),
                    .bytes = std::move(*bytes)};
}

/// The parts between the lines of a boundary; empty where the last line is missing.
std::vector<std::string_view> split_parts(std::string_view text, std::string_view boundary) {
  const auto line = "--" + std::string(boundary);
  const auto next = std::string(crlf) + line;
  if (!text.starts_with(line + "\r\n")) return {};
  std::vector<std::string_view> parts;
  text.remove_prefix(line.size() + crlf.size());
  for (auto end = text.find(next); end != text.npos; end = text.find(next)) {
    parts.push_back(text.substr(0, end + crlf.size()));
    text.remove_prefix(end + next.size());
    if (text == "--\r\n") return parts;
    if (!text.starts_with(crlf)) return {};
    text.remove_prefix(crlf.size());
  }
  return {};
}

bool read_content(const Headers& headers, std::string_view text, Reading& reading) {
  constexpr std::string_view multipart = "multipart/mixed; boundary=\"";
  auto type = value_of(headers, "Content-Type");
  if (!type.starts_with(multipart)) {
    auto body = read_text(headers, text);
    reading.body = body.value_or("");
    return body.has_value();
  }
  type.remove_prefix(multipart.size());
  const auto parts = split_parts(text, type.substr(0, type.size() - 1));
  if (parts.empty()) return false;
  auto first = parts.front();
  const auto first_headers = take_headers(first);
  const auto body = first_headers ? read_text(*first_headers, first) : std::nullopt;
  if (!body) return false;
  reading.body = *body;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    auto attachment = read_attachment(parts[i]);
    if (!attachment) return false;
    reading.attachments.push_back(std::move(*attachment));
  }
  return true;
}

}  // namespace

Result<Reading> read(std::string_view message) {
  const auto headers = take_headers(message);
  if (!headers) return fail(ErrorCode::corrupt, "the message's header cannot be read", "message");
  Reading reading{.date = std::string(value_of(*headers, "Date")),
                  .subject = decode_words(value_of(*headers, "Subject")),
                  .body = {},
                  .attachments = {}};
  if (!read_content(*headers, message, reading)) {
    return fail(ErrorCode::corrupt, "the message's content cannot be read", "message");
  }
  return reading;
}

}  // namespace nightshift::actors::mail
