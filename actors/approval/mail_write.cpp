// Writes a mail.
#include <algorithm>
#include <array>

#include "actors/approval/mail_encoding.hpp"
#include "actors/approval/mail_message.hpp"
#include "actors/approval/text.hpp"

namespace nightshift::actors::mail {
namespace {

constexpr std::string_view crlf = "\r\n";
/// RFC 5322 allows 998; some relays count the line break.
constexpr std::size_t line_bytes_max = 990;

std::string two_digits(unsigned number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

std::string write_mailboxes(const std::vector<Mailbox>& mailboxes) {
  std::string list;
  for (const auto& mailbox : mailboxes) {
    if (!list.empty()) list += ",\r\n ";
    list += write_mailbox(mailbox);
  }
  return list;
}

void add_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append(crlf);
}

/// CRLF after every line, the last one included.
std::string with_crlf(std::string_view text) {
  std::string lines;
  lines.reserve(text.size() + text.size() / 32 + crlf.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\r' || text[i] == '\n') {
      lines.append(crlf);
    } else {
      lines += text[i];
    }
  }
  if (!lines.ends_with(crlf)) lines.append(crlf);
  return lines;
}

bool fits_as_it_is(std::string_view lines, bool seven_bits) {
  std::size_t length = 0;
  for (const char c : lines) {
    const auto byte = static_cast<unsigned char>(c);
    if (seven_bits && byte > 0x7F) return false;
    if ((byte < ' ' && c != '\t' && c != '\r' && c != '\n') || byte == 0x7F) return false;
    length = c == '\n' ? 0 : length + 1;
    if (length > line_bytes_max) return false;
  }
  return true;
}

void add_text(std::string& out, std::string_view body, bool seven_bits) {
  const auto lines = with_crlf(body);
  const bool as_it_is = fits_as_it_is(lines, seven_bits);
  const auto* plain = seven_bits ? "7bit" : "8bit";
  add_header(out, "Content-Type", "text/plain; charset=utf-8");
  add_header(out, "Content-Transfer-Encoding", as_it_is ? plain : "quoted-printable");
  out.append(crlf).append(as_it_is ? lines : encode_quoted_printable(lines));
}

/// `filename*=UTF-8''...` (RFC 2231); every byte that is no letter or digit is escaped.
std::string write_file_name(std::string_view name) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string text = "attachment; filename*=UTF-8''";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool literal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    if (literal) {
      text += c;
    } else {
      text.append("%").append({hex[byte >> 4], hex[byte & 15]});
    }
  }
  return text;
}

void add_attachment(std::string& out, const Attachment& attachment) {
  add_header(out, "Content-Type", attachment.media_type);
  add_header(out, "Content-Disposition", write_file_name(attachment.name));
  add_header(out, "Content-Transfer-Encoding", "base64");
  out.append(crlf).append(encode_base64(attachment.bytes));
}

void add_parts(std::string& out, const Message& message) {
  const auto boundary = "=_" + message.id.substr(0, message.id.find('@'));
  add_header(out, "Content-Type", "multipart/mixed; boundary=\"" + boundary + "\"");
  out.append(crlf).append("--").append(boundary).append(crlf);
  add_text(out, message.body, message.seven_bits);
  for (const auto& attachment : message.attachments) {
    out.append("--").append(boundary).append(crlf);
    add_attachment(out, attachment);
  }
  out.append("--").append(boundary).append("--").append(crlf);
}

}  // namespace

std::string date_text(Time time) {
  using namespace std::chrono;
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto midnight = floor<std::chrono::days>(time);
  const year_month_day date(midnight);
  const hh_mm_ss clock(floor<seconds>(time - midnight));
  const auto number = [](auto count) { return two_digits(static_cast<unsigned>(count)); };
  return std::string(days[weekday(midnight).c_encoding()]) + ", " +
         number(static_cast<unsigned>(date.day())) + " " +
         months[static_cast<unsigned>(date.month()) - 1] + " " +
         std::to_string(static_cast<int>(date.year())) + " " + number(clock.hours().count()) + ":" +
         number(clock.minutes().count()) + ":" + number(clock.seconds().count()) + " +0000";
}

std::string write(const Message& message) {
  std::string out;
  add_header(out, "Date", message.date);
  add_header(out, "From", write_mailbox(message.from));
  add_header(out, "To", write_mailboxes(message.to));
  if (!message.cc.empty()) add_header(out, "Cc", write_mailboxes(message.cc));
  add_header(out, "Subject", encode_words(message.subject));
  add_header(out, "Message-ID", "<" + message.id + ">");
  for (const auto& [name, value] : message.headers) add_header(out, name, value);
  add_header(out, "MIME-Version", "1.0");
  if (message.attachments.empty()) {
    add_text(out, message.body, message.seven_bits);
  } else {
    add_parts(out, message);
  }
  return out;
}

}  // namespace nightshift::actors::mail
