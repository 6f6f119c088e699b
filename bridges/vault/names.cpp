// Stems to ids, conflict names, text.
#include "bridges/vault/names.hpp"

#include <algorithm>

#include "messages/crypto.hpp"
#include "messages/ids.hpp"
#include "messages/utf8.hpp"

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

bool is_text(std::string_view text) { return is_utf8(text) && text.find('\0') == text.npos; }

std::string printable(std::string_view text) {
  constexpr std::size_t bytes_max = 200;
  std::string out;
  while (!text.empty() && out.size() < bytes_max) {
    const std::size_t bytes = utf8_character_bytes(text);
    const auto first = static_cast<unsigned char>(text.front());
    const bool shown = bytes > 0 && first >= 0x20 && first != 0x7F;
    out += shown ? text.substr(0, bytes) : "?";
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return text.empty() ? out : out + "...";
}

}  // namespace nightshift::bridges::vault
