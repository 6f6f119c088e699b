// The same example without anybody's words.
#pragma once

#include "runtime/history/example.hpp"

namespace nightshift::runtime::history {

/// Letters become `x`, digits `0`, in every text: names, addresses, contents, keys, ids. Lengths,
/// spaces and punctuation stay; what was the same is the same, what was not is not. Times, numbers,
/// models, error names, signatures and public keys stay. Commands are decided again on the texts
/// that result; what was signed is given, for nobody signed these. `bug` where the kind cannot fold
/// what results.
Result<Example> redacted(const Example& example, const Catalog& catalog);

}  // namespace nightshift::runtime::history
