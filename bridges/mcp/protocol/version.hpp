// The versions of the protocol that are spoken here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bridges/mcp/protocol/json_view.hpp"

namespace nightshift::bridges::mcp {

enum class Era {
  /// `initialize` opens a session; the server may ask as well.
  session,
  /// Each request says all that there is to say; a result may ask for input.
  stateless,
};

struct Version {
  std::string_view name;
  Era era;
};

/// Newest first. Older sessions than 2025-06-18 are spoken with servers that know no newer one.
std::span<const Version> versions();
/// Null for one that is not spoken here.
const Version* find_version(std::string_view name);
/// The newest of an era.
const Version& newest(Era era);

/// The newest of `names` (an array of texts) of this era that is spoken here; null where none is.
const Version* newest_of(JsonView names, Era era);

}  // namespace nightshift::bridges::mcp
