// What the journal says of one draft, as far as its file needs it.
#pragma once

#include <optional>
#include <string>

#include "bridges/vault/draft.hpp"
#include "messages/draft.pb.h"
#include "runtime/node.hpp"

namespace nightshift::bridges::vault {

inline constexpr const char* draft_kind = "draft";

struct DraftStanding {
  std::string id;
  std::string status;
  std::uint64_t sequence = 0;
  /// As the file of an approval shows it: the one becomes the other.
  approval::Proposal shown;
  Marks marks;

  bool can_be_edited() const { return status == "drafted" || status == "refused"; }
  std::string file_name() const { return id + ".md"; }
};

/// Nothing if there is no such draft, or if it was archived.
Result<std::optional<DraftStanding>> read_draft_standing(const runtime::Node& node,
                                                         const std::string& id);

/// What a draft said when its digest was this, as `shown`; nothing if it never was.
Result<std::optional<approval::Proposal>> read_draft_revision(const runtime::Node& node,
                                                              const std::string& id,
                                                              const std::string& digest);

}  // namespace nightshift::bridges::vault
