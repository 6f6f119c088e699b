// A real mail server (aiosmtpd) in a process of its own, and what it has taken.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/settings_mail.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::bridges::mail {

class PostOffice {
 public:
  /// `how`: `starttls`, `tls` (from the first byte) or `plain`; with a user, only they may send.
  explicit PostOffice(const std::string& how, const std::string& user = "",
                      const std::string& password = "");
  PostOffice(const PostOffice&) = delete;
  PostOffice& operator=(const PostOffice&) = delete;
  ~PostOffice();

  /// An account there that trusts its certificate.
  runtime::MailSettings account() const;
  /// How many mails it has taken.
  int count() const;
  /// The bytes of the `n`-th mail, from 1.
  std::string mail(int n) const;
  /// `["GREETED AS", "FROM", ["TO", ...]]`.
  std::string envelope(int n) const;
  std::filesystem::path certificate() const { return folder_ / "cert.pem"; }

 private:
  tests::TemporaryFolder folder_;
  const std::string how_;
  const std::string user_;
  pid_t pid_ = -1;
  int port_ = 0;
};

}  // namespace nightshift::bridges::mail
