// The partition: what a cloud node must not have, wherever it could get it from.
#include <filesystem>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/secrets/partition.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::runtime;
using nightshift::tests::TemporaryFolder;
using nightshift::tests::write_file;

const std::string canary = "canary-e7-never-shown";

SettingEntry entry(std::string key, std::string value) {
  SettingEntry made;
  made.key = std::move(key);
  made.value.text = std::move(value);
  made.origin = "node.toml:7";
  return made;
}

/// The message of a refusal; empty where nothing was found.
std::string found(const Environment& environment, const std::vector<SettingEntry>& settings = {},
                  std::vector<std::string> sealed = {},
                  std::vector<std::filesystem::path> folders = {},
                  std::filesystem::path vault = {}) {
  const auto done =
      check_cloud({environment, settings, std::move(sealed), std::move(folders), std::move(vault)});
  if (done) return "";
  BOOST_TEST((done.error().code == ErrorCode::forbidden));
  BOOST_TEST((done.error().detail.find(canary) == std::string::npos));
  return done.error().detail;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_names_of_the_list_are_forbidden_and_their_like) {
  for (const char* name :
       {"WHATSAPP_SESSION_PATH", "SMTP_PASSWORD", "BANK_API_TOKEN", "PAYMENT_API_KEY",
        "ODOO_PASSWORD", "smtp_password", "odoo.password", "mail.smtp-password",
        "NIGHTSHIFT_ODOO__PASSWORD", "GMAIL_SMTP_PASS", "ODOO_ADMIN_PASSWORD", "ODOO_API_KEY",
        "BANK_ACCESS_TOKEN", "MY_BANK_API_TOKEN"}) {
    BOOST_TEST(forbidden_on_cloud(name).has_value(), name);
  }
  for (const char* name :
       {"ANTHROPIC_API_KEY", "GIT_REMOTE_URL", "WHATSAPP_NOTIFICATION_NUMBER", "FALLBACK_EMAIL",
        "ENCRYPTION_KEY", "SMTP_HOST", "ODOO_URL", "POSTGRES_PASSWORD", "odoo.url", "PATH", ""}) {
    BOOST_TEST(!forbidden_on_cloud(name).has_value(), name);
  }
  for (const char* name : {"whatsapp.session", ".whatsapp_session", ".whatsapp_session.json"}) {
    BOOST_TEST(forbidden_file_on_cloud(name).has_value(), name);
  }
  BOOST_TEST(!forbidden_file_on_cloud("sessions.md").has_value());
}

BOOST_AUTO_TEST_CASE(a_variable_is_named_with_what_it_is_and_never_its_value) {
  const auto message = found({{"SMTP_PASSWORD", canary}, {"ODOO_PASSWORD", canary}, {"HOME", "/"}});
  BOOST_TEST(has(message, "SMTP_PASSWORD (an SMTP password, in the environment)"));
  BOOST_TEST(has(message, "ODOO_PASSWORD (an Odoo password, in the environment)"));
  BOOST_TEST(!has(message, "HOME"));
  BOOST_TEST(found({{"SMTP_PASSWORD", ""}}).empty());
}

BOOST_AUTO_TEST_CASE(keys_and_references_of_the_configuration_are_found) {
  for (const auto& [made, named] : {
           std::pair{entry("odoo.password", canary), "odoo.password"},
           std::pair{entry("webhook.crm.secret", "env:BANK_API_TOKEN"), "BANK_API_TOKEN"},
           std::pair{entry("webhook.crm.secret", "sealed:SMTP_PASSWORD"), "SMTP_PASSWORD"},
           std::pair{entry("mail.session", "file:/srv/whatsapp.session"), "whatsapp.session"},
           std::pair{entry("mail.key", "file:/run/secrets/odoo_password"), "odoo_password"},
       }) {
    const auto message = found({}, {made});
    BOOST_TEST(has(message, named), message);
    BOOST_TEST(has(message, "node.toml:7"), message);
  }
  BOOST_TEST(found({}, {entry("webhook.crm.secret", "env:CRM_HOOK"), entry("node.role", "cloud")})
                 .empty());
}

BOOST_AUTO_TEST_CASE(sealed_secrets_are_found_by_name) {
  BOOST_TEST(has(found({}, {}, {"crm", "PAYMENT_API_KEY"}), "PAYMENT_API_KEY"));
}

BOOST_AUTO_TEST_CASE(an_env_file_for_the_cloud_is_looked_into_line_by_line) {
  const TemporaryFolder folder;
  const auto look = [&](const std::string& text) {
    write_file(folder / ".env.cloud", text);
    return found({}, {}, {}, {folder.path()});
  };
  const auto where = (folder / ".env.cloud").string();
  BOOST_TEST(has(look("# none\nANTHROPIC_API_KEY=x\nSMTP_PASSWORD=" + canary + "\n"),
                 "SMTP_PASSWORD (an SMTP password, in " + where + ":3)"));
  BOOST_TEST(has(look("export ODOO_PASSWORD = '" + canary + "'\r\n"), "ODOO_PASSWORD"));
  BOOST_TEST(has(look("BANK_API_TOKEN: " + canary), "BANK_API_TOKEN"));
  BOOST_TEST(look("SMTP_PASSWORD=\n#ODOO_PASSWORD=" + canary + "\nBANK_API_TOKEN=\"\"\n").empty());
  // What stands where a name should may be a secret itself.
  BOOST_TEST(look("x " + canary + " SMTP_PASSWORD=1\n").empty());
  std::filesystem::remove(folder / ".env.cloud");
  std::filesystem::create_directory(folder / ".env.cloud");
  const std::vector<SettingEntry> no_settings;
  const auto unreadable = check_cloud({{}, no_settings, {}, {folder.path()}, {}});
  BOOST_TEST_REQUIRE(!unreadable.has_value());
  BOOST_TEST((unreadable.error().code == ErrorCode::io));
}

BOOST_AUTO_TEST_CASE(session_files_are_found_beside_the_node_and_anywhere_in_the_vault) {
  const TemporaryFolder folder;
  write_file(folder / "vault/Inbox/deep/er/me.session", canary);
  BOOST_TEST(found({}, {}, {}, {folder.path()}).empty());
  BOOST_TEST(has(found({}, {}, {}, {}, folder / "vault"), "me.session (a session file, a file)"));
  write_file(folder / ".whatsapp_session/state.json", canary);
  BOOST_TEST(has(found({}, {}, {}, {folder.path()}), ".whatsapp_session (a WhatsApp session"));
  BOOST_TEST(found({}, {}, {}, {folder / "absent"}, folder / "absent").empty());
}

BOOST_AUTO_TEST_CASE(a_local_zone_may_hold_everything) {
  BOOST_TEST(check_partition("local", "SMTP_PASSWORD", "the secret").has_value());
  BOOST_TEST(!check_partition("cloud", "SMTP_PASSWORD", "the secret").has_value());
}
