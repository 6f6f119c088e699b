// A page of which some parts are the node's and the rest is people's. Format: docs/formats/logs.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridges/vault/errors_log.hpp"
#include "bridges/vault/files.hpp"
#include "messages/time.hpp"

namespace nightshift::bridges::vault {

/// Between `<!-- nightshift:NAME HASH -->` and `<!-- /nightshift:NAME -->`; the hash is that of
/// what the node wrote there.
struct Block {
  std::string name;
  /// Stands above a block that is not on the page yet: `## Updates`.
  std::string heading;
  std::string content;
};

/// `page` with these blocks, each where it was, else at the end.
std::string with_blocks(std::string_view page, const std::vector<Block>& blocks);

/// True if somebody else wrote into one of these blocks.
bool has_strangers_words(std::string_view page, const std::vector<Block>& blocks);

/// Brings the page at `path` (relative to the vault) up to date; a new one begins with `head`.
/// Where somebody wrote into a block, the page as it was is kept beside it, and told. `conflict` if
/// a person was faster.
Result<void> write_blocks(Time now, const Folder& root, ErrorsLog& errors, const std::string& path,
                          std::string_view head, const std::vector<Block>& blocks);

}  // namespace nightshift::bridges::vault
