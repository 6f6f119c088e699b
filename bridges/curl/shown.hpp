// A text from outside, made fit for people and the journal.
#pragma once

#include <string>
#include <string_view>

namespace nightshift::bridges {

/// The first 200 bytes in one line of UTF-8, without control characters, as it may stand in
/// evidence.
std::string shown(std::string_view text);

}  // namespace nightshift::bridges
