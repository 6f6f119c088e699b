// What is checked of a command before its entity hears of it.
#pragma once

#include "runtime/catalog.hpp"
#include "runtime/node.hpp"

namespace nightshift::runtime::host {

/// `unknown_kind`, `unknown_command`, `forbidden` where the caller lacks the scope; what the schema
/// says about ids and fields.
Result<void> inspect(const Catalog& catalog, const Command& command);

}  // namespace nightshift::runtime::host
