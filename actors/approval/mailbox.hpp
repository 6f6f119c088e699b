// One sender or recipient of a mail (RFC 5322 section 3.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nightshift::actors::mail {

struct Mailbox {
  /// For people; may be empty, may be any text without control characters.
  std::string name;
  /// `local@domain`, plain ASCII, a dot-atom on both sides.
  std::string address;

  bool operator==(const Mailbox&) const = default;
};

/// `local@domain`, `Name <local@domain>` or `"Name" <local@domain>`. Exactly one: a comma, an
/// at-sign or a bracket in an unquoted name is refused, for it would let a name pass as an address.
std::optional<Mailbox> parse_mailbox(std::string_view text);

/// The mailbox that `text` is, or, where it is none, one with `text` as its name and an address
/// that never resolves: `STAND-IN@nightshift.invalid` (RFC 2606).
Mailbox mailbox_of(const std::string& text, std::string_view stand_in);

/// As it stands in a header, folded where the name is long.
std::string write_mailbox(const Mailbox& mailbox);

}  // namespace nightshift::actors::mail
