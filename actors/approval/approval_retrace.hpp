// What an approval was asked, from its events.
#pragma once

#include <memory>

#include "runtime/kernel/retrace.hpp"

namespace nightshift::actors {

/// Exact but for an edit, which is put as one that names every field.
std::unique_ptr<kernel::Retrace> retrace_approval();

}  // namespace nightshift::actors
