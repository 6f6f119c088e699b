// Reads settings from the places that values come from: file, environment, flags.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "messages/nearest.hpp"
#include "runtime/settings.hpp"
#include "runtime/settings_file.hpp"
#include "runtime/settings_git.hpp"
#include "runtime/settings_sections.hpp"

namespace nightshift::runtime {
namespace {

using enum SettingShape;

/// Sections of the contract that are part of later versions.
constexpr std::array later{"notify", "odoo"};

std::unexpected<Error> refuse(const std::string& origin, const std::string& what) {
  return fail(ErrorCode::config, origin + ": " + what, origin);
}

std::optional<SettingSlot> slot_of(Settings& settings, const std::string& key) {
  for (const auto& rule : setting_rules()) {
    if (rule.key.name != key) continue;
    return SettingSlot{rule.key,
                       [&](const SettingValue& value) { return rule.set(settings, value); }};
  }
  return named_slot(settings, key);
}

/// All that could have been meant by `key`.
std::vector<std::string> names_near(const std::string& key) {
  std::vector<std::string> names;
  for (const auto& rule : setting_rules()) names.emplace_back(rule.key.name);
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
  const auto within = [&](const auto& rule) { return rule.key.name.starts_with(entry.key + "."); };
  const bool known = is_named_section(entry.key) || std::ranges::any_of(setting_rules(), within);
  return entry.empty_section && known;
}

void note_secret(Settings& settings, std::string_view text) {
  const auto secret = parse_secret_reference(text, "/");
  if (secret && secret->source == SecretReference::Source::env) {
    settings.secret_variables.insert(secret->name);
  }
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
  note_secret(settings, entry.value.text);
  // `NAME=REFERENCE`, `Name: REFERENCE`.
  if (entry.key.ends_with(".secrets") || entry.key.ends_with(".secret_headers")) {
    for (const auto& text : entry.value.list) {
      note_secret(settings, std::string_view(text).substr(text.find_last_of("= ") + 1));
    }
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

/// The agents of the seeds and the owner's.
Result<void> make_routes(Settings& settings) {
  add_builtin_agents(settings.agents, settings.routing);
  for (const auto& [name, agent] : settings.agents) {
    if (agent.webhook.empty() || settings.webhooks.contains(agent.webhook)) continue;
    return fail(ErrorCode::config,
                "agent." + name + ".webhook: there is no [webhook." + agent.webhook + "]",
                "agent." + name + ".webhook");
  }
  auto table = routing_table(settings.agents, settings.routing);
  if (!table) return std::unexpected(table.error());
  settings.routes = std::move(*table);
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

/// What the environment says, each entry as the key takes it.
std::vector<SettingEntry> entries_of(const Environment& environment) {
  constexpr std::string_view prefix = "NIGHTSHIFT_";
  std::vector<SettingEntry> entries;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(prefix) || !name.contains("__") || value.empty()) continue;
    std::string key = name.substr(prefix.size());
    for (auto at = key.find("__"); at != std::string::npos; at = key.find("__")) {
      key.replace(at, 2, ".");
    }
    std::ranges::transform(key, key.begin(), [](unsigned char c) { return std::tolower(c); });
    entries.push_back(from_text(std::move(key), value, name));
  }
  return entries;
}

Result<void> apply_environment(Settings& settings, const Environment& environment) {
  for (const auto& entry : entries_of(environment)) {
    if (auto done = apply(settings, entry, as_variable); !done) return done;
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
  const auto git = load_git_settings(sources);
  if (!git) return std::unexpected(git.error());
  if (const auto wrong = incomplete(*git, !settings.vault_path.empty())) {
    return fail(ErrorCode::config, "[git]: this section " + *wrong, "git");
  }
  auto made = make_prices(settings);
  if (made) made = make_routes(settings);
  if (!made) return std::unexpected(made.error());
  return settings;
}

Result<GitSettings> load_git_settings(const SettingsSources& sources) {
  std::vector<SettingEntry> entries;
  if (sources.file) {
    auto from_file = read_settings_file(*sources.file);
    if (!from_file) return std::unexpected(from_file.error());
    entries = std::move(*from_file);
  }
  for (auto& entry : entries_of(sources.environment)) entries.push_back(std::move(entry));
  GitSettings git;
  for (const auto& entry : entries) {
    const auto set = git_setter(entry.key);
    if (set == nullptr) continue;
    if (auto wrong = set(git, entry.value)) return refuse(entry.origin, entry.key + " " + *wrong);
  }
  return git;
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

}  // namespace nightshift::runtime
