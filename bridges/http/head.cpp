// The strict reader of header blocks.
#include "bridges/http/head.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace nightshift::bridges::http {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// `tchar` of RFC 9110 section 5.6.2.
constexpr std::array<bool, 256> token_chars = [] {
  std::array<bool, 256> table{};
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return token_chars[static_cast<unsigned char>(c)];
  });
}

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

/// HTAB, space, visible ASCII and, for old clients, bytes above it.
bool is_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
  });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::unexpected<Error> refuse(std::string detail, std::string_view field = {}) {
  return fail(ErrorCode::invalid, std::move(detail), std::string(field));
}

Method method_of(std::string_view text) {
  if (text == "GET") return Method::get;
  if (text == "POST") return Method::post;
  if (text == "HEAD") return Method::head;
  return Method::other;
}

/// The absolute form is what proxies are sent (RFC 9112 section 3.2.2): its authority counts.
Result<void> read_target(std::string_view target, Head& head) {
  constexpr std::string_view scheme = "http://";
  if (!target.empty() && !std::ranges::all_of(target, is_visible)) {
    return refuse("the request target holds bytes that must be percent-encoded");
  }
  if (target.size() > scheme.size() && equal_ignoring_case(target.substr(0, 7), scheme)) {
    const std::string_view rest = target.substr(scheme.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    head.host = rest.substr(0, slash);
    target = slash < rest.size() ? rest.substr(slash) : std::string_view("/");
  }
  if (target.empty() || target.front() != '/' || target.contains('#')) {
    return refuse("the request target must be a path that begins with '/'");
  }
  head.target = target;
  return {};
}

Result<void> read_request_line(std::string_view line, Head& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return refuse("the request line must be METHOD TARGET HTTP/1.1, with single spaces");
  }
  head.method_text = line.substr(0, first);
  if (!is_token(head.method_text)) return refuse("the method is not a token");
  head.method = method_of(head.method_text);
  const std::string_view version = line.substr(last + 1);
  head.http_1_0 = version == "HTTP/1.0";
  if (!head.http_1_0 && version != "HTTP/1.1") {
    return refuse("only HTTP/1.1 and HTTP/1.0 are spoken here");
  }
  head.keep_alive = !head.http_1_0;
  return read_target(line.substr(first + 1, last - first - 1), head);
}

Result<void> read_content_length(const Field& field, Head& head) {
  const std::string_view value = field.value;
  const bool digits = !value.empty() && value.size() <= 18 &&
                      std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return refuse("Content-Length must be a number of bytes", field.name);
  std::from_chars(value.data(), value.data() + value.size(), head.content_length);
  return {};
}

void read_connection(std::string_view value, Head& head) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    const std::string_view option = trim(value.substr(0, comma));
    if (equal_ignoring_case(option, "close")) head.keep_alive = false;
    if (equal_ignoring_case(option, "keep-alive") && head.http_1_0) head.keep_alive = true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
}

Result<void> read_host(const Field& field, Head& head) {
  if (head.host.empty()) head.host = field.value;
  return {};
}

Result<void> read_encoding(const Field& field, Head&) {
  if (equal_ignoring_case(field.value, "identity")) return {};
  return refuse("bodies are taken as they are: leave Content-Encoding out", field.name);
}

Result<void> read_expect(const Field& field, Head& head) {
  head.expects_continue = equal_ignoring_case(field.value, "100-continue");
  if (head.expects_continue) return {};
  return refuse("the only expectation that can be met is 100-continue", field.name);
}

Result<void> keep(const Field&, Head&) { return {}; }

/// Fields that decide where a request ends, who sends it or what it means: never twice.
struct Single {
  std::string_view name;
  Result<void> (*read)(const Field&, Head&);
};
constexpr std::array<Single, 10> single_fields{{
    {"host", read_host},
    {"content-length", read_content_length},
    {"content-encoding", read_encoding},
    {"expect", read_expect},
    {"authorization", keep},
    {"content-type", keep},
    {"if-match", keep},
    {"if-none-match", keep},
    {"idempotency-key", keep},
    {"origin", keep},
}};

Result<Field> split_field(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    return refuse("a header field may not be folded over several lines");
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return refuse("a header field must be NAME: VALUE, with no space before the colon");
  }
  const Field field{line.substr(0, colon), trim(line.substr(colon + 1))};
  if (!is_value(field.value)) {
    return refuse("the value of a header field holds control characters", field.name);
  }
  return field;
}

Result<void> read_fields(std::string_view lines, Head& head) {
  std::uint32_t seen = 0;
  while (!lines.empty()) {
    const std::size_t end = lines.find("\r\n");
    const auto field = split_field(lines.substr(0, end));
    if (!field) return std::unexpected(field.error());
    lines.remove_prefix(end + 2);
    if (head.field_count == fields_max) {
      return fail(ErrorCode::too_large,
                  "a request may have " + std::to_string(fields_max) + " header fields");
    }
    head.field_array[head.field_count++] = *field;
    if (equal_ignoring_case(field->name, "transfer-encoding")) {
      return refuse("bodies are taken with Content-Length only, not in chunks", field->name);
    }
    if (equal_ignoring_case(field->name, "connection")) read_connection(field->value, head);
    const auto* single = std::ranges::find_if(single_fields, [&](const Single& known) {
      return equal_ignoring_case(field->name, known.name);
    });
    if (single == single_fields.end()) continue;
    const std::uint32_t bit = 1u << (single - single_fields.begin());
    if (seen & bit) return refuse("this header field may appear once", field->name);
    seen |= bit;
    if (auto done = single->read(*field, head); !done) return done;
  }
  return {};
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view Head::find(std::string_view name) const {
  for (const Field& field : fields()) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

Result<std::size_t> HeadScanner::scan(std::string_view bytes) {
  for (; seen_ < bytes.size(); ++seen_) {
    if (seen_ >= head_bytes_max) {
      return fail(ErrorCode::too_large, "the header block is longer than 32 KiB");
    }
    if (seen_ - line_start_ >= line_bytes_max) {
      return fail(ErrorCode::too_large, "a line of the header block is longer than 8 KiB");
    }
    const char c = bytes[seen_];
    const bool after_cr = seen_ > line_start_ && bytes[seen_ - 1] == '\r';
    if (c == '\0' || (c == '\n') != after_cr) {
      return refuse("lines of the header block must end with CR LF, and hold neither alone");
    }
    if (c != '\n') continue;
    const bool empty = seen_ == line_start_ + 1;
    line_start_ = seen_ + 1;
    if (empty) return ++seen_;
  }
  return 0;
}

Result<void> parse_head(std::string_view block, Head& head) {
  head = Head{};
  const std::size_t line_end = block.find("\r\n");
  if (auto done = read_request_line(block.substr(0, line_end), head); !done) return done;
  const std::string_view lines = block.substr(line_end + 2, block.size() - line_end - 4);
  if (auto done = read_fields(lines, head); !done) return done;
  if (head.find("host").empty()) return refuse("exactly one Host header field is needed", "Host");
  return {};
}

}  // namespace nightshift::bridges::http
