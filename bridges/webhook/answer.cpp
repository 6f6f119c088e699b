// Keeps what matters of an answer.
#include "bridges/webhook/answer.hpp"

#include <algorithm>

#include "bridges/curl/shown.hpp"

namespace nightshift::bridges::webhook {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto from = text.find_first_not_of(blanks);
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

bool same_word(std::string_view a, std::string_view b) {
  const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, low, low);
}

}  // namespace

bool AnswerReader::take_line(std::string_view line, int status) {
  // Trailers say nothing about what happened.
  if (answer_.status != 0) return true;
  head_bytes_ += line.size();
  if (head_bytes_ > answer_head_bytes_max) return false;
  const auto text = trimmed(line);
  if (text.empty()) {
    // 1xx: the answer itself is still to come.
    if (status >= 200) {
      answer_.status = status;
      answer_.request_id = shown(request_id_);
    }
    return true;
  }
  const auto colon = text.find(':');
  if (colon == text.npos) return true;
  const auto name = text.substr(0, colon);
  if (same_word(name, "x-request-id") || same_word(name, "request-id")) {
    request_id_ = trimmed(text.substr(colon + 1));
  }
  return true;
}

bool AnswerReader::take_body(std::string_view bytes) {
  const auto room = answer_body_bytes_max - answer_.body.size();
  answer_.body += bytes.substr(0, room);
  return bytes.size() <= room;
}

}  // namespace nightshift::bridges::webhook
