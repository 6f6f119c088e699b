// Encodes and decodes canonical content, and lays out the signed texts (docs/formats/digest.md).
#include "messages/canonical.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <initializer_list>

namespace nightshift {
namespace {

constexpr std::string_view content_tag = "nightshift.content.v1\n";
constexpr std::string_view digest_tag = "nightshift.digest.v1\n";
constexpr std::string_view approval_tag = "nightshift.approve.v1";
constexpr std::string_view enrolment_tag = "nightshift.enroll.v1";

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

bool is_field_name(std::string_view name) {
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
  });
}

std::unexpected<Error> damaged(std::string_view what, std::size_t at) {
  return fail(ErrorCode::corrupt, "the canonical content is damaged at byte " + std::to_string(at) +
                                      ": " + std::string(what));
}

/// Cuts what stands before the next `end` off `rest`; nothing if there is no `end`.
std::optional<std::string_view> take_until(std::string_view& rest, char end) {
  const auto at = rest.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const auto taken = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return taken;
}

/// Only the form that `encode` writes: no sign, no leading zero.
std::optional<std::size_t> parse_length(std::string_view digits) {
  std::size_t length = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, length);
  if (error != std::errc() || stopped != end) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  return length;
}

std::string join_lines(std::initializer_list<std::string_view> lines) {
  std::string text;
  for (const auto line : lines) {
    if (!text.empty()) text += '\n';
    text += line;
  }
  return text;
}

}  // namespace

void Canonical::add(std::string_view name, std::string_view value) {
  assert(is_field_name(name));
  fields_.emplace_back(name, value);
}

std::optional<std::string_view> Canonical::find(std::string_view name) const {
  const auto found = std::ranges::find(fields_, name, &std::pair<std::string, std::string>::first);
  if (found == fields_.end()) return std::nullopt;
  return found->second;
}

std::string Canonical::encode() const {
  std::string bytes(content_tag);
  for (const auto& [name, value] : fields_) {
    bytes += name;
    bytes += ' ';
    bytes += std::to_string(value.size());
    bytes += '\n';
    bytes += value;
    bytes += '\n';
  }
  return bytes;
}

Result<Canonical> Canonical::decode(std::string_view bytes) {
  if (!bytes.starts_with(content_tag)) return damaged("the first line is not its tag", 0);
  Canonical content;
  auto rest = bytes.substr(content_tag.size());
  while (!rest.empty()) {
    const auto at = bytes.size() - rest.size();
    const auto name = take_until(rest, ' ');
    if (!name || !is_field_name(*name)) return damaged("a field's name was expected", at);
    const auto digits = take_until(rest, '\n');
    const auto length = digits ? parse_length(*digits) : std::nullopt;
    if (!length) return damaged("a field's length was expected", at);
    if (*length >= rest.size() || rest[*length] != '\n') {
      return damaged("a field does not end where its length says", at);
    }
    content.add(*name, rest.substr(0, *length));
    rest.remove_prefix(*length + 1);
  }
  return content;
}

Digest content_digest(std::string_view canonical_bytes) {
  return sha256({digest_tag, canonical_bytes});
}

std::string approval_text(std::string_view digest_hex, std::string_view decision,
                          std::string_view nonce, std::string_view expiry,
                          std::string_view executor) {
  return join_lines({approval_tag, digest_hex, decision, nonce, expiry, executor});
}

std::string enrolment_text(std::string_view name, std::string_view public_key_base64url,
                           std::string_view nonce, std::string_view node) {
  return join_lines({enrolment_tag, name, public_key_base64url, nonce, node});
}

}  // namespace nightshift
