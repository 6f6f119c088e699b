// Compares what our reader says of a text with what nlohmann-json says.
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "messages/error.hpp"

namespace nightshift::tests {

/// What our reader accepted must be JSON; what it calls no JSON must be none. (It may refuse JSON
/// for what the schema says.) nlohmann-json takes a byte order mark and what follows a zero byte,
/// and we do not; a number beyond every double is JSON to neither. Throws what differs.
inline void check_against_oracle(std::string_view text, const Result<void>& read) {
  const bool theirs = text.find('\0') == std::string_view::npos &&
                      !text.starts_with("\xEF\xBB\xBF") && nlohmann::json::accept(text);
  if (read.has_value()) {
    if (!theirs && !text.empty()) throw std::logic_error("accepted, but it is no JSON");
    return;
  }
  if (read.error().detail.empty()) throw std::logic_error("refused without a word");
  const bool ours = !read.error().detail.starts_with("the text stops being JSON");
  if (!ours && theirs) throw std::logic_error("called no JSON: " + read.error().detail);
}

}  // namespace nightshift::tests
