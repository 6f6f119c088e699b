// The chain over the log: each batch's head covers the one before and the leaves of its records.
#pragma once

#include "storage/event_log.hpp"

namespace nightshift::storage {

/// The head before the first batch: covers the node's identity.
Digest first_head(std::string_view identity_bytes);

/// `leaves` are the digests of the batch's records, one after the other.
Digest next_head(const Digest& previous, std::uint64_t first_offset, Time written_at,
                 std::string_view leaves);

}  // namespace nightshift::storage
