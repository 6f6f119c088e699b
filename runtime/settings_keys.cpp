// Checks that several sections share.
#include "runtime/settings_keys.hpp"

#include "messages/ids.hpp"

namespace nightshift::runtime {

std::optional<std::string> one_of(std::string& target, const std::string& value,
                                  std::initializer_list<std::string_view> words) {
  std::string all;
  for (const auto word : words) {
    if (value == word) {
      target = value;
      return std::nullopt;
    }
    all += (all.empty() ? "\"" : ", \"") + std::string(word) + "\"";
  }
  return "must be one of " + all + ", not \"" + value + "\"";
}

std::optional<std::string> must_be_id(std::string_view value) {
  if (is_id(value)) return std::nullopt;
  return "must be 1 to 128 letters, digits, dots, underscores or hyphens, not \"" +
         std::string(value) + "\"";
}

}  // namespace nightshift::runtime
