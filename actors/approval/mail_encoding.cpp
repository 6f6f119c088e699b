// Encodes and decodes the parts of a mail.
#include "actors/approval/mail_encoding.hpp"

#include <algorithm>
#include <cstdint>

#include "messages/crypto.hpp"

namespace nightshift::actors::mail {
namespace {

constexpr std::string_view crlf = "\r\n";
constexpr std::string_view word_begin = "=?UTF-8?B?";
constexpr std::string_view word_end = "?=";
/// Plain header text up to this length stands on one line.
constexpr std::size_t plain_bytes_max = 66;
/// So many bytes make an encoded word of 64 characters: room for the field's name before it.
constexpr std::size_t word_bytes_max = 39;
constexpr std::size_t line_bytes_max = 76;

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_plain(std::string_view text) {
  const auto plain = [](char c) { return c >= ' ' && c <= '~'; };
  return text.size() <= plain_bytes_max && std::ranges::all_of(text, plain) &&
         !text.contains("=?") && !text.starts_with(' ') && !text.ends_with(' ');
}

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<std::uint8_t>(bytes[i]) : 0;
}

std::string base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto group = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    text += alphabet[group >> 18];
    text += alphabet[group >> 12 & 63];
    text += i + 1 < bytes.size() ? alphabet[group >> 6 & 63] : '=';
    text += i + 2 < bytes.size() ? alphabet[group & 63] : '=';
  }
  return text;
}

/// Cuts after at most `bytes` bytes, not within a code point.
std::size_t cut_before(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text.size();
  while ((byte_at(text, bytes) & 0xC0) == 0x80) --bytes;
  return bytes;
}

}  // namespace

std::string encode_words(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string header;
  while (!text.empty()) {
    const auto size = cut_before(text, word_bytes_max);
    if (!header.empty()) header.append(crlf).append(" ");
    header.append(word_begin).append(base64(text.substr(0, size))).append(word_end);
    text.remove_prefix(size);
  }
  return header;
}

std::string decode_words(std::string_view header) {
  std::string text;
  while (!header.empty()) {
    const auto begin = header.find(word_begin);
    const auto end =
        begin == header.npos ? begin : header.find(word_end, begin + word_begin.size());
    if (end == header.npos) return text.append(header);
    text.append(header.substr(0, begin));
    const auto first = begin + word_begin.size();
    text.append(decode_base64(header.substr(first, end - first)).value_or(""));
    header.remove_prefix(end + word_end.size());
    if (header.starts_with("\r\n =?")) header.remove_prefix(crlf.size() + 1);
  }
  return text;
}

std::string encode_quoted_printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with(crlf)) {
      encoded.append(crlf);
      column = 0;
      ++i;
      continue;
    }
    const auto byte = byte_at(text, i);
    const auto next = text.substr(i + 1);
    const bool blank = byte == ' ' || byte == '\t';
    const bool last = next.empty() || next.starts_with(crlf);
    const bool literal = blank ? !last : byte > ' ' && byte <= '~' && byte != '=';
    const std::size_t width = literal ? 1 : 3;
    if (column + width >= line_bytes_max) {
      encoded.append("=").append(crlf);
      column = 0;
    }
    column += width;
    if (literal) {
      encoded += text[i];
    } else {
      encoded.append("=") += digits[byte >> 4];
      encoded += digits[byte & 15];
    }
  }
  return encoded;
}

std::optional<std::string> decode_quoted_printable(std::string_view encoded) {
  std::string text;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] != '=') {
      text += encoded[i];
      continue;
    }
    const auto two = encoded.substr(i + 1, 2);
    if (two != crlf) {
      const auto byte = from_hex(two);
      if (!byte || byte->size() != 1) return std::nullopt;
      text.append(*byte);
    }
    i += 2;
  }
  return text;
}

std::string encode_base64(std::string_view bytes) {
  std::string lines;
  const auto text = base64(bytes);
  for (std::size_t i = 0; i < text.size(); i += line_bytes_max) {
    lines.append(text, i, line_bytes_max).append(crlf);
  }
  return lines;
}

std::optional<std::string> decode_base64(std::string_view encoded) {
  std::string bytes;
  std::uint32_t group = 0;
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (const char c : encoded) {
    if (c == '\r' || c == '\n') continue;
    const auto digit = alphabet.find(c);
    if (c == '=' ? digits % 4 < 2 : digit == alphabet.npos || padding > 0) return std::nullopt;
    padding += c == '=';
    group = group << 6 | (c == '=' ? 0 : static_cast<std::uint32_t>(digit));
    if (++digits % 4 != 0) continue;
    const std::size_t count = 3 - padding;
    for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(group >> (16 - 8 * i));
    group = 0;
  }
  if (digits % 4 != 0 || padding > 2) return std::nullopt;
  return bytes;
}

}  // namespace nightshift::actors::mail
