// Names, forbidden files, secrets.
#include <boost/test/unit_test.hpp>
#include <string>

#include "bridges/git/paths.hpp"
#include "bridges/git/secret_scan.hpp"

namespace nightshift::bridges::git {
namespace {

BOOST_AUTO_TEST_SUITE(paths)

BOOST_AUTO_TEST_CASE(names_that_some_system_takes_for_git_are_refused) {
  for (const std::string name : {".git",
                                 ".GIT",
                                 ".Git",
                                 ".git ",
                                 ".git.",
                                 ".git. .",
                                 "git~1",
                                 "GIT~2",
                                 ".git::$INDEX_ALLOCATION",
                                 ".g\xE2\x80\x8Cit",
                                 "\xEF\xBB\xBF.git",
                                 ".gitmodules",
                                 ".GITMODULES",
                                 "GITMOD~1",
                                 ".git\\hooks",
                                 "..",
                                 ".",
                                 "",
                                 "a\nb",
                                 "a\x01",
                                 "\xFF",
                                 "a\\b"}) {
    BOOST_TEST(why_unsafe(name).has_value(), "harmless: " << name);
  }
  for (const std::string name : {"a.md", ".gitignore", "git", "digit~1", "git~",
                                 "Überblick: Woche.md", "10:30.md", "...and then.md", "a b "}) {
    BOOST_TEST(!why_unsafe(name).has_value(), "refused: " << name);
  }
}

BOOST_AUTO_TEST_CASE(the_files_of_the_seed_are_forbidden_wherever_they_lie) {
  for (const std::string path :
       {".env", "a/.env", ".env.cloud", "x.session", "a/b.PEM", "c.key", "credentials.json",
        "vault/.secrets/x", "node_modules/x", "a/__pycache__/b", ".next/x", "odoo_backups/x.zip",
        "a.log", "b.sqlite", ".whatsapp_session", "Credentials.JSON"}) {
    BOOST_TEST(forbidden_by(path).has_value(), "allowed: " << path);
  }
  for (const std::string path : {"environment.md", "Logs/a.md", "key.md", "node_modules.md",
                                 "Plans/credentials.json.md", "odoo_backups"}) {
    BOOST_TEST(!forbidden_by(path).has_value(), "forbidden: " << path);
  }
}

BOOST_AUTO_TEST_CASE(the_loser_of_a_conflict_has_a_name_that_the_vault_does_not_read) {
  BOOST_TEST(conflict_path("Plans/week.md", "0a1b2c3d") == "Plans/week.conflict-0a1b2c3d.md");
  BOOST_TEST(conflict_path("a.b/note", "0a1b2c3d") == "a.b/note.conflict-0a1b2c3d");
  BOOST_TEST(conflict_path(".hidden", "0a1b2c3d") == ".hidden.conflict-0a1b2c3d");
}

BOOST_AUTO_TEST_CASE(keys_are_found_and_words_about_keys_are_not) {
  // In pieces, so that no scanner takes this file for a leak.
  const std::string letters = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH";
  const auto found = find_secret(
      "one\ntwo sk-"
      "ant-" +
      letters + "\n");
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(found->line == 2U);
  for (const std::string begin : {"AK"
                                  "IA",
                                  "gh"
                                  "p_",
                                  "gl"
                                  "pat-",
                                  "xo"
                                  "xb-",
                                  "AI"
                                  "za",
                                  "sk_"
                                  "live_",
                                  "wh"
                                  "sec_",
                                  "github_"
                                  "pat_"}) {
    BOOST_TEST(find_secret("key=" + begin + letters).has_value(), "not found: " << begin);
  }
  BOOST_TEST(find_secret("-----BEGIN OPENSSH "
                         "PRIVATE KEY-----\n")
                 .has_value());
  for (const std::string text :
       {"sk-ant-...", "the key begins with AKIA", "-----BEGIN CERTIFICATE-----",
        "password: env:PASSWORD", "MAKIA0123456789ABCDEF"}) {
    BOOST_TEST(!find_secret(text).has_value(), "taken for a secret: " << text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::bridges::git
