// Whether a text is JSON at all, whatever it holds.
#include "messages/json.hpp"
#include "messages/json_scanner.hpp"
#include "messages/utf8.hpp"

namespace nightshift {
namespace {

using detail::JsonScanner;

bool take_value(JsonScanner& scanner, int depth);

bool take_members(JsonScanner& scanner, char end, int depth, bool named) {
  if (depth == 0) return false;
  if (scanner.take(end)) return true;
  do {
    std::string_view name;
    if (named && !(scanner.take_text(name) && scanner.take(':'))) return false;
    if (!take_value(scanner, depth - 1)) return false;
  } while (scanner.take(','));
  return scanner.take(end);
}

bool take_value(JsonScanner& scanner, int depth) {
  if (scanner.take('{')) return take_members(scanner, '}', depth, true);
  if (scanner.take('[')) return take_members(scanner, ']', depth, false);
  detail::Scalar value;
  return scanner.take_word("null") || scanner.take_scalar(value);
}

}  // namespace

bool is_json(std::string_view text) {
  if (!is_utf8(text)) return false;
  JsonScanner scanner(text);
  return take_value(scanner, json_depth_max) && scanner.at_end();
}

}  // namespace nightshift
