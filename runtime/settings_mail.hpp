// The section `[mail.NAME]`: an account that approved mails leave by.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "runtime/secrets/reference.hpp"
#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

struct MailSettings {
  /// `smtps://HOST[:PORT]` (TLS from the first byte), or `smtp://HOST[:PORT]` (STARTTLS).
  std::string url;
  /// `ADDRESS` or `NAME <ADDRESS>`.
  std::string from;
  /// Both or neither.
  std::string user;
  SecretReference password;
  /// Without TLS; only to this machine.
  bool plain = false;
  /// From the connection to the answer.
  std::chrono::seconds timeout{60};
  /// Certificates to trust instead of the system's; empty means those.
  std::filesystem::path ca_file;
};

/// By name.
using MailAccounts = std::map<std::string, MailSettings, std::less<>>;

/// Their names begin with `mail.NAME.`.
std::span<const SettingRule<MailSettings>> mail_rules();

/// What is missing or does not go together, as the second half of a sentence that begins with the
/// section.
std::optional<std::string> incomplete(const MailSettings& account);

}  // namespace nightshift::runtime
