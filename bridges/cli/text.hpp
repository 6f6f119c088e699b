// Text for terminals: its width, and nothing in it that could deceive who reads it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift::bridges::cli {

enum class Lines { keep, escape };

/// Replaces by visible escapes whatever a terminal would obey rather than show, or show as nothing:
/// control characters, bidirectional overrides, zero-width and tag characters, bytes that are not
/// UTF-8. With `Lines::keep` line ends stay, CRLF as LF.
std::string sanitise(std::string_view text, Lines lines);

/// Columns that sanitised text takes on a terminal.
std::size_t display_width(std::string_view text);

/// The longest head of sanitised text within `columns`, ending in `…` if something was cut.
std::string cut_to_width(std::string_view text, std::size_t columns);

/// RFC 3339 as local time, to the second; unchanged if it is not a time.
std::string local_time(std::string_view rfc3339);

}  // namespace nightshift::bridges::cli
