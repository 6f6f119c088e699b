// Checks and text forms of names.
#include "messages/ids.hpp"

#include <algorithm>

namespace nightshift {
namespace {

constexpr std::size_t id_bytes_max = 128;

constexpr bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= id_bytes_max && std::ranges::all_of(text, is_id_character);
}

std::string to_string(const EntityRef& entity) { return entity.kind + '/' + entity.id; }

std::optional<EntityRef> parse_entity(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto kind = text.substr(0, slash);
  const auto id = text.substr(slash + 1);
  if (!is_id(kind) || !is_id(id)) return std::nullopt;
  return EntityRef{std::string(kind), std::string(id)};
}

}  // namespace nightshift
