// The files of this machine that the arguments of a call name, by what is in them.
#pragma once

#include <string>
#include <vector>

#include "bridges/mcp/protocol/json_view.hpp"

namespace nightshift::bridges::mcp {

inline constexpr std::size_t named_files_max = 32;
inline constexpr std::size_t named_files_bytes_max = 256u << 20;  // all of them together

/// What stands in the place of a digest where there is no such file, but a folder for it.
inline constexpr std::string_view absent_file = "absent";

struct NamedFile {
  /// As the arguments name it.
  std::string name;
  /// SHA-256 in hex, or `absent_file`.
  std::string digest;
};

/// Looks at each text of `arguments`, at any depth, that is an absolute path, a `file:` address, or
/// where `folder` is not empty, the name of a file that is there. Folders, devices and the like are
/// not files. Each once, in their order. `too_large` beyond the bounds, `forbidden` where a file
/// cannot be read or lies in `closed` (the node's own data).
Result<std::vector<NamedFile>> named_files(JsonView arguments, const std::string& folder,
                                           const std::string& closed);

}  // namespace nightshift::bridges::mcp
