// Secrets from end to end: set, imported, rotated beside a node; refused on a cloud node; and never
// to be found where they do not belong.
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cctype>
#include <filesystem>
#include <set>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "messages/crypto.hpp"
#include "tests/program/house.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/web/standard_webhooks.hpp"

namespace {

using namespace nightshift::tests;
using nlohmann::json;

/// With characters that other spellings change.
const std::string canary = "canary+51d0/never shown&=\xc3\xa9";

std::string url_encoded(const std::string& text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const unsigned char c : text) {
    if (std::isalnum(c) != 0 || c == '-' || c == '.')
      encoded += static_cast<char>(c);
    else
      encoded += {'%', digits[c >> 4], digits[c & 15]};
  }
  return encoded;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

/// The canary as it is, and as others write it.
std::set<std::string> spellings() {
  const auto hex = nightshift::to_hex(canary);
  std::set<std::string> all{canary, hex, upper(hex), url_encoded(canary)};
  for (std::size_t before = 0; before < 3; ++before) {
    // In the middle of something longer: without the ends, which its neighbours change.
    auto base64 = nightshift::to_base64url(std::string(before, 'x') + canary);
    base64 = base64.substr(4, base64.size() - 8);
    all.insert(base64);
    for (char& c : base64) c = c == '-' ? '+' : c == '_' ? '/' : c;
    all.insert(base64);
  }
  return all;
}

/// The canary as a key for the signatures of webhooks.
std::string signing_secret() {
  auto base64 = nightshift::to_base64url(canary);
  for (char& c : base64) c = c == '-' ? '+' : c == '_' ? '/' : c;
  return "whsec_" + base64 + std::string((4 - base64.size() % 4) % 4, '=');
}

/// Fails for every spelling of the canary that `text` has.
void check_clean(const std::string& text, const std::string& where) {
  static const auto all = spellings();
  for (const auto& spelling : all) BOOST_TEST(!says(text, spelling), where << " has " << spelling);
}

void check_clean(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) check_clean(read_file(entry.path()), entry.path().string());
  }
}

void check_refused(NodeProcess node, const std::vector<std::string>& parts) {
  BOOST_TEST(!node.ready(), node.ready_line());
  const auto ended = node.wait();
  BOOST_TEST(ended.exit_code == 5, ended.exit_code << ": " << ended.err);
  for (const auto& part : parts) BOOST_TEST(says(ended.err, part), ended.err);
  BOOST_TEST(says(ended.err, "code: forbidden"), ended.err);
  check_clean(ended.err + ended.out, "the refusal");
}

/// Where the tests keep what the program is given.
struct Given {
  TemporaryFolder folder;

  std::string file(const std::string& name, const std::string& text) const {
    write_file(folder / name, text);
    return (folder / name).string();
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(
    secrets_are_set_listed_imported_rotated_and_removed_without_a_node_and_beside_it) {
  const Given given;
  House house;
  house.expect(0, "no sealed secrets", {"secret", "list"});
  house.expect(0, "sealed:hook", {"secret", "set", "hook", "--file", given.file("hook", canary)});
  house.start();
  const auto typed =
      house.on_terminal({"secret", "set", "typed"}, {{"The secret typed: ", canary + "\n"}});
  BOOST_TEST(typed.exit_code == 0, typed.out);
  check_clean(typed.out, "the terminal");
  const auto env = given.file("env", "SMTP_PASSWORD='" + canary + "'\nPORT=80\n");
  house.expect(0, "sealed:SMTP_PASSWORD", {"secret", "import", env});
  house.expect(6, "SMTP_PASSWORD already", {"secret", "import", env});
  house.expect(0, "sealed:PORT", {"secret", "import", env, "--replace"});
  const auto before = json::parse(house.run({"--json", "secret", "list"}).out);
  house.expect(0, "sealed with the master key", {"secret", "rotate"});
  const auto after = json::parse(house.run({"--json", "secret", "list"}).out);
  BOOST_TEST_REQUIRE(after.size() == 4u);
  for (std::size_t i = 0; i < after.size(); ++i) {
    BOOST_TEST((after[i].at("name") == before[i].at("name")));
    BOOST_TEST((after[i].at("key_id") != before[i].at("key_id")));
  }
  house.expect(0, "gone", {"secret", "remove", "typed"});
  house.expect(3, "typed", {"secret", "remove", "typed"});
  house.expect(2, "NAME", {"secret", "set", "a=" + canary});
  house.expect(2, "--key", {"secret", "import", env, "--key", "hunter2"});
  house.stop();
  check_clean(house.folder().root());
}

BOOST_AUTO_TEST_CASE(the_usual_key_opens_what_the_deployer_sealed) {
  const Given given;
  House house;
  // docs/formats/secrets.md has this text.
  const auto sealed = given.file(
      "sealed",
      "EBESExQVFhcYGRobUc1fLkJ54xcLyDdMeDR3ZAbc2UYAlnH2k1cyP2RUWGHkcmIsSI8D4bipozQNAxuJFMttIZ3TAJs"
      "bRKBz9w==\n");
  house.expect(2, "--key", {"secret", "import", sealed});
  house.environment["ENCRYPTION_KEY"] = std::string(64, 'a');
  house.expect(1, "does not open with this key", {"secret", "import", sealed});
  house.environment["ENCRYPTION_KEY"] =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  house.expect(0, "sealed:SMTP_PASSWORD", {"secret", "import", sealed});
  // It is the master key as well, then.
  BOOST_TEST(!std::filesystem::exists(house.folder().secrets() / "master.key"));
  house.start();
  house.stop();
  house.environment["ENCRYPTION_KEY"] = canary;
  auto node = house.try_start();
  BOOST_TEST(!node.ready());
  const auto ended = node.wait();
  BOOST_TEST(ended.exit_code == 2, ended.err);
  BOOST_TEST(says(ended.err, "env:ENCRYPTION_KEY: a master key is 32 bytes"), ended.err);
  check_clean(ended.err, "the refusal");
}

BOOST_AUTO_TEST_CASE(a_cloud_node_with_a_forbidden_secret_does_not_start_and_writes_nothing) {
  const Given given;
  for (const char* name : {"SMTP_PASSWORD", "WHATSAPP_SESSION_PATH", "BANK_API_TOKEN",
                           "PAYMENT_API_KEY", "ODOO_PASSWORD"}) {
    House house;
    house.environment["AGENT_ROLE"] = "cloud";
    house.environment[name] = canary;
    check_refused(house.try_start(), {name, "in the environment", "local node"});
    BOOST_TEST(!std::filesystem::exists(house.folder().root()));
  }
  House house;
  const auto refused_with = [&](const std::string& config, const std::string& named) {
    write_file(house.path("c.toml"), "[node]\nrole = \"cloud\"\n" + config);
    check_refused(house.try_start({"--config", house.path("c.toml")}), {named, "c.toml:"});
  };
  refused_with("[secrets]\nkey = \"env:BANK_API_TOKEN\"\n", "BANK_API_TOKEN");
  refused_with("[odoo]\npassword = \"" + canary + "\"\n", "odoo.password");
  write_file(house.path(".env.cloud"), "ANTHROPIC_API_KEY=x\nODOO_PASSWORD=" + canary + "\n");
  house.environment["NIGHTSHIFT_NODE__ROLE"] = "cloud";
  check_refused(house.try_start(), {"ODOO_PASSWORD", ".env.cloud:2"});
  std::filesystem::remove(house.path(".env.cloud"));
  house.expect(5, "SMTP_PASSWORD",
               {"secret", "set", "SMTP_PASSWORD", "--file", given.file("s", canary)});
  write_file(house.path("vault/Inbox/me.session"), canary);
  write_file(house.path("c.toml"), "[vault]\npath = \"vault\"\n");
  check_refused(house.try_start({"--config", house.path("c.toml")}), {"me.session"});
}

BOOST_AUTO_TEST_CASE(a_node_that_was_made_for_the_cloud_stays_held_to_its_partition) {
  House house;
  house.environment["AGENT_ROLE"] = "cloud";
  house.environment["ANTHROPIC_API_KEY"] = canary;
  house.start();
  house.stop();
  house.environment["AGENT_ROLE"] = "";
  house.environment["SMTP_PASSWORD"] = canary;
  check_refused(house.try_start(), {"SMTP_PASSWORD"});
}

BOOST_AUTO_TEST_CASE(a_folder_of_secrets_carried_to_another_node_is_refused) {
  const Given given;
  House house;
  house.environment["NIGHTSHIFT_NODE__NAME"] = "laptop";
  house.expect(0, "for laptop (local)",
               {"secret", "set", "hook", "--file", given.file("hook", canary)});
  House other;
  std::filesystem::copy(house.folder().root(), other.folder().root(),
                        std::filesystem::copy_options::recursive);
  other.environment["NIGHTSHIFT_NODE__NAME"] = "vm-1";
  auto node = other.try_start();
  BOOST_TEST(!node.ready());
  const auto ended = node.wait();
  BOOST_TEST(ended.exit_code == 2, ended.err);
  BOOST_TEST(says(ended.err, "those of the node laptop"), ended.err);
}

BOOST_AUTO_TEST_CASE(a_node_keeps_its_environment_and_its_memory_to_itself) {
  House house;
  house.environment["CRM_HOOK_SECRET"] = canary;
  house.environment["PLAIN_SETTING"] = "plainly-visible";
  house.start();
  const auto proc = "/proc/" + std::to_string(house.node().pid());
  const auto environ = read_file(proc + "/environ");
  if (::geteuid() == 0) BOOST_TEST(says(environ, "plainly-visible"));
  check_clean(environ, "environ");
  check_clean(read_file(proc + "/cmdline"), "cmdline");
  rlimit limit{};
  BOOST_TEST_REQUIRE(::prlimit(house.node().pid(), RLIMIT_CORE, nullptr, &limit) == 0);
  BOOST_TEST(limit.rlim_cur == 0u);
  house.stop();
}

BOOST_AUTO_TEST_CASE(after_a_whole_day_no_secret_is_anywhere_but_where_it_belongs) {
  const Given given;
  const WebReceiver receiver;
  House house;
  house.environment["CRM_HOOK_SECRET"] = signing_secret();
  house.environment["ODOO_PASSWORD"] = canary;
  write_file(house.path("c.toml"), "[webhook.crm]\nsecret = \"env:CRM_HOOK_SECRET\"\nurl = \"" +
                                       receiver.url() + "\"\nallow_private = true\n");
  std::string said;
  const auto run = [&](std::vector<std::string> arguments) {
    const auto ended = house.run(std::move(arguments));
    said += ended.out + ended.err;
  };
  house.add_anna();
  run({"secret", "set", "hook", "--file", given.file("hook", canary + "\n")});
  run({"secret", "import", given.file("env", "A=\"" + canary + "\"\n")});
  run({"secret", "import", given.file("broken", "A=\"" + canary + "\n")});
  run({"--json", "secret", "import",
       given.file("object", "{\"B\": \"" + canary + "\", \"c\": 1}")});
  house.start({"--config", house.path("c.toml")});
  house.propose("a");
  run({"approval", "propose", "b", "title=Tell the CRM", "category=odoo",
       "action.webhook.target=crm", "action.webhook.payload={}"});
  for (const auto* id : {"a", "b"}) {
    run({"approval", "approve", id, "--passphrase-file", house.passphrase_file()});
    house.await_status(id, "sent");
  }
  BOOST_TEST_REQUIRE(receiver.count() == 1u);
  BOOST_TEST(is_signed(receiver.received().front(), signing_secret()));
  run({"secret", "rotate"});
  for (const char* verb : {"log", "list"}) run({"--json", verb});
  run({"--json", "secret", "list"});
  run({"--json", "why", "approval/a"});
  run({"audit", "verify"});
  std::filesystem::copy(house.folder().root(), house.path("backup"),
                        std::filesystem::copy_options::recursive);
  house.node().signal(SIGKILL);
  house.node().wait();
  house.start();
  house.stop();
  check_clean(said, "what the program said");
  check_clean(std::filesystem::path(house.path("")));
  BOOST_TEST(read_file(house.folder().secrets() / "sealed").find("hook ") != std::string::npos);
}
