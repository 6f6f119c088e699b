// `[git]` in the configuration: what could never work, or would show a secret, is refused early.
#include <boost/test/unit_test.hpp>

#include "runtime/settings_git.hpp"
#include "tests/runtime/data_folder/from_file.hpp"

namespace nightshift::tests {
namespace {

using runtime::load_git_settings;

const std::string vault = "[vault]\npath = \"/v\"\n";
const std::string ssh =
    "[git]\nremote = \"git@example.org:ada/vault.git\"\nkey = \"file:/k\"\n"
    "known_hosts = \"/h\"\n";

void refused(const std::string& text, const std::vector<std::string>& words) {
  BOOST_TEST_CONTEXT(text) { check_refused(FromFile(text).load(), words); }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_repository_is_read_with_all_that_is_said_of_it) {
  const FromFile file(vault + ssh +
                      "branch = \"notes/main\"\ninterval_s = 30\n"
                      "author = \"Ada <ada@example.org>\"\npassphrase = \"sealed:p\"\n"
                      "repository = \"/r\"\n");
  BOOST_TEST(file.load().has_value());
  const auto git = load_git_settings(file.sources).value();
  BOOST_TEST(git.remote == "git@example.org:ada/vault.git");
  BOOST_TEST(git.branch == "notes/main");
  BOOST_TEST((git.interval == std::chrono::seconds(30)));
  BOOST_TEST(git.author == "Ada <ada@example.org>");
  BOOST_TEST(git.key->name == "/k");
  BOOST_TEST(git.passphrase->name == "p");
  BOOST_TEST(git.known_hosts == "/h");
  BOOST_TEST(git.repository == "/r");
}

BOOST_AUTO_TEST_CASE(without_a_remote_nothing_is_synchronised) {
  const FromFile file(vault + "[git]\nbranch = \"main\"\n");
  BOOST_TEST(file.load().has_value());
  BOOST_TEST(!load_git_settings(file.sources)->wanted());
}

BOOST_AUTO_TEST_CASE(the_environment_goes_before_the_file) {
  FromFile file(vault + ssh);
  file.sources.environment["NIGHTSHIFT_GIT__BRANCH"] = "night";
  file.sources.environment["NIGHTSHIFT_GIT__INTERVAL_S"] = "7";
  BOOST_TEST(file.load().has_value());
  const auto git = load_git_settings(file.sources).value();
  BOOST_TEST(git.branch == "night");
  BOOST_TEST((git.interval == std::chrono::seconds(7)));
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_named) {
  refused("[git]\nremote = \"/srv/vault.git\"\n", {"[git]", "no [vault] path"});
  refused(vault + "[git]\nremote = \"git@example.org:v.git\"\n", {"over ssh", "no key"});
  refused(vault + "[git]\nremote = \"ssh://git@example.org/v.git\"\nkey = \"file:/k\"\n",
          {"no known_hosts"});
  refused(vault + "[git]\nremote = \"https://example.org/v.git\"\nuser = \"ada\"\n",
          {"a user and no password"});
  refused(vault + "[git]\nkey = \"file:/k\"\n", {"has no remote"});
}

BOOST_AUTO_TEST_CASE(remotes_that_prove_nothing_or_show_a_secret_are_refused) {
  refused(vault + "[git]\nremote = \"http://example.org/v.git\"\n", {"git.remote", "https or ssh"});
  refused(vault + "[git]\nremote = \"git://example.org/v.git\"\n", {"git.remote", "https or ssh"});
  refused(vault + "[git]\nremote = \"https://ada:hunter2@example.org/v.git\"\n",
          {"git.remote", "must not hold a password"});
  refused(vault + "[git]\nremote = \"ftp://example.org/v.git\"\n", {"git.remote", "must begin"});
  refused(vault + "[git]\nremote = \"\"\n", {"git.remote"});
  const auto shown = FromFile(vault + "[git]\nremote = \"https://ada:hunter2@example.org/v\"\n");
  BOOST_TEST(shown.load().error().detail.find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(values_that_git_would_not_take_are_refused) {
  for (const std::string branch : {"", "a b", "-x", "a..b", "a~1", "x.lock", "/a", "a/"}) {
    refused(vault + ssh + "branch = \"" + branch + "\"\n", {"git.branch"});
  }
  refused(vault + ssh + "interval_s = 4\n", {"git.interval_s", "5 to 86400"});
  refused(vault + ssh + "author = \"Ada\"\n", {"git.author"});
  refused(vault + ssh + "passphrase = \"hunter2\"\n", {"git.passphrase", "reference"});
  refused(vault + ssh + "remot = \"x\"\n", {"did you mean git.remote"});
}

}  // namespace nightshift::tests
