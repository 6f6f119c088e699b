// Reads any bytes as the header block of an HTTP request, at once and as they might arrive.
#include <algorithm>
#include <string>

#include "bridges/http/guard.hpp"
#include "bridges/http/head.hpp"
#include "bridges/http/target.hpp"
#include "tests/fuzz/fuzzer.hpp"

namespace nightshift::fuzz {
namespace {

using namespace bridges::http;

Result<std::size_t> scan_in_pieces(std::string_view input) {
  HeadScanner scanner;
  std::size_t step = 1;
  for (std::size_t end = 0; end < input.size();) {
    end = std::min(end + step, input.size());
    step = step * 3 % 7 + 1;
    const auto size = scanner.scan(input.substr(0, end));
    if (!size || *size > 0) return size;
  }
  return 0;
}

bool is_line_free(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

/// What was understood, said in one way; another program would read it as we did.
std::string said_again(const Head& head) {
  std::string out(head.method_text);
  out.append(" ").append(head.target).append(head.http_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
  for (const Field& field : head.fields()) {
    if (equal_ignoring_case(field.name, "host")) continue;
    out.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  return out.append("Host: ").append(head.host).append("\r\n\r\n");
}

void check(const Head& head) {
  require(!head.target.empty() && head.target.front() == '/', "a target is no path");
  require(is_line_free(head.target) && is_line_free(head.host), "a target or host has lines");
  std::size_t lengths = 0;
  for (const Field& field : head.fields()) {
    require(is_line_free(field.name) && is_line_free(field.value), "a field has lines");
    require(!field.name.empty() && !field.name.contains(':'), "a field has an odd name");
    require(!equal_ignoring_case(field.name, "transfer-encoding"), "chunks were let through");
    lengths += equal_ignoring_case(field.name, "content-length") ? 1 : 0;
  }
  require(lengths <= 1 && (lengths == 1 || head.content_length == 0), "a length out of nothing");
}

/// What routes and handlers are given of a target.
void check_target(const Head& head) {
  const auto target = Target::parse(head.target);
  if (!target) return;
  require(head.target.starts_with(target->path()), "a path is not what was asked for");
  for (const auto segment : target->segments()) {
    require(!segment.contains('/') && !segment.contains('?'), "a segment is several");
  }
  for (const auto& [name, value] : target->query()) {
    const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    require(std::ranges::none_of(name + value, control), "a query has control characters");
  }
}

/// Only these names are ours, however they are written.
void check_guard(const Head& head) {
  static const Guard guard("127.0.0.1", {"node.example"});
  if (!guard.check(head)) return;
  const auto names = {"127.0.0.1", "node.example", "localhost", "::1"};
  require(std::ranges::any_of(names,
                              [&](std::string_view name) {
                                const bool literal = head.host.starts_with('[');
                                return equal_ignoring_case(
                                    head.host.substr(literal ? 1 : 0, name.size()), name);
                              }),
          "a host that is not ours was let through");
}

}  // namespace

void head(std::string_view input) {
  const auto size = HeadScanner().scan(input);
  const auto piecewise = scan_in_pieces(input);
  require(size.has_value() == piecewise.has_value(), "pieces are refused, the whole is not");
  if (!size) return;
  require(*size == *piecewise && *size <= input.size(), "pieces end elsewhere");
  Head head;
  if (*size == 0 || !parse_head(input.substr(0, *size), head)) return;
  check(head);
  check_target(head);
  check_guard(head);
  const std::string again = said_again(head);
  Head second;
  if (again.size() > head_bytes_max || !HeadScanner().scan(again)) return;
  require(parse_head(again, second).has_value(), "what was understood is refused when said again");
  require(second.target == head.target && second.host == head.host &&
              second.content_length == head.content_length &&
              second.keep_alive == head.keep_alive && second.method == head.method,
          "what was understood is understood otherwise when said again");
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(head)
