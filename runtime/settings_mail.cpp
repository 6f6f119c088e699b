// Checks what is said of a mail account.
#include "runtime/settings_mail.hpp"

#include <algorithm>
#include <array>

namespace nightshift::runtime {
namespace {

constexpr std::size_t text_bytes_max = 512;
constexpr std::int64_t timeout_s_max = 600;

/// What stands between `://` and the end.
std::string_view place_in(std::string_view url) {
  const auto at = url.find("://");
  return at == url.npos ? std::string_view() : url.substr(at + 3);
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 127; });
}

std::optional<std::string> set_url(MailSettings& account, const SettingValue& value) {
  const std::string_view url = value.text;
  const auto place = place_in(url);
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-:[]").contains(c);
  };
  const bool known = url.starts_with("smtps://") || url.starts_with("smtp://");
  if (!known || place.empty() || url.size() > text_bytes_max || !std::ranges::all_of(place, fits)) {
    return "must be the address of a mail server, \"smtps://HOST:465\" or \"smtp://HOST:587\", "
           "without user, password or path";
  }
  account.url = value.text;
  return std::nullopt;
}

std::optional<std::string> set_from(MailSettings& account, const SettingValue& value) {
  std::string_view address = value.text;
  if (address.ends_with('>') && address.contains('<')) {
    address.remove_prefix(address.rfind('<') + 1);
    address.remove_suffix(1);
  }
  const auto at = address.rfind('@');
  const bool fits = at != address.npos && at > 0 && at + 1 < address.size() &&
                    is_printable(address) && address.find_first_of(" ,;<>") == address.npos;
  if (!fits || value.text.size() > text_bytes_max) {
    return "must be one mail address, \"ada@example.org\" or \"Ada <ada@example.org>\"";
  }
  account.from = value.text;
  return std::nullopt;
}

std::optional<std::string> set_user(MailSettings& account, const SettingValue& value) {
  const auto& user = value.text;
  if (user.empty() || user.size() > text_bytes_max || !is_printable(user)) {
    return "must be the name that the server knows the account by, in plain ASCII";
  }
  account.user = user;
  return std::nullopt;
}

std::optional<std::string> set_password(MailSettings& account, const SettingValue& value) {
  auto reference = parse_secret_reference(value.text, value.base);
  if (!reference) return "is not a reference to a secret: " + reference.error().detail;
  account.password = std::move(*reference);
  return std::nullopt;
}

std::optional<std::string> set_plain(MailSettings& account, const SettingValue& value) {
  account.plain = value.flag;
  return std::nullopt;
}

std::optional<std::string> set_timeout(MailSettings& account, const SettingValue& value) {
  if (value.number < 1 || value.number > timeout_s_max) {
    return "must be 1 to " + std::to_string(timeout_s_max) + " seconds, not " +
           std::to_string(value.number);
  }
  account.timeout = std::chrono::seconds(value.number);
  return std::nullopt;
}

std::optional<std::string> set_ca_file(MailSettings& account, const SettingValue& value) {
  if (value.text.empty()) return "must name a file";
  account.ca_file = std::filesystem::absolute(value.base / value.text).lexically_normal();
  return std::nullopt;
}

bool is_this_machine(std::string_view place) {
  for (const std::string_view host : {"localhost", "127.0.0.1", "[::1]"}) {
    if (place == host || (place.starts_with(host) && place[host.size()] == ':')) return true;
  }
  return false;
}

using enum SettingShape;
constexpr std::array rules{
    SettingRule<MailSettings>{
        {"mail.NAME.url", text,
         "The mail server: smtps://HOST:PORT, or smtp://HOST:PORT with STARTTLS."},
        set_url},
    SettingRule<MailSettings>{
        {"mail.NAME.from", text, "The sender: an address, or a name and <address>."}, set_from},
    SettingRule<MailSettings>{
        {"mail.NAME.user", text, "The name to log in with; without one nobody logs in."}, set_user},
    SettingRule<MailSettings>{{"mail.NAME.password", text,
                               "The secret to log in with: env:NAME, file:PATH or sealed:NAME."},
                              set_password},
    SettingRule<MailSettings>{{"mail.NAME.plain", flag,
                               "Whether to speak without TLS, to a relay on this machine alone."},
                              set_plain},
    SettingRule<MailSettings>{
        {"mail.NAME.timeout_s", number, "How long sending one mail may take, in seconds."},
        set_timeout},
    SettingRule<MailSettings>{
        {"mail.NAME.ca_file", text,
         "Certificates (PEM) to trust instead of the system's, for a server with its own."},
        set_ca_file},
};

}  // namespace

std::span<const SettingRule<MailSettings>> mail_rules() { return rules; }

std::optional<std::string> incomplete(const MailSettings& account) {
  if (account.url.empty()) return "has no url; say which server its mails are handed to";
  if (account.from.empty()) return "has no from; say who its mails are from";
  if (account.user.empty() != account.password.name.empty()) {
    return account.user.empty() ? "has a password and no user; name the user as well"
                                : "has a user and no password; refer to the secret as well";
  }
  if (!account.plain) return std::nullopt;
  if (account.url.starts_with("smtps:")) {
    return "says plain, and smtps:// in its url; take one of the two";
  }
  if (is_this_machine(place_in(account.url))) return std::nullopt;
  return "says plain, and its server is not this machine (localhost, 127.0.0.1, [::1]); "
         "without TLS mails are only handed to a relay here";
}

}  // namespace nightshift::runtime
