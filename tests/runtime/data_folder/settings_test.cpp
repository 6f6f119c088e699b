// Settings: three places they come from, and every way in which they can be wrong.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "runtime/settings.hpp"
#include "tests/runtime/data_folder/from_file.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::runtime;
using nightshift::tests::check_refused;
using nightshift::tests::FromFile;
using nightshift::tests::read_file;
using nightshift::tests::TemporaryFolder;
using nightshift::tests::write_file;

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_said_gives_defaults) {
  const auto settings = load_settings({});
  BOOST_TEST_REQUIRE(settings.has_value());
  BOOST_TEST(settings->http_listen == "127.0.0.1:2308");
  BOOST_TEST(!settings->node_name.has_value());
  BOOST_TEST(!settings->node_role.has_value());
  BOOST_TEST(settings->vault_path.empty());
  BOOST_TEST(settings->vault_decisions == "request");
}

BOOST_AUTO_TEST_CASE(every_key_is_read_from_the_file) {
  const FromFile file(R"([node]
name = "tower"
role = "cloud"
capabilities = ["mail", "browser"]
zone = "Asia/Kathmandu"
[backup]
path = "saved"
at = "23:45"
keep = 30
[http]
listen = "127.0.0.1:0"
hosts = ["night.example.org", "tower"]
connections = 500
followers = 0
requests_per_s = 100
[supervision]
step_cpu = "500ms"
stop_within = "30s"
[vault]
path = "notes"
owner = "anna"
decisions = "off"
)");
  const auto settings = file.load();
  BOOST_TEST_REQUIRE(settings.has_value());
  BOOST_TEST(settings->node_name.value() == "tower");
  BOOST_TEST(settings->node_role.value() == "cloud");
  BOOST_TEST((settings->node_capabilities.value() == std::vector<std::string>{"mail", "browser"}));
  BOOST_TEST(settings->backup.path == file.folder.path() / "saved");
  BOOST_TEST((settings->backup.at == std::chrono::minutes(23 * 60 + 45)));
  BOOST_TEST(settings->backup.keep == 30u);
  BOOST_TEST(settings->node_zone.name() == "Asia/Kathmandu");
  BOOST_TEST(settings->http_listen == "127.0.0.1:0");
  BOOST_TEST((settings->http_hosts == std::vector<std::string>{"night.example.org", "tower"}));
  BOOST_TEST(settings->http_connections == 500u);
  BOOST_TEST(settings->http_followers == 0u);
  BOOST_TEST(settings->http_requests_per_s == 100u);
  BOOST_TEST((settings->entity_step_cpu_max == std::chrono::milliseconds(500)));
  BOOST_TEST((settings->stop_within == std::chrono::seconds(30)));
  BOOST_TEST(settings->vault_path == file.folder.path() / "notes");
  BOOST_TEST(settings->vault_owner == "anna");
  BOOST_TEST(settings->vault_decisions == "off");
}

BOOST_AUTO_TEST_CASE(backups_take_a_time_of_day_and_keep_one_at_least) {
  const auto defaults = load_settings({});
  BOOST_TEST(defaults->backup.path.empty());
  BOOST_TEST((defaults->backup.at == std::chrono::hours(2)));
  BOOST_TEST(defaults->backup.keep == 7u);
  for (const auto* time : {"", "2:00", "24:00", "02:60", "02-00", "-1:00", "+2:00", "02:0x"}) {
    const auto text = "[backup]\nat = \"" + std::string(time) + "\"\n";
    check_refused(FromFile(text).load(), {"backup.at", "such as \"02:00\""});
  }
  for (const auto* keep : {"0", "-1", "1001"}) {
    const auto text = "[backup]\nkeep = " + std::string(keep) + "\n";
    check_refused(FromFile(text).load(), {"backup.keep", "must be from 1 to 1000"});
  }
  check_refused(FromFile("[backup]\npath = \"\"\n").load(), {"backup.path", "must name a folder"});
}

BOOST_AUTO_TEST_CASE(flags_win_over_environment_over_file) {
  FromFile file("[http]\nlisten = \"127.0.0.1:1\"\n[node]\nname = \"a\"\nrole = \"local\"\n");
  file.sources.environment = {{"NIGHTSHIFT_HTTP__LISTEN", "127.0.0.1:2"},
                              {"NIGHTSHIFT_NODE__NAME", "b"},
                              {"NIGHTSHIFT_NODE__CAPABILITIES", "x,y"}};
  file.sources.flags = {{"http.listen", "127.0.0.1:3"}};
  const auto settings = file.load();
  BOOST_TEST_REQUIRE(settings.has_value());
  BOOST_TEST(settings->http_listen == "127.0.0.1:3");
  BOOST_TEST(settings->node_name.value() == "b");
  BOOST_TEST(settings->node_role.value() == "local");
  BOOST_TEST((settings->node_capabilities.value() == std::vector<std::string>{"x", "y"}));
}

BOOST_AUTO_TEST_CASE(older_names_are_understood_beneath_our_own) {
  SettingsSources sources;
  sources.environment = {{"AGENT_ROLE", "cloud"}, {"CLOUD_DRAFT_ONLY", "true"}};
  BOOST_TEST(load_settings(sources)->node_role.value() == "cloud");
  sources.environment["NIGHTSHIFT_NODE__ROLE"] = "local";
  BOOST_TEST(load_settings(sources)->node_role.value() == "local");
  sources.environment["CLOUD_DRAFT_ONLY"] = "false";
  check_refused(load_settings(sources), {"CLOUD_DRAFT_ONLY", "only drafts"});
}

BOOST_AUTO_TEST_CASE(an_empty_variable_is_not_set) {
  SettingsSources sources;
  sources.environment = {{"NIGHTSHIFT_NODE__ROLE", ""}, {"NIGHTSHIFT_DATA", "/x"}};
  BOOST_TEST(!load_settings(sources)->node_role.has_value());
}

BOOST_AUTO_TEST_CASE(the_master_key_is_referred_to_and_its_variable_is_known_as_a_secret) {
  const FromFile file("[secrets]\nkey = \"file:keys/master\"\n");
  const auto settings = file.load();
  BOOST_TEST_REQUIRE(settings.has_value());
  BOOST_TEST(to_string(*settings->secrets_key) == "file:" + (file.folder / "keys/master").string());
  BOOST_TEST(settings->secret_variables.empty());
  SettingsSources sources;
  sources.environment = {{"ENCRYPTION_KEY", "0123"}};
  const auto older = load_settings(sources);
  BOOST_TEST_REQUIRE(older.has_value());
  BOOST_TEST(to_string(*older->secrets_key) == "env:ENCRYPTION_KEY");
  BOOST_TEST(older->secret_variables.contains("ENCRYPTION_KEY"));
  sources.environment["NIGHTSHIFT_SECRETS__KEY"] = "env:MASTER";
  BOOST_TEST(to_string(*load_settings(sources)->secrets_key) == "env:MASTER");
}

BOOST_AUTO_TEST_CASE(a_secret_that_stands_in_the_file_is_refused_and_not_repeated) {
  const FromFile file("[secrets]\nkey = \"hunter2\"\n");
  check_refused(file.load(), {":2", "secrets.key must refer to a secret, not hold it"});
  BOOST_TEST((file.load().error().detail.find("hunter2") == std::string::npos));
  check_refused(FromFile("[secrets]\nkey = \"sealed:x\"\n").load(), {"cannot be a sealed secret"});
}

BOOST_AUTO_TEST_CASE(an_unknown_key_names_place_key_and_nearest) {
  const FromFile file("[node]\nname = \"a\"\nroll = \"cloud\"\n");
  check_refused(file.load(), {file.sources.file->string() + ":3", "node.roll", "node.role"});
}

BOOST_AUTO_TEST_CASE(an_unknown_variable_names_the_nearest) {
  SettingsSources sources;
  sources.environment = {{"NIGHTSHIFT_NODE__ROLL", "cloud"}};
  check_refused(load_settings(sources), {"NIGHTSHIFT_NODE__ROLL", "NIGHTSHIFT_NODE__ROLE"});
}

BOOST_AUTO_TEST_CASE(a_section_of_a_later_version_is_named) {
  const FromFile file("[odoo]\nurl = \"https://odoo.example.org\"\n");
  check_refused(file.load(), {":2", "[odoo]", "this version"});
}

BOOST_AUTO_TEST_CASE(homes_are_given_by_kind) {
  const FromFile file("[placement]\ntask = \"cloud\"\napproval = \"laptop\"\n");
  BOOST_TEST_REQUIRE(file.load().has_value());
  const FromFile wrong("[placement]\ntask = \"a b\"\n");
  check_refused(wrong.load(), {"placement.task"});
}

BOOST_AUTO_TEST_CASE(webhooks_are_read_by_their_names) {
  FromFile file(R"([webhook.crm]
url = "https://crm.example.org/hooks?token=a"
secret = "file:keys/crm"
class = "keyed"
timeout_s = 5
allow_private = true
ca_file = "ca.pem"
[webhook."shop.eu"]
url = "http://shop.example.org"
secret = "sealed:shop"
)");
  file.sources.environment = {{"NIGHTSHIFT_WEBHOOK__CRM__TIMEOUT_S", "7"},
                              {"NIGHTSHIFT_WEBHOOK__CRM__ALLOW_PRIVATE", "false"},
                              {"NIGHTSHIFT_WEBHOOK__NEWS__URL", "https://news.example.org"},
                              {"NIGHTSHIFT_WEBHOOK__NEWS__SECRET", "env:NEWS"}};
  const auto settings = file.load();
  BOOST_TEST_REQUIRE(settings.has_value(), (settings ? "" : settings.error().detail));
  BOOST_TEST(settings->webhooks.size() == 3u);
  const auto& crm = settings->webhooks.at("crm");
  BOOST_TEST(crm.url == "https://crm.example.org/hooks?token=a");
  BOOST_TEST(to_string(crm.secret) == "file:" + (file.folder / "keys/crm").string());
  BOOST_TEST(crm.receiver_class == "keyed");
  BOOST_TEST(crm.timeout.count() == 7);
  BOOST_TEST(!crm.allow_private);
  BOOST_TEST(crm.ca_file == file.folder / "ca.pem");
  const auto& shop = settings->webhooks.at("shop.eu");
  BOOST_TEST(shop.receiver_class == "neither");
  BOOST_TEST(shop.timeout.count() == 20);
  BOOST_TEST(!shop.allow_private);
  BOOST_TEST(to_string(settings->webhooks.at("news").secret) == "env:NEWS");
}

BOOST_AUTO_TEST_CASE(mail_accounts_are_read_by_their_names) {
  const auto settings = FromFile(R"([mail.work]
url = "smtp://mail.example.org:587"
from = "Ada <ada@example.org>"
user = "ada"
password = "env:MAIL"
timeout_s = 5
ca_file = "ca.pem"
[mail.relay]
url = "smtp://[::1]:2525"
from = "ada@example.org"
plain = true
)")
                            .load();
  BOOST_TEST_REQUIRE(settings.has_value());
  const auto& work = settings->mail_accounts.at("work");
  BOOST_TEST(work.from == "Ada <ada@example.org>");
  BOOST_TEST(to_string(work.password) == "env:MAIL");
  BOOST_TEST((work.timeout == std::chrono::seconds(5)));
  BOOST_TEST(work.ca_file.is_absolute());
  BOOST_TEST(!work.plain);
  BOOST_TEST(settings->mail_accounts.at("relay").plain);
  BOOST_TEST(settings->secret_variables.contains("MAIL"));
}

BOOST_AUTO_TEST_CASE(a_mail_account_that_lacks_something_or_would_speak_openly_is_refused) {
  const std::string url = "[mail.work]\nurl = \"smtp://mail.example.org\"\n";
  const std::string from = "from = \"ada@example.org\"\n";
  check_refused(FromFile("[mail.work]\n" + from).load(), {"[mail.work]", "no url"});
  check_refused(FromFile(url).load(), {"[mail.work]", "no from"});
  check_refused(FromFile(url + from + "user = \"ada\"\n").load(), {"no password"});
  check_refused(FromFile(url + from + "password = \"env:A\"\n").load(), {"no user"});
  check_refused(FromFile(url + from + "plain = true\n").load(), {"not this machine"});
  check_refused(
      FromFile("[mail.work]\nurl = \"smtp://localhost.example.org:25\"\nplain = true\n" + from)
          .load(),
      {"not this machine"});
  check_refused(FromFile("[mail.work]\nurl = \"smtps://localhost\"\nplain = true\n" + from).load(),
                {"smtps://"});
  for (const std::string bad : {"http://a.example", "smtp://", "smtp://u:p@a.example",
                                "smtp://a.example/x", "smtp://a.example?x", "a.example:25"}) {
    check_refused(FromFile("[mail.work]\nurl = \"" + bad + "\"\n").load(), {"mail server"});
  }
  for (const std::string bad : {"ada", "@example.org", "a@b, c@d", "a b@example.org"}) {
    check_refused(FromFile("[mail.work]\nfrom = \"" + bad + "\"\n").load(), {"one mail address"});
  }
}

BOOST_AUTO_TEST_CASE(a_webhook_without_address_or_secret_is_refused) {
  check_refused(FromFile("[webhook.crm]\nsecret = \"env:A\"\n").load(),
                {"[webhook.crm]", "no url"});
  check_refused(FromFile("[webhook.crm]\nurl = \"https://a.example\"\n").load(),
                {"[webhook.crm]", "no secret"});
  SettingsSources sources;
  sources.environment = {{"NIGHTSHIFT_WEBHOOK__CRM__TIMEOUT_S", "soon"}};
  check_refused(load_settings(sources), {"NIGHTSHIFT_WEBHOOK__CRM__TIMEOUT_S", "a whole number"});
}

BOOST_AUTO_TEST_CASE(what_was_given_as_a_secret_is_not_repeated) {
  const auto loaded = FromFile("[webhook.crm]\nsecret = \"whsec_hunter2\"\n").load();
  BOOST_TEST_REQUIRE(!loaded.has_value());
  BOOST_TEST((loaded.error().detail.find("hunter2") == std::string::npos));
}

BOOST_AUTO_TEST_CASE(a_misspelt_empty_section_is_noticed) {
  const FromFile file("[vaullt]\n");
  check_refused(file.load(), {":1", "vaullt", "vault."});
}

struct Wrong {
  const char* text;
  const char* word;
};
std::ostream& operator<<(std::ostream& out, const Wrong& wrong) { return out << wrong.text; }

const Wrong wrong_values[] = {
    {"[node]\nrole = \"moon\"\n", "\"cloud\", \"local\""},
    {"[node]\nrole = 3\n", "an integer"},
    {"[node]\nrole = [\"cloud\"]\n", "a list"},
    {"[node]\nname = \"a b\"\n", "letters"},
    {"[node]\nname = true\n", "true or false"},
    {"[node]\ncapabilities = \"mail\"\n", "a list of texts"},
    {"[node]\ncapabilities = [1]\n", "a list of other things"},
    {"[http]\nlisten = \"nowhere\"\n", "HOST:PORT"},
    {"[http]\nlisten = \"127.0.0.1:70000\"\n", "HOST:PORT"},
    {"[http]\nlisten = \"::1:80\"\n", "HOST:PORT"},
    {"[http]\nhosts = [\"tower:80\"]\n", "without scheme or port"},
    {"[http]\nhosts = [\"two words\"]\n", "names of hosts"},
    {"[http]\nhosts = \"tower\"\n", "a list of texts"},
    {"[supervision]\nstep_cpu = \"10\"\n", "100ms"},
    {"[supervision]\nstep_cpu = \"1ms\"\n", "100ms"},
    {"[supervision]\nstep_cpu = \"9999999999999999s\"\n", "3600s"},
    {"[supervision]\nstop_within = \"off\"\n", "100ms"},
    {"[vault]\npath = \"\"\n", "folder"},
    {"[vault]\ndecisions = \"ask\"\n", "request"},
    {"[vault.path]\nx = \"y\"\n", "a section"},
    {"[webhook]\ncrm = \"x\"\n", "unknown key webhook.crm"},
    {"[webhook.crm]\nurk = \"x\"\n", "did you mean webhook.crm.url?"},
    {"[webhook.crm]\nurl = 3\n", "a text in quotes, not an integer"},
    {"[webhook.crm]\nurl = \"ftp://example.org\"\n", "https://example.org/hook"},
    {"[webhook.crm]\nurl = \"https://u:p@example.org\"\n", "a user or a password"},
    {"[webhook.crm]\nurl = \"https://example.org/a b\"\n", "blanks"},
    {"[webhook.crm]\nurl = \"https://example.org/#a\"\n", "fragment"},
    {"[webhook.crm]\nsecret = \"hunter2\"\n", "env:NAME"},
    {"[webhook.crm]\nclass = \"once\"\n", "\"keyed\", \"neither\""},
    {"[webhook.crm]\ntimeout_s = 0\n", "1 to 300 seconds"},
    {"[webhook.crm]\ntimeout_s = \"5\"\n", "a whole number"},
    {"[webhook.crm]\nallow_private = 1\n", "true or false"},
    {"[webhook.\"a b\"]\nurl = \"https://example.org\"\n", "letters"},
    {"[webhook.crm.more]\nurl = \"https://example.org\"\n", "webhook.crm.more"},
    {"[node]\nzone = \"Europe/Berlim\"\n", "Europe/Berlin"},
    {"[budget.mail]\nwindow = \"year\"\n", "\"day\", \"week\", \"month\""},
    {"[budget.mail]\nmicro_usd = -1\n", "0 to 1000000000000000"},
    {"[budget.mail]\nmicro_usd = 0.5\n", "a number with a point"},
    {"[budget.mail]\nmeter = \"a b\"\n", "letters"},
    {"[budget.mail]\nmicro_us = 1\n", "did you mean budget.mail.micro_usd?"},
    {"[prices.opus]\ninput_micro_usd = 1000000001\n", "0 to 1000000000"},
    {"[prices.opus]\nvalid_from = \"soon\"\n", "2026-02-15"},
    {"[prices.opus]\nvalid_from = 2026-02-15\n", "a date or time"},
    {"[prices.opus]\naliases = [\"\"]\n", "name of a model"},
    {"[agent.email]\ncommand = []\n", "a program and its arguments"},
    {"[agent.email]\nchannel = \"fax\"\n", "instagram or x"},
    {"[agent.email]\ntimeout_s = 0\n", "1 to 3600 seconds"},
    {"[agent.email]\nprocesses = 0\n", "1 to 4096 processes"},
    {"[agent.email]\nsecrets = [\"API_KEY=hunter2\"]\n", "env:NAME"},
    {"[agent.email]\nsecrets = [\"api key\"]\n", "API_KEY=sealed:api"},
    {"[agent.email]\ncomand = []\n", "did you mean agent.email.command?"},
    {"[routing]\nemail = [\"two words\"]\n", "letters and digits"},
    {"[routing]\nemail = \"mail\"\n", "a list of texts"},
    {"[node\n", "not TOML"},
    {"name = \"a\"\n", "node.name"},
};

BOOST_DATA_TEST_CASE(a_wrong_value_is_refused_with_its_line,
                     boost::unit_test::data::make(wrong_values), wrong) {
  const FromFile file(wrong.text);
  check_refused(file.load(), {"nightshift.toml:", wrong.word});
}

BOOST_AUTO_TEST_CASE(the_agents_of_the_seeds_are_there_and_the_owners_words_go_before_theirs) {
  const auto plain = FromFile("").load();
  BOOST_TEST_REQUIRE(plain.has_value());
  BOOST_TEST_REQUIRE(plain->routes.agents_size() == 3);
  BOOST_TEST(plain->routes.agents(1).name() == "email");
  BOOST_TEST(plain->routes.agents(1).keywords(3) == "gmail");
  BOOST_TEST(plain->agents.at("email").command.empty());
  const auto changed = FromFile(
                           "[agent.email]\ncommand = [\"bin/mail\", \"-q\"]\n"
                           "[agent.press]\nchannel = \"x\"\n"
                           "[routing]\nemail = [\"Post\"]\npress = [\"news\"]\n")
                           .load();
  BOOST_TEST_REQUIRE(changed.has_value());
  BOOST_TEST_REQUIRE(changed->routes.agents_size() == 4);
  BOOST_TEST(changed->routes.agents(1).keywords_size() == 1);
  BOOST_TEST(changed->routes.agents(1).keywords(0) == "post");
  BOOST_TEST(changed->routes.agents(2).channel() == CHANNEL_X);
  BOOST_TEST(changed->agents.at("email").command.front().starts_with("/"));
}

BOOST_AUTO_TEST_CASE(words_for_nobody_and_drafts_for_no_webhook_are_refused) {
  check_refused(FromFile("[routing]\nnobody = [\"x\"]\n").load(),
                {"routing.nobody", "[agent.nobody]"});
  check_refused(FromFile("[agent.email]\nwebhook = \"crm\"\n").load(), {"[webhook.crm]"});
  check_refused(FromFile("[agent.press]\nnetwork = true\n").load(), {"[agent.press]", "command"});
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_an_error) {
  SettingsSources sources;
  sources.file = "/nonexistent/nightshift.toml";
  check_refused(load_settings(sources), {"/nonexistent/nightshift.toml", "check the path"});
}

BOOST_AUTO_TEST_CASE(folders_follow_the_environment) {
  BOOST_TEST(default_data_folder({{"NIGHTSHIFT_DATA", "/d"}, {"HOME", "/h"}}) == "/d");
  BOOST_TEST(default_data_folder({{"XDG_STATE_HOME", "/s"}}) == "/s/nightshift");
  BOOST_TEST(default_data_folder({{"XDG_STATE_HOME", "relative"}, {"HOME", "/h"}}) ==
             "/h/.local/state/nightshift");
  const TemporaryFolder folder;
  const Environment environment{{"XDG_CONFIG_HOME", folder.path().string()}};
  BOOST_TEST(!default_config_file(environment).has_value());
  write_file(folder / "nightshift/nightshift.toml", "");
  BOOST_TEST(default_config_file(environment).has_value());
}

BOOST_AUTO_TEST_CASE(the_example_shows_every_key_and_can_be_used) {
  const auto example = read_file("config/nightshift.toml");
  for (const auto& key : setting_keys()) {
    const auto last = key.name.substr(key.name.rfind('.') + 1);
    const auto name = last == "NAME" ? "email" : last;
    BOOST_TEST((example.find("# " + std::string(name) + " = ") != std::string::npos),
               "config/nightshift.toml does not show " << key.name);
    BOOST_TEST((example.find(key.meaning) != std::string::npos),
               "config/nightshift.toml does not explain " << key.name);
  }
  BOOST_TEST(FromFile(example).load().has_value());
  std::string uncommented;
  std::istringstream lines(example);
  for (std::string line; std::getline(lines, line);) {
    const bool value = line.starts_with("# [") ||
                       (line.starts_with("# ") && line.find(" = ") != std::string::npos);
    uncommented += (value ? line.substr(2) : line) + "\n";
  }
  const auto used = FromFile(uncommented).load();
  BOOST_TEST(used.has_value(), (used ? "" : used.error().detail));
}
