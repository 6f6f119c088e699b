// Stems to ids, conflict names, UTF-8.
#include "bridges/vault/names.hpp"

#include <algorithm>

#include "messages/crypto.hpp"
#include "messages/ids.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::size_t id_bytes_max = 128;
constexpr std::size_t hash_digits = 8;
constexpr std::string_view extension = ".md";
constexpr std::string_view conflict_mark = ".conflict-";

std::string short_hash(std::string_view bytes) {
  return to_hex(as_bytes(sha256(bytes))).substr(0, hash_digits);
}

bool is_id_letter(char c) { return is_id(std::string_view(&c, 1)); }

/// Bytes of the code point that begins `text`; 0 where it is not UTF-8.
std::size_t code_point_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t count = lead < 0x80   ? 1
                            : lead < 0xC2 ? 0
                            : lead < 0xE0 ? 2
                            : lead < 0xF0 ? 3
                            : lead < 0xF5 ? 4
                                          : 0;
  if (count == 0 || count > text.size()) return 0;
  for (std::size_t i = 1; i < count; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool outside = (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
  return overlong || outside ? 0 : count;
}

}  // namespace

std::string id_of_stem(std::string_view stem) {
  if (is_id(stem)) return std::string(stem);
  std::string slug;
  for (const char c : stem) {
    if (is_id_letter(c)) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '_') {
      slug += '_';
    }
  }
  slug.resize(std::min(slug.size(), id_bytes_max - hash_digits - 1));
  while (!slug.empty() && slug.back() == '_') slug.pop_back();
  return (slug.empty() ? "file" : slug) + "-" + short_hash(stem);
}

std::string numbered_stem(std::string_view stem, unsigned n) {
  const std::string suffix = "-" + std::to_string(n);
  if (is_id(stem)) stem = stem.substr(0, id_bytes_max - suffix.size());
  return std::string(stem) + suffix;
}

bool is_draft_name(std::string_view name) {
  if (name.starts_with('.') || !name.ends_with(extension)) return false;
  const std::string_view stem = stem_of(name);
  const auto mark = stem.rfind(conflict_mark);
  return mark == std::string_view::npos ||
         mark + conflict_mark.size() + hash_digits != stem.size() ||
         stem.find_first_not_of("0123456789abcdef", mark + conflict_mark.size()) !=
             std::string_view::npos;
}

std::string_view stem_of(std::string_view name) {
  return name.ends_with(extension) ? name.substr(0, name.size() - extension.size()) : name;
}

std::string conflict_name(std::string_view name, std::string_view content) {
  constexpr std::size_t name_bytes_max = 255;
  const std::string suffix =
      std::string(conflict_mark) + short_hash(content) + std::string(extension);
  return std::string(stem_of(name).substr(0, name_bytes_max - suffix.size())) + suffix;
}

bool is_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = code_point_bytes(text);
    if (bytes == 0 || text.front() == '\0') return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::size_t code_points(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string printable(std::string_view text) {
  constexpr std::size_t bytes_max = 200;
  std::string out;
  while (!text.empty() && out.size() < bytes_max) {
    const std::size_t bytes = code_point_bytes(text);
    const auto first = static_cast<unsigned char>(text.front());
    const bool shown = bytes > 0 && first >= 0x20 && first != 0x7F;
    out += shown ? text.substr(0, bytes) : "?";
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return text.empty() ? out : out + "...";
}

}  // namespace nightshift::bridges::vault
