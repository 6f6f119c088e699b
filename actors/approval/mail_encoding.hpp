// The encodings of mail: encoded words (RFC 2047), quoted-printable and base64 (RFC 2045).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nightshift::actors::mail {

/// Unstructured header text: as it is where it is short plain ASCII, else encoded words (UTF-8, B)
/// on folded lines. `text` is well-formed UTF-8 without control characters.
std::string encode_words(std::string_view text);
/// Undoes `encode_words`; what is no encoded word stays.
std::string decode_words(std::string_view header);

/// `text` with CRLF line breaks; no line is longer than 76 characters.
std::string encode_quoted_printable(std::string_view text);
/// Nothing where it is malformed.
std::optional<std::string> decode_quoted_printable(std::string_view encoded);

/// Lines of 76 characters that end with CRLF.
std::string encode_base64(std::string_view bytes);
/// Line breaks are skipped; nothing where it is malformed.
std::optional<std::string> decode_base64(std::string_view encoded);

}  // namespace nightshift::actors::mail
