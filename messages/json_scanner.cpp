// The grammar of JSON's tokens.
#include "messages/json_scanner.hpp"

#include <charconv>
#include <limits>
#include <optional>

#include "messages/json_plain.hpp"
#include "messages/utf8.hpp"

namespace nightshift::detail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <class Number>
std::optional<Number> parse(std::string_view digits) {
  Number number{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

}  // namespace

char JsonScanner::peek() {
  while (more() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
    ++at_;
  }
  return more() ? text_[at_] : '\0';
}

bool JsonScanner::take(char c) {
  peek();
  return skip(c);
}

bool JsonScanner::skip(char c) {
  if (!next_is(c)) return false;
  ++at_;
  return true;
}

bool JsonScanner::take_word(std::string_view word) {
  peek();
  if (!text_.substr(at_).starts_with(word)) return false;
  at_ += word.size();
  return true;
}

bool JsonScanner::take_text(std::string_view& text) {
  if (!take('"')) return false;
  const auto start = at_;
  at_ += plain_prefix(text_.substr(at_));
  if (next_is('"')) {  // nearly always: nothing to change, nothing to copy
    text = text_.substr(start, at_++ - start);
    return true;
  }
  unescaped_.assign(text_.substr(start, at_ - start));
  while (more()) {
    if (skip('"')) {
      text = unescaped_;
      return true;
    }
    if (skip('\\')) {
      if (!take_escape()) return false;
      continue;
    }
    const auto rest = text_.substr(at_);
    if (static_cast<unsigned char>(rest.front()) < 0x20) return false;
    const auto bytes = std::max(plain_prefix(rest), utf8_character_bytes(rest));
    unescaped_.append(rest.substr(0, bytes));
    at_ += bytes;
  }
  return false;
}

bool JsonScanner::take_escape() {
  constexpr std::string_view names = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (skip('u')) return take_code_point();
  const auto which = more() ? names.find(text_[at_]) : std::string_view::npos;
  if (which == std::string_view::npos) return false;
  unescaped_ += meanings[which];
  ++at_;
  return true;
}

bool JsonScanner::take_code_unit(unsigned& unit) {
  const auto digits = text_.substr(at_, 4);
  const auto* end = digits.data() + digits.size();
  if (digits.size() < 4 || std::from_chars(digits.data(), end, unit, 16).ptr != end) return false;
  at_ += 4;
  return true;
}

bool JsonScanner::take_code_point() {
  unsigned unit = 0;
  if (!take_code_unit(unit)) return false;
  if (unit >= 0xD800 && unit < 0xE000) {  // half of a pair, and the other half must follow
    unsigned low = 0;
    if (unit >= 0xDC00 || !skip('\\') || !skip('u') || !take_code_unit(low)) return false;
    if (low < 0xDC00 || low >= 0xE000) return false;
    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(unit, unescaped_);
  return true;
}

bool JsonScanner::take_scalar(Scalar& value) {
  const char first = peek();
  if (first == '-' || is_digit(first)) return take_number(value);
  if (first == 't' || first == 'f') {
    value = first == 't';
    return take_word(first == 't' ? "true" : "false");
  }
  std::string_view text;
  if (!take_text(text)) return false;
  value = text;
  return true;
}

bool JsonScanner::take_digits() {
  const auto start = at_;
  while (more() && is_digit(text_[at_])) ++at_;
  return at_ > start;
}

bool JsonScanner::take_number(Scalar& value) {
  const auto start = at_;
  const bool negative = skip('-');
  if (!skip('0') && !take_digits()) return false;
  const auto whole = text_.substr(start, at_ - start);
  bool real = false;
  if (skip('.')) {
    real = true;
    if (!take_digits()) return false;
  }
  if (skip('e') || skip('E')) {
    real = true;
    if (!skip('+')) skip('-');
    if (!take_digits()) return false;
  }
  if (!real && negative) {
    if (const auto number = parse<std::int64_t>(whole)) return value = *number, true;
  } else if (!real) {
    if (const auto number = parse<std::uint64_t>(whole)) return value = *number, true;
  }
  // What no double holds, too large or too small, is JSON all the same: no field takes infinity.
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  value = parse<double>(text_.substr(start, at_ - start)).value_or(infinity);
  return true;
}

}  // namespace nightshift::detail
