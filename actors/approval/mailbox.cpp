// Reads and writes mailboxes.
#include "actors/approval/mailbox.hpp"

#include <algorithm>

#include "actors/approval/mail_encoding.hpp"
#include "actors/approval/text.hpp"
#include "messages/utf8.hpp"

namespace nightshift::actors::mail {
namespace {

constexpr std::size_t address_bytes_max = 254;
/// What is shorter stands on one line, with room for the field's name.
constexpr std::size_t line_bytes_max = 66;
constexpr std::string_view blanks = " \t";

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_atom(char c) {
  return is_alphanumeric(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c);
}

bool is_dot_atom(std::string_view text) {
  const auto fits = [](char c) { return c == '.' || is_atom(c); };
  return !text.empty() && std::ranges::all_of(text, fits) && !text.starts_with('.') &&
         !text.ends_with('.') && !text.contains("..");
}

bool is_address(std::string_view text) {
  const auto at = text.rfind('@');
  return at != text.npos && text.size() <= address_bytes_max && is_dot_atom(text.substr(0, at)) &&
         is_dot_atom(text.substr(at + 1));
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<std::string> unquoted(std::string_view name) {
  if (!name.starts_with('"')) {
    if (name.find_first_of("\",@<>;:\\") != name.npos) return std::nullopt;
    return std::string(name);
  }
  if (name.size() < 2 || !name.ends_with('"')) return std::nullopt;
  name = name.substr(1, name.size() - 2);
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '"') return std::nullopt;
    if (name[i] == '\\' && ++i == name.size()) return std::nullopt;
    result += name[i];
  }
  return result;
}

/// A phrase of atoms, a quoted string, or encoded words.
std::string write_name(const std::string& name) {
  const auto encoded = encode_words(name);
  if (encoded != name) return encoded;
  const auto plain = [](char c) { return c == ' ' || is_atom(c); };
  if (std::ranges::all_of(name, plain)) return name;
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::optional<Mailbox> parse_mailbox(std::string_view text) {
  if (!is_utf8(text) || text::has_control(text)) return std::nullopt;
  text = trimmed(text);
  if (!text.ends_with('>')) {
    if (!is_address(text)) return std::nullopt;
    return Mailbox{.name = {}, .address = std::string(text)};
  }
  const auto bracket = text.rfind('<');
  if (bracket == text.npos) return std::nullopt;
  const auto address = text.substr(bracket + 1, text.size() - bracket - 2);
  auto name = unquoted(trimmed(text.substr(0, bracket)));
  if (!name || !is_address(address)) return std::nullopt;
  return Mailbox{.name = std::move(*name), .address = std::string(address)};
}

Mailbox mailbox_of(const std::string& text, std::string_view stand_in) {
  if (auto mailbox = parse_mailbox(text)) return *mailbox;
  std::string local(stand_in);
  std::ranges::replace(local, '.', '-');
  return {.name = text, .address = local + "@nightshift.invalid"};
}

std::string write_mailbox(const Mailbox& mailbox) {
  if (mailbox.name.empty()) return mailbox.address;
  const auto name = write_name(mailbox.name);
  const bool one_line = name.size() + mailbox.address.size() < line_bytes_max;
  return name + (one_line ? " <" : "\r\n <") + mailbox.address + ">";
}

}  // namespace nightshift::actors::mail
