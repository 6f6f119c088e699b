// Names of entities and positions in a log.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift {

/// `[A-Za-z0-9._-]{1,128}`.
bool is_id(std::string_view text);

/// `KIND/ID`. Both parts are ids.
struct EntityRef {
  std::string kind;
  std::string id;

  auto operator<=>(const EntityRef&) const = default;
};

std::string to_string(const EntityRef& entity);
/// Nothing unless both parts are ids.
std::optional<EntityRef> parse_entity(std::string_view text);

/// A place in a log. Offsets count records from 1; 0 stands before the first.
struct Position {
  std::string log_id;
  std::uint64_t offset = 0;
};

}  // namespace nightshift

template <>
struct std::hash<nightshift::EntityRef> {
  std::size_t operator()(const nightshift::EntityRef& entity) const noexcept {
    return std::hash<std::string>{}(entity.id) * 31 + std::hash<std::string>{}(entity.kind);
  }
};
