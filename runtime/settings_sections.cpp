// The named sections and what each takes.
#include "runtime/settings_sections.hpp"

#include <algorithm>
#include <array>

namespace nightshift::runtime {
namespace {

struct NamedSection {
  /// `webhook.`
  std::string_view prefix;
  std::size_t rules;
  SettingKey (*key)(std::size_t rule);
  std::optional<std::string> (*set)(Settings&, const std::string& name, std::size_t rule,
                                    const SettingValue&);
};

template <auto Rules, auto Member>
NamedSection named_section(std::string_view prefix) {
  return {
      prefix, Rules().size(), [](std::size_t rule) { return Rules()[rule].key; },
      [](Settings& settings, const std::string& name, std::size_t rule, const SettingValue& value) {
        if (auto wrong = must_be_id(name)) return wrong;
        return Rules()[rule].set((settings.*Member)[name], value);
      }};
}

constexpr SettingKey placement_key{"placement.NAME", SettingShape::text,
                                   "The node where new entities of the kind NAME are at home."};

/// Checked here, and read by `load_placements`.
NamedSection placement_section() {
  return {"placement.", 1, [](std::size_t) { return placement_key; },
          [](Settings&, const std::string& name, std::size_t, const SettingValue& value) {
            if (auto wrong = must_be_id(name)) return wrong;
            return must_be_id(value.text);
          }};
}

const auto& sections() {
  static const std::array all{named_section<webhook_rules, &Settings::webhooks>("webhook."),
                              named_section<mail_rules, &Settings::mail_accounts>("mail."),
                              named_section<agent_rules, &Settings::agents>("agent."),
                              named_section<routing_rules, &Settings::routing>("routing."),
                              named_section<budget_rules, &Settings::budgets>("budget."),
                              named_section<price_rules, &Settings::price_rows>("prices."),
                              named_section<process_rules, &Settings::processes>("process."),
                              named_section<mcp_rules, &Settings::mcp_servers>("mcp."),
                              placement_section()};
  return all;
}

/// `routing.NAME`: the name is the key.
bool has_names_as_keys(const NamedSection& section) {
  return section.key(0).name.substr(section.prefix.size()) == "NAME";
}

/// `NAME` of `webhook.NAME.KEY`, which may hold dots; empty where that is not its form.
std::string_view name_in(const NamedSection& section, std::string_view key) {
  if (!key.starts_with(section.prefix)) return {};
  key.remove_prefix(section.prefix.size());
  if (has_names_as_keys(section)) return key;
  const auto dot = key.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : key.substr(0, dot);
}

std::string with_name(const NamedSection& section, std::size_t rule, std::string_view name) {
  const auto key = section.key(rule).name;
  const auto whole = std::string(section.prefix) + std::string(name);
  return has_names_as_keys(section) ? whole : whole + std::string(key.substr(key.rfind('.')));
}

template <class Sections>
Result<void> check_each(const std::string& prefix, const Sections& all) {
  for (const auto& [name, section] : all) {
    const auto wrong = incomplete(section);
    const auto title = "[" + prefix + name + "]";
    if (wrong) return fail(ErrorCode::config, title + ": this section " + *wrong, title);
  }
  return {};
}

}  // namespace

std::optional<SettingSlot> named_slot(Settings& settings, const std::string& key) {
  for (const auto& section : sections()) {
    const std::string name(name_in(section, key));
    for (std::size_t rule = 0; rule < section.rules; ++rule) {
      if (name.empty() || with_name(section, rule, name) != key) continue;
      return SettingSlot{section.key(rule),
                         [&settings, &section, rule, name](const SettingValue& value) {
                           return section.set(settings, name, rule, value);
                         }};
    }
  }
  return std::nullopt;
}

std::vector<std::string> named_keys_near(std::string_view key) {
  std::vector<std::string> names;
  for (const auto& section : sections()) {
    const auto name = name_in(section, key);
    for (std::size_t rule = 0; rule < section.rules; ++rule) {
      names.push_back(with_name(section, rule, name.empty() ? "NAME" : name));
    }
  }
  return names;
}

std::vector<SettingKey> named_keys() {
  std::vector<SettingKey> keys;
  for (const auto& section : sections()) {
    for (std::size_t rule = 0; rule < section.rules; ++rule) keys.push_back(section.key(rule));
  }
  return keys;
}

bool is_named_section(std::string_view word) {
  return std::ranges::any_of(sections(), [word](const NamedSection& section) {
    return section.prefix.substr(0, section.prefix.size() - 1) == word;
  });
}

bool has_named_tables(std::string_view word) {
  return std::ranges::any_of(sections(), [word](const NamedSection& section) {
    return !has_names_as_keys(section) &&
           section.prefix.substr(0, section.prefix.size() - 1) == word;
  });
}

Result<void> check_named_sections(const Settings& settings) {
  auto checked = check_each("webhook.", settings.webhooks);
  if (checked) checked = check_each("mail.", settings.mail_accounts);
  if (checked) checked = check_each("budget.", settings.budgets);
  if (checked) checked = check_each("prices.", settings.price_rows);
  if (checked) checked = check_each("process.", settings.processes);
  if (checked) checked = check_each("mcp.", settings.mcp_servers);
  if (checked) checked = check_each("agent.", settings.agents);
  return checked;
}

}  // namespace nightshift::runtime
