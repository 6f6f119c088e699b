// The table of keys, and what each takes.
#include "runtime/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "runtime/settings_git.hpp"
#include "runtime/settings_http.hpp"
#include "runtime/settings_sections.hpp"

namespace nightshift::runtime {
namespace {

std::optional<std::string> set_name(Settings& settings, const SettingValue& value) {
  settings.node_name = value.text;
  return must_be_id(value.text);
}

std::optional<std::string> set_role(Settings& settings, const SettingValue& value) {
  return one_of(settings.node_role.emplace(), value.text, {"cloud", "local"});
}

std::optional<std::string> set_capabilities(Settings& settings, const SettingValue& value) {
  for (const auto& word : value.list) {
    if (auto wrong = must_be_id(word)) return wrong;
  }
  settings.node_capabilities = value.list;
  return std::nullopt;
}

std::optional<std::string> set_zone(Settings& settings, const SettingValue& value) {
  const auto zone = Zone::find(value.text);
  if (!zone) return "must be a time zone such as \"Europe/Berlin\": " + zone.error().detail;
  settings.node_zone = *zone;
  return std::nullopt;
}

std::optional<std::string> set_secrets_key(Settings& settings, const SettingValue& value) {
  const auto reference = parse_secret_reference(value.text, value.base);
  if (!reference) return reference.error().detail;
  if (reference->source == SecretReference::Source::sealed) {
    return "cannot be a sealed secret: it is what they are sealed with";
  }
  settings.secrets_key = *reference;
  return std::nullopt;
}

/// `250ms` or `30s`, from 100 ms to an hour.
std::optional<std::chrono::milliseconds> parse_span(std::string_view text) {
  std::int64_t count = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  const std::string_view unit(read.ptr, end);
  const bool known = read.ec == std::errc() && (unit == "s" || unit == "ms");
  if (!known || count < 0 || count > 3'600'000) return std::nullopt;
  const auto span = std::chrono::milliseconds(unit == "s" ? count * 1000 : count);
  const bool fits = span >= std::chrono::milliseconds(100) && span <= std::chrono::hours(1);
  return fits ? std::optional(span) : std::nullopt;
}

std::optional<std::string> set_step_cpu(Settings& settings, const SettingValue& value) {
  const auto span = value.text == "off" ? std::chrono::milliseconds(0) : parse_span(value.text);
  if (!span) {
    return "must be \"off\" or a time from \"100ms\" to \"3600s\", not \"" + value.text + "\"";
  }
  settings.entity_step_cpu_max = *span;
  return std::nullopt;
}

std::optional<std::string> set_stop_within(Settings& settings, const SettingValue& value) {
  const auto span = parse_span(value.text);
  if (!span) {
    return "must be a time from \"100ms\" to \"3600s\", not \"" + value.text + "\"";
  }
  settings.stop_within = *span;
  return std::nullopt;
}

std::optional<std::string> set_path(Settings& settings, const SettingValue& value) {
  if (value.text.empty()) return "must name a folder";
  const auto path = value.base / std::filesystem::path(value.text);
  settings.vault_path = std::filesystem::absolute(path).lexically_normal();
  return std::nullopt;
}

std::optional<std::string> set_owner(Settings& settings, const SettingValue& value) {
  settings.vault_owner = value.text;
  return must_be_id(value.text);
}

std::optional<std::string> set_decisions(Settings& settings, const SettingValue& value) {
  return one_of(settings.vault_decisions, value.text, {"request", "move", "off"});
}

std::optional<std::string> set_moves_decide(Settings& settings, const SettingValue& value) {
  for (const auto& word : value.list) {
    if (word == "odoo") {
      return "cannot name odoo: payments and postings are approved with the key alone";
    }
    std::string channel;
    if (auto wrong = one_of(channel, word, {"email", "linkedin", "whatsapp", "social"})) {
      return wrong;
    }
  }
  settings.vault_moves_decide = value.list;
  return std::nullopt;
}

/// Checks a key of `[git]`, which is read by itself (`load_git_settings`).
template <auto Set>
std::optional<std::string> in_git(Settings&, const SettingValue& value) {
  GitSettings checked;
  return Set(checked, value);
}

using Rule = SettingRule<Settings>;
using enum SettingShape;
constexpr std::array rules{
    Rule{{"node.name", text, "The node's name; the host's name if nobody says."}, set_name},
    Rule{{"node.role", text, "\"local\" may act outside; \"cloud\" only drafts."}, set_role},
    Rule{{"node.capabilities", list,
          "What the node can do; all that its role allows if nobody says."},
         set_capabilities},
    Rule{{"node.zone", text, "The time zone where its days begin; this machine's if nobody says."},
         set_zone},
    Rule{{"http.listen", text, "Where the node answers, HOST:PORT."}, set_http_listen},
    Rule{{"http.hosts", list, "Names besides its address that reach the node, of a proxy say."},
         set_http_hosts},
    Rule{{"http.connections", number, "Connections that may be open at once."},
         set_http_connections},
    Rule{{"http.followers", number, "Streams of events among them."}, set_http_followers},
    Rule{{"http.requests_per_s", number,
          "Requests of one principal in a second, for a moment twice as many; 0 is any number."},
         set_http_requests},
    Rule{{"cluster.listen", text, "Where other nodes reach this one, HOST:PORT."},
         [](Settings& all, const SettingValue& value) {
           return set_cluster_listen(all.cluster, value);
         }},
    Rule{{"cluster.peers", list, "Nodes that this one dials, NODE=HOST:PORT."},
         [](Settings& all, const SettingValue& value) {
           return set_cluster_peers(all.cluster, value);
         }},
    Rule{{"secrets.key", text,
          "Where the master key of the sealed secrets lies: \"env:NAME\" or \"file:PATH\"."},
         set_secrets_key},
    Rule{{"supervision.step_cpu", text,
          "Processor time after which an entity that does not return is stopped, or \"off\"."},
         set_step_cpu},
    Rule{{"supervision.stop_within", text,
          "How long the node may take to stop before its process ends anyway."},
         set_stop_within},
    Rule{{"backup.path", text, "Where scheduled backups go; without it there are none."},
         [](Settings& all, const SettingValue& value) {
           return set_backup_path(all.backup, value);
         }},
    Rule{{"backup.at", text, "When, every day, in the node's zone."},
         [](Settings& all, const SettingValue& value) { return set_backup_at(all.backup, value); }},
    Rule{{"backup.keep", number, "How many of them stay."},
         [](Settings& all, const SettingValue& value) {
           return set_backup_keep(all.backup, value);
         }},
    Rule{{"retention.keep", text,
          "How long what is at rest stays in the journal, \"365d\"; without it, for ever."},
         [](Settings& all, const SettingValue& value) {
           return set_retention_keep(all.retention, value);
         }},
    Rule{{"retention.path", text, "Where archives go; \"archive\" in the data folder if absent."},
         [](Settings& all, const SettingValue& value) {
           return set_retention_path(all.retention, value);
         }},
    Rule{{"retention.at", text, "When, every day, in the node's zone."},
         [](Settings& all, const SettingValue& value) {
           return set_retention_at(all.retention, value);
         }},
    Rule{{"vault.path", text, "The folder of Markdown files; without it there is no vault."},
         set_path},
    Rule{{"vault.owner", text, "Who stands behind what people do in the vault."}, set_owner},
    Rule{{"vault.decisions", text,
          "What a move to Approved/ means: \"request\", \"move\" or \"off\"."},
         set_decisions},
    Rule{{"vault.moves_decide", list,
          "Channels on which a move decides under \"move\": email, linkedin, whatsapp, social."},
         set_moves_decide},
    Rule{{"git.remote", text,
          "The repository that the vault is kept in step with; without it nothing is."},
         in_git<set_git_remote>},
    Rule{{"git.branch", text, "Its branch."}, in_git<set_git_branch>},
    Rule{{"git.interval_s", number, "So often it is asked for news, in seconds."},
         in_git<set_git_interval>},
    Rule{{"git.author", text, "Who makes the commits, \"NAME <ADDRESS>\"; the node if absent."},
         in_git<set_git_author>},
    Rule{{"git.repository", text,
          "The folder that has .git, the vault's own or one above; the vault if absent."},
         in_git<set_git_repository>},
    Rule{{"git.key", text, "For ssh: the private key, file:PATH, env:NAME or sealed:NAME."},
         in_git<set_git_key>},
    Rule{{"git.passphrase", text, "What opens that key, by reference; absent where nothing does."},
         in_git<set_git_passphrase>},
    Rule{{"git.known_hosts", text,
          "For ssh: the file with the keys of hosts, as OpenSSH writes it; no other is trusted."},
         in_git<set_git_known_hosts>},
    Rule{{"git.user", text, "For https: the name to log in with."}, in_git<set_git_user>},
    Rule{{"git.password", text,
          "For https: the password or token, env:NAME, file:PATH or sealed:NAME."},
         in_git<set_git_password>},
};

}  // namespace

std::span<const SettingRule<Settings>> setting_rules() { return rules; }

std::vector<SettingKey> setting_keys() {
  std::vector<SettingKey> all;
  for (const auto& rule : rules) all.push_back(rule.key);
  for (const auto& key : named_keys()) all.push_back(key);
  return all;
}

}  // namespace nightshift::runtime
