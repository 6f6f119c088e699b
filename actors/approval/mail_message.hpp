// A mail as it is written and as it is read (RFC 5322, MIME): what `write` makes is what is sent,
// and `read` shows what is in it, for people to decide on.
#pragma once

#include <string>
#include <string_view>
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
  Time date{};
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
};

/// Lines end with CRLF and have at most 998 bytes; the same message makes the same bytes.
std::string write(const Message& message);

/// What a reader of the mail sees.
struct Reading {
  std::string from;
  std::vector<std::string> to;
  std::vector<std::string> cc;
  std::string subject;
  std::string date;
  /// Lines end with LF; the last line break is left out.
  std::string body;
  std::vector<Attachment> attachments;
};

/// Reads what `write` makes, and only that: `corrupt` otherwise.
Result<Reading> read(std::string_view message);

}  // namespace nightshift::actors::mail
