// Starts the server and reads what it has kept.
#include "tests/bridges/mail/post_office.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/support/golden.hpp"

namespace nightshift::bridges::mail {
namespace {

/// Where Debian's packages are, whatever other Python there is.
constexpr const char* python = "/usr/bin/python3";
constexpr const char* script = "tests/bridges/mail/post_office.py";

/// A line of its stdout; the server's own words, so this waits as long as it lives.
std::string read_line(int descriptor) {
  std::string line;
  for (char c = 0; ::read(descriptor, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

}  // namespace

PostOffice::PostOffice(const std::string& how, const std::string& user, const std::string& password)
    : how_(how), user_(user) {
  const auto folder = folder_.path().string();
  std::vector<const char*> arguments{python, script, folder.c_str(), how.c_str()};
  if (!user.empty()) arguments.insert(arguments.end(), {user.c_str(), password.c_str()});
  arguments.push_back(nullptr);
  int out[2];
  BOOST_REQUIRE(::pipe2(out, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  const int failed = ::posix_spawn(&pid_, python, &actions, nullptr,
                                   const_cast<char* const*>(arguments.data()), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(out[1]);
  const auto ready = failed == 0 ? read_line(out[0]) : std::string();
  ::close(out[0]);
  BOOST_REQUIRE_MESSAGE(ready.starts_with("ready "),
                        "no mail server: is python3-aiosmtpd installed (tools/dev setup)?");
  port_ = std::stoi(ready.substr(6));
}

PostOffice::~PostOffice() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

runtime::MailSettings PostOffice::account() const {
  runtime::MailSettings account;
  account.url =
      (how_ == "tls" ? "smtps" : "smtp") + std::string("://localhost:") + std::to_string(port_);
  account.from = "Ada Lovelace <ada@example.org>";
  account.user = user_;
  if (!user_.empty()) account.password = {runtime::SecretReference::Source::env, "PASSWORD"};
  account.plain = how_ == "plain";
  if (!account.plain) account.ca_file = certificate();
  return account;
}

int PostOffice::count() const {
  int n = 0;
  while (std::filesystem::exists(folder_ / (std::to_string(n + 1) + ".eml"))) ++n;
  return n;
}

std::string PostOffice::mail(int n) const {
  return tests::read_file(folder_ / (std::to_string(n) + ".eml"));
}

std::string PostOffice::envelope(int n) const {
  return tests::read_file(folder_ / (std::to_string(n) + ".envelope"));
}

}  // namespace nightshift::bridges::mail
