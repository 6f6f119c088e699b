// Reads settings: a table of keys, and the three places that values come from.
#include "runtime/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "messages/nearest.hpp"
#include "runtime/settings_file.hpp"
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

std::optional<std::string> set_listen(Settings& settings, const SettingValue& value) {
  if (!parse_endpoint(value.text)) {
    return "must be HOST:PORT, such as \"127.0.0.1:2308\", not \"" + value.text + "\"";
  }
  settings.http_listen = value.text;
  return std::nullopt;
}

std::optional<std::string> set_hosts(Settings& settings, const SettingValue& value) {
  for (const auto& name : value.list) {
    const auto fits = [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '-'; };
    const bool host = !name.empty() && name.size() <= 253 && std::ranges::all_of(name, fits);
    if (!host && !name.contains(':')) return "must hold names of hosts, not \"" + name + "\"";
    if (!host) return "must hold names alone, without scheme or port, not \"" + name + "\"";
  }
  settings.http_hosts = value.list;
  return std::nullopt;
}

constexpr std::int64_t count_max = 1'000'000;

/// Sets `target` to a number from `least` to a million.
template <class Count>
std::optional<std::string> set_count(Count& target, const SettingValue& value, std::int64_t least) {
  if (value.number < least || value.number > count_max) {
    return "must be from " + std::to_string(least) + " to " + std::to_string(count_max) + ", not " +
           std::to_string(value.number);
  }
  target = static_cast<Count>(value.number);
  return std::nullopt;
}

std::optional<std::string> set_connections(Settings& settings, const SettingValue& value) {
  return set_count(settings.http_connections, value, 1);
}

std::optional<std::string> set_followers(Settings& settings, const SettingValue& value) {
  return set_count(settings.http_followers, value, 0);
}

std::optional<std::string> set_requests(Settings& settings, const SettingValue& value) {
  return set_count(settings.http_requests_per_s, value, 0);
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
    Rule{{"http.listen", text, "Where the node answers, HOST:PORT."}, set_listen},
    Rule{{"http.hosts", list, "Names besides its address that reach the node, of a proxy say."},
         set_hosts},
    Rule{{"http.connections", number, "Connections that may be open at once."}, set_connections},
    Rule{{"http.followers", number, "Streams of events among them."}, set_followers},
    Rule{{"http.requests_per_s", number,
          "Requests of one principal in a second, for a moment twice as many; 0 is any number."},
         set_requests},
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
    Rule{{"backup.at", text, "When, every day, in the zone of this machine."},
         [](Settings& all, const SettingValue& value) { return set_backup_at(all.backup, value); }},
    Rule{{"backup.keep", number, "How many of them stay."},
         [](Settings& all, const SettingValue& value) {
           return set_backup_keep(all.backup, value);
         }},
    Rule{{"vault.path", text, "The folder of Markdown files; without it there is no vault."},
         set_path},
    Rule{{"vault.owner", text, "Who stands behind what people do in the vault."}, set_owner},
    Rule{{"vault.decisions", text,
          "What a move to Approved/ means: \"request\", \"move\" or \"off\"."},
         set_decisions},
};

/// Sections of the contract that are part of later versions.
constexpr std::array later{"cluster", "placement", "git", "notify", "odoo",
                           "routing", "process",   "mcp", "agent"};

std::unexpected<Error> refuse(const std::string& origin, const std::string& what) {
  return fail(ErrorCode::config, origin + ": " + what, origin);
}

std::optional<SettingSlot> slot_of(Settings& settings, const std::string& key) {
  for (const auto& rule : rules) {
    if (rule.key.name != key) continue;
    return SettingSlot{rule.key,
                       [&](const SettingValue& value) { return rule.set(settings, value); }};
  }
  return named_slot(settings, key);
}

/// All that could have been meant by `key`.
std::vector<std::string> names_near(const std::string& key) {
  std::vector<std::string> names;
  for (const auto& rule : rules) names.emplace_back(rule.key.name);
  for (auto& name : named_keys_near(key)) names.push_back(std::move(name));
  return names;
}

std::string_view wanted(SettingShape shape) {
  switch (shape) {
    case list: return "a list of texts";
    case number: return "a whole number";
    case flag: return "true or false";
    default: return "a text in quotes";
  }
}

std::string found(const SettingEntry& entry) {
  if (!entry.type_error.empty()) return entry.type_error;
  switch (entry.value.shape) {
    case list: return "a list";
    case number: return "an integer";
    case flag: return "true or false";
    default: return "a text";
  }
}

/// An empty section of a known name.
bool is_known_section(const SettingEntry& entry) {
  const auto within = [&](const Rule& rule) { return rule.key.name.starts_with(entry.key + "."); };
  const bool known = is_named_section(entry.key) || std::ranges::any_of(rules, within);
  return entry.empty_section && known;
}

/// `spell` writes a key as it is written at the origin.
Result<void> apply(Settings& settings, const SettingEntry& entry,
                   std::string (*spell)(std::string_view)) {
  if (is_known_section(entry)) return {};
  const auto slot = slot_of(settings, entry.key);
  if (!slot) {
    const auto section = entry.key.substr(0, entry.key.find('.'));
    if (std::ranges::find(later, section) != later.end()) {
      return refuse(entry.origin, "this version has no [" + section +
                                      "] section; remove it or use a newer version");
    }
    return refuse(entry.origin, "unknown key " + spell(entry.key) + "; did you mean " +
                                    spell(nearest(entry.key, names_near(entry.key))) + "?");
  }
  if (!entry.type_error.empty() || entry.value.shape != slot->key.shape) {
    return refuse(entry.origin, spell(entry.key) + " must be " +
                                    std::string(wanted(slot->key.shape)) + ", not " + found(entry));
  }
  const auto secret = parse_secret_reference(entry.value.text, "/");
  if (secret && secret->source == SecretReference::Source::env) {
    settings.secret_variables.insert(secret->name);
  }
  if (auto wrong = slot->set(entry.value)) {
    return refuse(entry.origin, spell(entry.key) + " " + *wrong);
  }
  return {};
}

/// The program's own prices and the owner's.
Result<void> make_prices(Settings& settings) {
  const auto builtin = builtin_price_rows();
  if (!builtin) return std::unexpected(builtin.error());
  auto table = price_table(*builtin, settings.price_rows);
  if (!table) return std::unexpected(table.error());
  settings.prices = std::move(*table);
  return {};
}

Zone default_zone(const Environment& environment) {
  const auto named = environment.find("TZ");
  if (named == environment.end() || named->second.empty()) return Zone::of_system();
  const auto zone = Zone::find(named->second);
  return zone ? *zone : Zone::of_system();
}

std::string as_key(std::string_view key) { return std::string(key); }

std::string as_variable(std::string_view key) {
  std::string name = "NIGHTSHIFT_";
  for (const char c : key) {
    if (c == '.')
      name += "__";
    else
      name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (comma != 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return parts;
}

/// Reads `text` as what the key takes, or says what it is.
void read_as(SettingShape shape, const std::string& text, SettingEntry& entry) {
  entry.value.shape = shape;
  if (shape == SettingShape::text) entry.value.text = text;
  if (shape == list) entry.value.list = split(text);
  if (shape == number) {
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, entry.value.number);
    if (error != std::errc() || stop != end) entry.type_error = "\"" + text + "\"";
  }
  if (shape == flag) {
    entry.value.flag = text == "true";
    if (text != "true" && text != "false") entry.type_error = "\"" + text + "\"";
  }
}

SettingEntry from_text(std::string key, const std::string& value, std::string origin) {
  SettingEntry entry;
  entry.key = std::move(key);
  entry.origin = std::move(origin);
  Settings unused;
  const auto slot = slot_of(unused, entry.key);
  read_as(slot ? slot->key.shape : text, value, entry);
  return entry;
}

/// The names that the systems before Nightshift used.
Result<void> apply_older_names(Settings& settings, const Environment& environment) {
  if (const auto role = environment.find("AGENT_ROLE");
      role != environment.end() && !role->second.empty()) {
    if (auto done = apply(settings, from_text("node.role", role->second, "AGENT_ROLE"), as_key);
        !done) {
      return done;
    }
  }
  const auto key = environment.find("ENCRYPTION_KEY");
  if (key != environment.end() && !key->second.empty() && !settings.secrets_key) {
    auto done = apply(settings, from_text("secrets.key", "env:ENCRYPTION_KEY", key->first), as_key);
    if (!done) return done;
  }
  const auto drafts = environment.find("CLOUD_DRAFT_ONLY");
  if (drafts == environment.end() || drafts->second.empty() || drafts->second == "true" ||
      drafts->second == "1") {
    return {};
  }
  return refuse("CLOUD_DRAFT_ONLY",
                "must be true: a cloud node only drafts, always; "
                "what acts outside runs on a local node");
}

Result<void> apply_environment(Settings& settings, const Environment& environment) {
  constexpr std::string_view prefix = "NIGHTSHIFT_";
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(prefix) || !name.contains("__") || value.empty()) continue;
    std::string key = name.substr(prefix.size());
    for (auto at = key.find("__"); at != std::string::npos; at = key.find("__")) {
      key.replace(at, 2, ".");
    }
    std::ranges::transform(key, key.begin(), [](unsigned char c) { return std::tolower(c); });
    if (auto done = apply(settings, from_text(std::move(key), value, name), as_variable); !done) {
      return done;
    }
  }
  return {};
}

}  // namespace

Result<Settings> load_settings(const SettingsSources& sources) {
  Settings settings;
  settings.node_zone = default_zone(sources.environment);
  if (sources.file) {
    const auto entries = read_settings_file(*sources.file);
    if (!entries) return std::unexpected(entries.error());
    for (const auto& entry : *entries) {
      if (auto done = apply(settings, entry, as_key); !done) return std::unexpected(done.error());
    }
  }
  if (auto done = apply_older_names(settings, sources.environment); !done) {
    return std::unexpected(done.error());
  }
  if (auto done = apply_environment(settings, sources.environment); !done) {
    return std::unexpected(done.error());
  }
  for (const auto& [key, value] : sources.flags) {
    const auto flag = "--" + key.substr(0, key.find('.'));
    if (auto done = apply(settings, from_text(key, value, flag), as_key); !done) {
      return std::unexpected(done.error());
    }
  }
  if (auto complete = check_named_sections(settings); !complete) {
    return std::unexpected(complete.error());
  }
  if (auto made = make_prices(settings); !made) return std::unexpected(made.error());
  return settings;
}

Result<PriceRows> builtin_price_rows() {
  const auto entries = read_settings_text(builtin_prices_text(), "config/prices.toml");
  if (!entries) return std::unexpected(entries.error());
  Settings settings;
  for (const auto& entry : *entries) {
    if (auto done = apply(settings, entry, as_key); !done) return std::unexpected(done.error());
  }
  if (auto complete = check_named_sections(settings); !complete) {
    return std::unexpected(complete.error());
  }
  return std::move(settings.price_rows);
}

std::vector<SettingKey> setting_keys() {
  std::vector<SettingKey> all;
  for (const auto& rule : rules) all.push_back(rule.key);
  for (const auto& key : named_keys()) all.push_back(key);
  return all;
}

}  // namespace nightshift::runtime
