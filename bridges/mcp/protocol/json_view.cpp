// Reads checked JSON: what the grammar forbids cannot come up here.
#include "bridges/mcp/protocol/json_view.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>

#include "messages/json.hpp"
#include "messages/utf8.hpp"

namespace nightshift::bridges::mcp {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Bytes of the string at the front, quotes included.
std::size_t string_bytes(std::string_view text) {
  std::size_t at = 1;
  while (true) {
    at = text.find_first_of("\"\\", at);
    assert(at < text.size());
    if (text[at] == '"') return at + 1;
    at += 2;
  }
}

/// Bytes of the array or object at the front.
std::size_t container_bytes(std::string_view text) {
  std::size_t at = 0;
  std::size_t open = 0;
  while (true) {
    at = text.find_first_of("\"[]{}", at);
    assert(at < text.size());
    const char c = text[at];
    if (c == '"') {
      at += string_bytes(text.substr(at));
      continue;
    }
    ++at;
    open += c == '[' || c == '{' ? 1 : -1;
    if (open == 0) return at;
  }
}

std::size_t value_bytes(std::string_view text) {
  assert(!text.empty());
  if (text.front() == '"') return string_bytes(text);
  if (text.front() == '[' || text.front() == '{') return container_bytes(text);
  return std::min(text.find_first_of(",]} \n\r\t"), text.size());
}

std::uint32_t code_unit(std::string_view digits) {
  std::uint32_t unit = 0;
  std::from_chars(digits.data(), digits.data() + 4, unit, 16);
  return unit;
}

/// Takes `uXXXX`, and the other half of a pair.
void take_code_point(std::string_view& rest, std::string& out) {
  auto point = code_unit(rest.substr(1));
  rest.remove_prefix(5);
  if (point >= 0xD800 && point < 0xE000) {
    point = 0x10000 + ((point - 0xD800) << 10) + (code_unit(rest.substr(2)) - 0xDC00);
    rest.remove_prefix(6);
  }
  append_utf8(point, out);
}

/// `quoted` is a JSON string.
std::string unescaped(std::string_view quoted) {
  constexpr std::string_view names = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  auto rest = quoted.substr(1, quoted.size() - 2);
  std::string out;
  out.reserve(rest.size());
  while (true) {
    const auto plain = std::min(rest.find('\\'), rest.size());
    out += rest.substr(0, plain);
    rest.remove_prefix(plain);
    if (rest.empty()) return out;
    rest.remove_prefix(1);
    if (rest.front() == 'u') {
      take_code_point(rest, out);
    } else {
      out += meanings[names.find(rest.front())];
      rest.remove_prefix(1);
    }
  }
}

}  // namespace

Result<JsonView> JsonView::read(std::string_view text) {
  if (is_json(text)) return JsonView(without_blanks(text));
  return fail(ErrorCode::invalid, "it is no JSON in UTF-8, or more than " +
                                      std::to_string(json_depth_max) + " levels deep");
}

JsonView::Type JsonView::type() const {
  switch (raw_.front()) {
    case 'n': return Type::null;
    case 't':
    case 'f': return Type::boolean;
    case '"': return Type::text;
    case '[': return Type::array;
    case '{': return Type::object;
    default: return Type::number;
  }
}

std::optional<bool> JsonView::boolean() const {
  if (type() != Type::boolean) return std::nullopt;
  return raw_.front() == 't';
}

std::optional<std::int64_t> JsonView::integer() const {
  if (type() != Type::number) return std::nullopt;
  std::int64_t value = 0;
  const auto* end = raw_.data() + raw_.size();
  const auto [stop, error] = std::from_chars(raw_.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<double> JsonView::number() const {
  if (type() != Type::number) return std::nullopt;
  double value = 0;
  const auto* end = raw_.data() + raw_.size();
  const auto [stop, error] = std::from_chars(raw_.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::string> JsonView::text() const {
  if (type() != Type::text) return std::nullopt;
  return unescaped(raw_);
}

JsonItems::JsonItems(JsonView container) : named_(container.type() == JsonView::Type::object) {
  if (!named_ && container.type() != JsonView::Type::array) return;
  rest_ = without_blanks(container.raw().substr(1, container.raw().size() - 2));
}

std::string_view JsonItems::take() {
  const auto taken = rest_.substr(0, value_bytes(rest_));
  rest_ = without_blanks(rest_.substr(taken.size()));
  return taken;
}

bool JsonItems::next() {
  if (rest_.empty()) return false;
  if (named_) {
    raw_name_ = take();
    assert(rest_.starts_with(':'));
    rest_ = without_blanks(rest_.substr(1));
  }
  value_ = JsonView(take());
  if (rest_.starts_with(',')) rest_ = without_blanks(rest_.substr(1));
  return true;
}

std::string JsonItems::name() const { return unescaped(raw_name_); }

Result<JsonObject> JsonObject::read(JsonView value, std::string_view what) {
  if (value.type() != JsonView::Type::object) {
    return fail(ErrorCode::invalid, std::string(what) + " is no object");
  }
  JsonObject object;
  object.what_ = what;
  for (JsonItems items(value); items.next();) {
    if (object.members_.size() == members_max) {
      return fail(ErrorCode::too_large,
                  std::string(what) + " has more than " + std::to_string(members_max) + " members");
    }
    object.members_.push_back({items.name(), items.value()});
  }
  std::vector<std::string_view> names;
  names.reserve(object.members_.size());
  for (const auto& member : object.members_) names.push_back(member.name);
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) != names.end()) {
    return fail(ErrorCode::invalid, std::string(what) + " has a member twice");
  }
  return object;
}

const JsonView* JsonObject::find(std::string_view name) const {
  const auto found = std::ranges::find(members_, name, &Member::name);
  return found == members_.end() ? nullptr : &found->value;
}

std::unexpected<Error> JsonObject::wrong(std::string_view name, std::string_view wanted) const {
  return fail(ErrorCode::invalid,
              std::string(name) + " of " + what_ + " must be " + std::string(wanted));
}

Result<std::optional<std::string>> JsonObject::text(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr || value->type() == JsonView::Type::null) return std::nullopt;
  auto text = value->text();
  if (!text) return wrong(name, "a text");
  return text;
}

Result<std::optional<bool>> JsonObject::boolean(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr || value->type() == JsonView::Type::null) return std::nullopt;
  const auto flag = value->boolean();
  if (!flag) return wrong(name, "true or false");
  return flag;
}

Result<std::string> JsonObject::required_text(std::string_view name) const {
  auto value = text(name);
  if (!value) return std::unexpected(value.error());
  if (!*value) return wrong(name, "a text");
  return std::move(**value);
}

}  // namespace nightshift::bridges::mcp
