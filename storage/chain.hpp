// The chain over the log: each batch's head covers the one before and the leaves of its records.
#pragma once

#include "storage/event_log.hpp"

namespace nightshift::storage {

/// The head before the first batch: covers the node's identity.
Digest first_head(std::string_view identity_bytes);

/// The head that a restore puts on top of the one it found: `restoration` is its bytes as stored.
Digest restored_head(std::string_view restoration);

/// `leaves` are the digests of the batch's records, one after the other.
Digest next_head(const Digest& previous, std::uint64_t first_offset, Time written_at,
                 std::string_view leaves);

}  // namespace nightshift::storage
