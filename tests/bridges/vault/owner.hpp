// What the owner of a test's node has configured.
#pragma once

#include "runtime/kernel/context.hpp"

namespace nightshift::bridges::vault {

/// One agent, `email`, that takes what holds the word `reply`; the price of one model; the moves of
/// `mara` decide on mails.
kernel::OwnersData owners_data();

}  // namespace nightshift::bridges::vault
