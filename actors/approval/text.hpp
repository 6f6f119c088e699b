// Texts as people count and see them: code points, control characters, UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nightshift::actors::text {

/// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// Both expect well-formed UTF-8.
std::size_t code_points(std::string_view text);
/// The first `count` code points.
std::string truncated(std::string_view text, std::size_t count);

/// True if there is a control character (C0, DEL, C1), line breaks and tabs included.
bool has_control(std::string_view text);

/// For a person who must not be deceived: control characters and those that reorder or hide text
/// (bidirectional controls, zero-width characters) stand as `<U+202E>`; line breaks and tabs stay.
std::string visible(std::string_view text);

std::string lower(std::string_view ascii);

}  // namespace nightshift::actors::text
