// What every kind promises, tested for each without a line of its own.
#pragma once

#include "runtime/kernel/kind.hpp"

namespace nightshift::tests {

/// The kind's lists and its schema agree, both ways: every message that is marked as a command, an
/// event or a phase is listed, and every listed one is marked; names and words are usable.
void check_schema(const kernel::Kind& kind);

/// Random walks (wanderer.hpp): any command from any reachable state neither throws nor mutates,
/// every decided event can be folded, replayed state = live state = restored state, work is stable.
/// A failure names the seed; NIGHTSHIFT_SEED=N runs that walk alone, NIGHTSHIFT_SEEDS how many.
void check_walks(const kernel::Kind& kind);

/// `tests/golden/lifecycle/KIND.txt` and, if the kind is the product's, its page
/// `docs/reference/lifecycle/KIND.md` are those of the code; random walks reach every cell.
void check_lifecycle(const kernel::Kind& kind, bool documented);

}  // namespace nightshift::tests
