// Texts as people see them: what deceives the eye, what must not stand in a line.
#pragma once

#include <string>
#include <string_view>

namespace nightshift::actors::text {

/// True if there is a control character (C0, DEL, C1), line breaks and tabs included.
bool has_control(std::string_view text);

/// For a person who must not be deceived: control characters and those that reorder or hide text
/// (bidirectional controls, zero-width characters) stand as `<U+202E>`; line breaks and tabs stay.
std::string visible(std::string_view text);

std::string lower(std::string_view ascii);

}  // namespace nightshift::actors::text
