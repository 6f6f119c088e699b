// Splits and decodes request targets.
#include "bridges/http/target.hpp"

#include <algorithm>
#include <optional>

namespace nightshift::bridges::http {
namespace {

constexpr std::size_t parameters_max = 32;

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// `application/x-www-form-urlencoded`, as browsers write a query.
std::optional<std::string> decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i] == '+' ? ' ' : text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = digit_of(text[i + 1]);
      const int low = digit_of(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    out.push_back(c);
  }
  return out;
}

}  // namespace

Result<Target> Target::parse(std::string_view target) {
  Target out;
  const std::size_t mark = std::min(target.find('?'), target.size());
  out.path_ = target.substr(0, mark);
  for (std::string_view rest = out.path_; !rest.empty();) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find('/'), rest.size());
    if (out.count_ == segments_max) {
      out.count_ = 0;
      break;
    }
    out.segments_[out.count_++] = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  std::string_view query = target.substr(std::min(mark + 1, target.size()));
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decode(pair.substr(0, equals));
    auto value = decode(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value || out.query_.size() == parameters_max) {
      return fail(ErrorCode::invalid,
                  "the query must be at most 32 pairs NAME=VALUE, percent-encoded",
                  std::string(pair.substr(0, equals)));
    }
    out.query_.emplace_back(std::move(*name), std::move(*value));
  }
  return out;
}

}  // namespace nightshift::bridges::http
