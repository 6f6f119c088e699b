// How large what we read and write may be.
#pragma once

#include <cstddef>

namespace nightshift::bridges::git {

/// Of one object, unpacked; a larger file is left out of a commit, and told.
inline constexpr std::size_t object_bytes_max = 32u << 20;
inline constexpr std::size_t pack_objects_max = 2'000'000;
/// Received in one round.
inline constexpr std::size_t received_bytes_max = 2u << 30;
/// Of a tree with all that is below it.
inline constexpr std::size_t tree_files_max = 200'000;
inline constexpr std::size_t tree_depth_max = 32;
inline constexpr std::size_t path_bytes_max = 1'024;
inline constexpr std::size_t name_bytes_max = 255;
/// A text is merged by lines up to here; larger ones are both kept.
inline constexpr std::size_t merged_text_bytes_max = 4u << 20;
/// How often a round begins anew because the remote was faster.
inline constexpr int attempts_max = 8;

}  // namespace nightshift::bridges::git
