// Writes the canonical form, depth first; the depth was bounded when the text was checked.
#include "bridges/mcp/protocol/canonical_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

namespace nightshift::bridges::mcp {
namespace {

/// The order of UTF-16 code units, of UTF-8: characters beyond U+FFFF come before U+E000.
bool before(std::string_view a, std::string_view b) {
  const auto [left, right] = std::ranges::mismatch(a, b);
  if (left == a.end() || right == b.end()) return left == a.end() && right != b.end();
  const auto rank = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool above_surrogates = byte == 0xEE || byte == 0xEF;
    return above_surrogates ? byte + 0x100 : byte;
  };
  return rank(*left) < rank(*right);
}

void append_text(std::string_view text, std::string& out) {
  constexpr std::string_view named = "\b\t\n\f\r\"\\";
  constexpr std::string_view names = "btnfr\"\\";
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (const auto which = named.find(c); which != named.npos) {
      out += '\\';
      out += names[which];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[c & 0xF];
    } else {
      out += c;
    }
  }
  out += '"';
}

/// `digits` times ten to the power of `point - digits.size()`, as ECMAScript's Number::toString.
std::string spelled(std::string digits, int point) {
  const int count = static_cast<int>(digits.size());
  if (count <= point && point <= 21) return digits + std::string(point - count, '0');
  if (0 < point && point <= 21) return digits.insert(point, ".");
  if (-6 < point && point <= 0) return "0." + std::string(-point, '0') + digits;
  const int exponent = point - 1;
  if (count > 1) digits.insert(1, ".");
  return digits + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
}

Result<std::string> number(JsonView value) {
  const auto raw = value.raw();
  if (raw.find_first_of(".eE") == raw.npos) return std::string(raw == "-0" ? "0" : raw);
  const auto parsed = value.number();
  if (!parsed) return fail(ErrorCode::invalid, "no double holds the number " + std::string(raw));
  if (*parsed == 0) return "0";
  std::array<char, 64> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                          std::abs(*parsed), std::chars_format::scientific);
  const std::string_view shortest(buffer.data(), end - buffer.data());
  const auto mark = shortest.find('e');
  std::string digits(shortest.substr(0, mark));
  std::erase(digits, '.');
  int exponent = 0;
  const auto power = shortest.substr(mark + (shortest[mark + 1] == '+' ? 2 : 1));
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  return (*parsed < 0 ? "-" : "") + spelled(std::move(digits), exponent + 1);
}

Result<void> append(JsonView value, std::string& out);

Result<void> append_object(JsonView value, std::string& out) {
  std::vector<JsonObject::Member> members;
  for (JsonItems items(value); items.next();) members.push_back({items.name(), items.value()});
  std::ranges::sort(members, before, &JsonObject::Member::name);
  const auto twice = std::ranges::adjacent_find(members, {}, &JsonObject::Member::name);
  if (twice != members.end()) {
    return fail(ErrorCode::invalid, "the member " + twice->name + " stands twice in an object");
  }
  char separator = '{';
  for (const auto& member : members) {
    out += std::exchange(separator, ',');
    append_text(member.name, out);
    out += ':';
    if (auto done = append(member.value, out); !done) return done;
  }
  if (members.empty()) out += '{';
  out += '}';
  return {};
}

Result<void> append_array(JsonView value, std::string& out) {
  out += '[';
  bool first = true;
  for (JsonItems items(value); items.next();) {
    if (!std::exchange(first, false)) out += ',';
    if (auto done = append(items.value(), out); !done) return done;
  }
  out += ']';
  return {};
}

Result<void> append(JsonView value, std::string& out) {
  switch (value.type()) {
    case JsonView::Type::object: return append_object(value, out);
    case JsonView::Type::array: return append_array(value, out);
    case JsonView::Type::text: append_text(*value.text(), out); return {};
    case JsonView::Type::number: {
      const auto text = number(value);
      if (!text) return std::unexpected(text.error());
      out += *text;
      return {};
    }
    default: out += value.raw(); return {};
  }
}

}  // namespace

Result<std::string> canonical_json(JsonView value) {
  std::string out;
  if (auto done = append(value, out); !done) return std::unexpected(done.error());
  return out;
}

}  // namespace nightshift::bridges::mcp
