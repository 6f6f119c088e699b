// Takes a JSON text (RFC 8259) apart, token by token, without building anything. For this folder's
// .cpp files alone.
#pragma once

#include <string>
#include <string_view>

#include "messages/json_value.hpp"

namespace nightshift::detail {

/// Stands at a place in the text and moves on with each token that is taken. A function that
/// returns false found no such token and stands where the text stops being JSON.
class JsonScanner {
 public:
  /// `text` must be UTF-8, and outlive the scanner.
  explicit JsonScanner(std::string_view text) : text_(text) {}

  /// Bytes before the place.
  std::size_t position() const { return at_; }
  /// The next character that is not white space; a zero byte at the end.
  char peek();
  /// Takes `c` if it is next.
  bool take(char c);
  bool at_end() { return peek() == '\0' && at_ == text_.size(); }

  bool take_word(std::string_view word);
  /// Without quotes and escapes. Valid until the next text is taken.
  bool take_text(std::string_view& text);
  /// A text, a number, `true` or `false`.
  bool take_scalar(Scalar& value);

 private:
  bool take_number(Scalar& value);
  bool take_digits();
  /// Behind a backslash; appends to `unescaped_`.
  bool take_escape();
  bool take_code_unit(unsigned& unit);
  bool take_code_point();

  bool more() const { return at_ < text_.size(); }
  bool next_is(char c) const { return more() && text_[at_] == c; }
  bool skip(char c);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string unescaped_;
};

}  // namespace nightshift::detail
