// Takes out what a terminal or a log would obey.
#include "bridges/curl/shown.hpp"

#include <algorithm>

#include "messages/utf8.hpp"

namespace nightshift::bridges {
namespace {

constexpr std::size_t shown_bytes_max = 200;

}  // namespace

std::string shown(std::string_view text) {
  std::string out;
  while (!text.empty() && out.size() < shown_bytes_max) {
    const auto size = utf8_character_bytes(text);
    const auto byte = static_cast<unsigned char>(text.front());
    // C1 controls are two bytes, C2 80 to C2 9F.
    const bool control = byte < 0x20 || byte == 0x7f ||
                         (byte == 0xc2 && size == 2 && static_cast<unsigned char>(text[1]) < 0xa0);
    if (size == 0)
      out += '?';
    else if (control)
      out += ' ';
    else
      out += text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

}  // namespace nightshift::bridges
