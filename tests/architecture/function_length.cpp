// The length of functions, by counting braces; clang-tidy measures the same exactly, but slowly.
#include <algorithm>
#include <array>
#include <cctype>

#include "tests/architecture/rules.hpp"

namespace nightshift::architecture {
namespace {

constexpr std::size_t function_lines_max = 70;

bool opens_scope(std::string_view head) {
  // What stands before a brace that holds declarations, not statements.
  static constexpr std::array<std::string_view, 6> words = {"namespace", "class", "struct",
                                                            "union",     "enum",  "extern"};
  if (head.starts_with("template")) {
    const auto at = std::ranges::find_if(words, [&](auto word) {
      return head.find("> " + std::string(word) + " ") != std::string_view::npos;
    });
    return at != words.end();
  }
  return std::ranges::any_of(words, [&](auto word) { return head.starts_with(word); });
}

/// Whether the brace after `head` initialises a member: X::X(int a) : a_{a}.
bool opens_initializer(std::string_view head) {
  const auto colon = head.find(") :");
  if (colon == std::string_view::npos || head.empty()) return false;
  const char last = head.back();
  return std::isalnum(static_cast<unsigned char>(last)) != 0 || last == '_' || last == '>';
}

/// Walks the code of a file and notes where each outermost function begins and ends.
class Walker {
 public:
  explicit Walker(const File& file) : file_(file) {}

  Findings walk() {
    for (line_ = 1; line_ <= file_.code.size(); ++line_) {
      const std::string_view line = file_.code[line_ - 1];
      if (line.starts_with("#")) continue;
      for (const char c : line) take(c);
      if (is_macro_call()) head_.clear();
      take(' ');
    }
    return std::move(findings_);
  }

 private:
  void take(char c) {
    if (depth_ > 0) return take_inside(c);
    parentheses_ += (c == '(') - (c == ')');
    if (c == '{') return open();
    if ((c == ';' || c == '}') && parentheses_ == 0) {
      head_.clear();
    } else if (c != ' ' || (!head_.empty() && head_.back() != ' ')) {
      if (head_.empty()) begin_ = line_;
      head_ += c;
    }
  }

  /// Inside of a function or an initialiser: only its end matters.
  void take_inside(char c) {
    depth_ += (c == '{') - (c == '}');
    if (depth_ > 0 || keeps_head_) return;
    if (const auto lines = line_ - begin_ + 1; is_function_ && lines > function_lines_max) {
      findings_.push_back({file_.path, begin_,
                           "a function of " + std::to_string(lines) + " lines; 70 is the most"});
    }
    head_.clear();
  }

  /// SOME_MACRO(...) on lines of its own, which needs no semicolon.
  bool is_macro_call() const {
    const auto name = head_.find('(');
    return depth_ == 0 && parentheses_ == 0 && name != std::string::npos && head_.back() == ')' &&
           head_.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == name;
  }

  void open() {
    while (!head_.empty() && head_.back() == ' ') head_.pop_back();
    keeps_head_ = parentheses_ > 0 || opens_initializer(head_);
    if (!keeps_head_ && opens_scope(head_)) return head_.clear();
    is_function_ = head_.find('(') != std::string::npos;
    depth_ = 1;
  }

  const File& file_;
  Findings findings_;
  /// What has been read since the last statement ended, and where it began.
  std::string head_;
  std::size_t begin_ = 0;
  std::size_t line_ = 0;
  int parentheses_ = 0;
  int depth_ = 0;
  bool is_function_ = false;
  bool keeps_head_ = false;
};

}  // namespace

Findings function_length(const Tree& tree, const Law&) {
  Findings findings;
  for (const auto& file : tree) {
    if (is_cpp(file)) std::ranges::move(Walker(file).walk(), std::back_inserter(findings));
  }
  return findings;
}

}  // namespace nightshift::architecture
