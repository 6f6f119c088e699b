// A mail as it is written and as it is read (RFC 5322, MIME): what `write` makes is what is sent,
// and `read` shows what is in it, for people to decide on.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/approval/mailbox.hpp"
#include "messages/error.hpp"
#include "messages/time.hpp"

namespace nightshift::actors::mail {

struct Attachment {
  std::string name;
  /// `type/subtype`.
  std::string media_type;
  std::string bytes;

  bool operator==(const Attachment&) const = default;
};

/// All texts are well-formed UTF-8; all but the body are without control characters.
struct Message {
  /// As `date_text` makes it.
  std::string date;
  Mailbox from;
  std::vector<Mailbox> to;
  std::vector<Mailbox> cc;
  std::string subject;
  /// Without brackets; makes the boundary, so it must not be guessable by who writes the body.
  std::string id;
  /// Further headers with values of plain ASCII, e.g. `X-Nightshift-Channel`.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::vector<Attachment> attachments;
  /// The body too is plain ASCII on the wire, for relays that do not take 8 bits.
  bool seven_bits = false;
};

/// `Sat, 21 Nov 2026 07:00:00 +0000`.
std::string date_text(Time time);

/// Lines end with CRLF and have at most 998 bytes; the same message makes the same bytes.
std::string write(const Message& message);

/// What stands in a mail, besides who it is from and to.
struct Reading {
  std::string date;
  std::string subject;
  /// Lines end with LF; the last line break is left out.
  std::string body;
  std::vector<Attachment> attachments;
};

/// Reads what `write` makes. `corrupt` where it cannot; whoever must know that nothing else is in
/// there writes what was read and compares.
Result<Reading> read(std::string_view message);

}  // namespace nightshift::actors::mail
