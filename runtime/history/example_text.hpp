// An example as a file: docs/formats/test.md.
#pragma once

#include <string>
#include <string_view>

#include "runtime/history/example.hpp"

namespace nightshift::runtime::history {

/// `comment` is said at the top.
std::string to_text(const Example& example, std::string_view comment);

/// `invalid` where it is no such file, naming the line, and where it names a kind, a command, an
/// event or a field that this program does not have.
Result<Example> example_from_text(std::string_view text, const Catalog& catalog);

}  // namespace nightshift::runtime::history
