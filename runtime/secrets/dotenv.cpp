// Reads `.env` files.
#include "runtime/secrets/dotenv.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace nightshift::runtime {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_name_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<NamedSecrets> read() {
    take(byte_order_mark);
    while (at_ < text_.size()) {
      skip_blanks();
      if (!next_is('#') && !at_line_end()) {
        if (auto done = entry(); !done) return std::unexpected(done.error());
      }
      skip_line();
    }
    return std::move(secrets_);
  }

 private:
  Result<void> entry() {
    const auto before = at_;
    if (!take("export") || !(next_is(' ') || next_is('\t'))) at_ = before;
    skip_blanks();
    const auto begin = at_;
    while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
    std::string name(text_.substr(begin, at_ - begin));
    skip_blanks();
    if (name.empty() || !take("=")) return refuse("is not NAME=value");
    skip_blanks();
    WipedString value;
    const bool quoted = next_is('"') || next_is('\'');
    if (quoted) {
      if (!take_quoted(value.text())) return refuse("begins a quoted value that does not end");
      skip_blanks();
      if (!next_is('#') && !at_line_end()) return refuse("goes on behind a quoted value");
    } else {
      take_bare(value.text());
    }
    if (!value.text().empty()) keep(std::move(name), value);
    return {};
  }

  void keep(std::string name, WipedString& value) {
    std::erase_if(secrets_, [&](const auto& known) { return known.first == name; });
    secrets_.emplace_back(std::move(name), SecretText::taken_from(value.text()));
  }

  /// False where the quote does not end.
  bool take_quoted(std::string& value) {
    const char quote = text_[at_++];
    // Grows no further, so that no copy stays behind.
    value.reserve(text_.size() - at_);
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\n') ++line_;
      const bool escaped = quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size();
      if (escaped) ++at_;
      value += escaped ? unescaped(text_[at_]) : text_[at_];
    }
    if (at_ == text_.size()) return false;
    ++at_;
    return true;
  }

  static char unescaped(char c) {
    switch (c) {
      case 'n': return '\n';
      case 'r': return '\r';
      case 't': return '\t';
      default: return c;
    }
  }

  void take_bare(std::string& value) {
    auto rest = text_.substr(at_, text_.find('\n', at_) - at_);
    const auto comment = [&] {
      if (rest.starts_with('#')) return std::size_t{0};
      return std::min(rest.find(" #"), rest.find("\t#"));
    }();
    rest = rest.substr(0, comment);
    rest = rest.substr(0, rest.find_last_not_of(" \t\r") + 1);
    value = rest;
  }

  std::unexpected<Error> refuse(const std::string& why) const {
    return fail(ErrorCode::invalid,
                "line " + std::to_string(line_) + " " + why + "; nothing was imported");
  }

  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool at_line_end() const {
    return at_ == text_.size() || next_is('\n') || text_.substr(at_).starts_with("\r\n");
  }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void skip_blanks() {
    while (next_is(' ') || next_is('\t')) ++at_;
  }
  void skip_line() {
    at_ = std::min(text_.size(), text_.find('\n', at_));
    if (at_ < text_.size()) ++at_;
    ++line_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  NamedSecrets secrets_;
};

}  // namespace

Result<NamedSecrets> read_dotenv(std::string_view text) { return Reader(text).read(); }

}  // namespace nightshift::runtime
