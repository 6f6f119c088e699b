// The header block of a request, read strictly: what two programs could read in two ways is refused
// (RFC 9110, RFC 9112; docs/reference/http.md, "Limits").
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "messages/error.hpp"

namespace nightshift::bridges::http {

inline constexpr std::size_t line_bytes_max = 8u << 10;
inline constexpr std::size_t head_bytes_max = 32u << 10;
inline constexpr std::size_t fields_max = 100;

/// Methods that some route takes. Others are well-formed and answered 405.
enum class Method : std::uint8_t { get, head, post, other };

struct Field {
  std::string_view name;
  std::string_view value;
};

/// Views into the block that was parsed.
struct Head {
  Method method = Method::other;
  std::string_view method_text;
  /// Origin form: path and query, visible ASCII.
  std::string_view target;
  std::string_view host;
  std::uint64_t content_length = 0;
  /// The peer will send another request on this connection.
  bool keep_alive = true;
  /// The peer waits for `100 Continue` before it sends the body.
  bool expects_continue = false;
  bool http_1_0 = false;

  std::array<Field, fields_max> field_array;
  std::size_t field_count = 0;

  std::span<const Field> fields() const { return {field_array.data(), field_count}; }
  /// The value of a field (any case of the name), or an empty view.
  std::string_view find(std::string_view name) const;
};

/// How far a block that arrives in pieces has come.
class HeadScanner {
 public:
  /// Looks at what is new in `bytes`, which holds all that has arrived of the block so far.
  /// Returns the block's size once its empty line has arrived, 0 before. Refuses at once what no
  /// later byte can mend: a bare CR or LF, a NUL, a line or a block that is too long.
  Result<std::size_t> scan(std::string_view bytes);

 private:
  std::size_t seen_ = 0;
  std::size_t line_start_ = 0;
};

/// Parses a whole block into `head`. Errors: `invalid`, `too_large`.
Result<void> parse_head(std::string_view block, Head& head);

/// The target without its query.
inline std::string_view path_of(const Head& head) {
  return head.target.substr(0, head.target.find('?'));
}

/// ASCII, as names of fields and hosts are compared.
bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace nightshift::bridges::http
