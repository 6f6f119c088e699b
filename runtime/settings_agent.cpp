// Checks what is said of agents and keywords.
#include "runtime/settings_agent.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "messages/json.hpp"

namespace nightshift::runtime {
namespace {

constexpr std::int64_t timeout_s_max = 3'600;
constexpr std::int64_t processes_max = 4'096;
constexpr std::int64_t memory_mib_min = 16;
constexpr std::int64_t memory_mib_max = 1'048'576;
constexpr std::size_t keyword_bytes_max = 64;

struct Builtin {
  const char* name;
  Channel channel;
  std::array<const char*, 4> keywords;
};

constexpr std::array builtin{
    Builtin{"accounting", CHANNEL_ODOO, {"invoice", "payment", "accounting", "odoo"}},
    Builtin{"email", CHANNEL_EMAIL, {"email", "reply", "message", "gmail"}},
    Builtin{"social", CHANNEL_LINKEDIN, {"facebook", "instagram", "twitter", "linkedin"}},
};

std::optional<std::string> set_command(AgentSettings& agent, const SettingValue& value) {
  if (value.list.empty() || value.list.front().empty()) {
    return "must be a program and its arguments, such as [\"/opt/agents/mail\", \"--short\"]";
  }
  agent.command = value.list;
  const std::filesystem::path program = agent.command.front();
  const bool relative = agent.command.front().contains('/') && program.is_relative();
  if (relative) {
    agent.command.front() = std::filesystem::absolute(value.base / program).lexically_normal();
  }
  return std::nullopt;
}

std::optional<std::string> set_channel(AgentSettings& agent, const SettingValue& value) {
  for (int n = Channel_MIN; n <= Channel_MAX; ++n) {
    if (n == CHANNEL_UNSPECIFIED || !Channel_IsValid(n)) continue;
    const auto channel = static_cast<Channel>(n);
    if (enum_word(*Channel_descriptor()->FindValueByNumber(n)) != value.text) continue;
    agent.channel = channel;
    return std::nullopt;
  }
  return "must be email, linkedin, whatsapp, odoo, facebook, instagram or x, not \"" + value.text +
         "\"";
}

std::optional<std::string> set_webhook(AgentSettings& agent, const SettingValue& value) {
  agent.webhook = value.text;
  return must_be_id(value.text);
}

std::optional<std::string> between(std::int64_t number, std::int64_t min, std::int64_t max,
                                   const std::string& what) {
  if (number >= min && number <= max) return std::nullopt;
  return "must be " + std::to_string(min) + " to " + std::to_string(max) + " " + what + ", not " +
         std::to_string(number);
}

std::optional<std::string> set_timeout(AgentSettings& agent, const SettingValue& value) {
  agent.timeout = std::chrono::seconds(value.number);
  return between(value.number, 1, timeout_s_max, "seconds");
}

std::optional<std::string> set_processes(AgentSettings& agent, const SettingValue& value) {
  agent.processes_max = static_cast<std::uint32_t>(value.number);
  return between(value.number, 1, processes_max, "processes");
}

std::optional<std::string> set_memory(AgentSettings& agent, const SettingValue& value) {
  agent.memory_mib_max = static_cast<std::uint32_t>(value.number);
  return between(value.number, memory_mib_min, memory_mib_max, "MiB");
}

std::optional<std::string> set_network(AgentSettings& agent, const SettingValue& value) {
  agent.network = value.flag;
  return std::nullopt;
}

std::optional<std::string> set_files(AgentSettings& agent, const SettingValue& value) {
  agent.files.clear();
  for (const auto& path : value.list) {
    if (path.empty()) return "must name files and folders; one is empty";
    agent.files.push_back(std::filesystem::absolute(value.base / path).lexically_normal());
  }
  return std::nullopt;
}

std::optional<std::string> set_secrets(AgentSettings& agent, const SettingValue& value) {
  agent.secrets.clear();
  for (const auto& line : value.list) {
    const auto equals = line.find('=');
    const auto name = line.substr(0, equals);
    const bool fits = equals != line.npos && !name.empty() &&
                      name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == name.npos;
    if (!fits) return "must be lines such as \"API_KEY=sealed:api\", not \"" + name + "\"";
    auto reference = parse_secret_reference(line.substr(equals + 1), value.base);
    if (!reference) return "is not a reference to a secret: " + reference.error().detail;
    agent.secrets[name] = std::move(*reference);
  }
  return std::nullopt;
}

/// Lower case, whole words: letters and digits, as tasks are cut into them.
std::optional<std::string> set_keywords(Keywords& keywords, const SettingValue& value) {
  keywords.words.clear();
  for (auto word : value.list) {
    std::ranges::transform(word, word.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const auto is_odd = [](char c) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      return !plain && static_cast<unsigned char>(c) < 0x80;
    };
    if (word.empty() || word.size() > keyword_bytes_max || std::ranges::any_of(word, is_odd)) {
      return "must be words of letters and digits, of 1 to " + std::to_string(keyword_bytes_max) +
             " bytes, not \"" + word + "\"";
    }
    keywords.words.push_back(std::move(word));
  }
  return std::nullopt;
}

using enum SettingShape;
constexpr std::array rules{
    SettingRule<AgentSettings>{{"agent.NAME.command", list,
                                "The program that drafts, and its arguments; without one: the "
                                "built-in template."},
                               set_command},
    SettingRule<AgentSettings>{
        {"agent.NAME.channel", text,
         "Where its drafts appear if the task does not say: email, linkedin, whatsapp, odoo, "
         "facebook, instagram, x."},
        set_channel},
    SettingRule<AgentSettings>{
        {"agent.NAME.webhook", text,
         "The [webhook.NAME] that its approved drafts go to; without one: the outbox."},
        set_webhook},
    SettingRule<AgentSettings>{
        {"agent.NAME.timeout_s", number, "How long one draft may take, in seconds."}, set_timeout},
    SettingRule<AgentSettings>{
        {"agent.NAME.processes", number, "How many processes it may have at once."}, set_processes},
    SettingRule<AgentSettings>{
        {"agent.NAME.memory_mib", number, "How much memory each of its processes may have."},
        set_memory},
    SettingRule<AgentSettings>{{"agent.NAME.network", flag, "Whether it may reach the network."},
                               set_network},
    SettingRule<AgentSettings>{{"agent.NAME.files", list, "Files and folders that it may read."},
                               set_files},
    SettingRule<AgentSettings>{
        {"agent.NAME.secrets", list, "Variables that it finds secrets in: \"API_KEY=sealed:api\"."},
        set_secrets},
};

constexpr std::array keyword_rules{
    SettingRule<Keywords>{{"routing.NAME", list, "Words that make a task one for the agent NAME."},
                          set_keywords},
};

}  // namespace

std::span<const SettingRule<AgentSettings>> agent_rules() { return rules; }
std::span<const SettingRule<Keywords>> routing_rules() { return keyword_rules; }

std::optional<std::string> incomplete(const AgentSettings& agent) {
  if (agent.command.empty() && (agent.network || !agent.files.empty() || !agent.secrets.empty())) {
    return "has no command, and the template needs neither network nor files nor secrets; say what "
           "drafts";
  }
  return std::nullopt;
}

void add_builtin_agents(Agents& agents, Routing& routing) {
  for (const auto& [name, channel, keywords] : builtin) {
    auto& agent = agents[name];
    if (!agent.channel) agent.channel = channel;
    const auto [words, fresh] = routing.try_emplace(name);
    if (fresh) words->second.words.assign(keywords.begin(), keywords.end());
  }
}

Result<RoutingTable> routing_table(const Agents& agents, const Routing& routing) {
  RoutingTable table;
  for (const auto& [name, agent] : agents) {
    auto& route = *table.add_agents();
    route.set_name(name);
    route.set_channel(agent.channel.value_or(CHANNEL_EMAIL));
    route.set_webhook(agent.webhook);
    const auto words = routing.find(name);
    if (words == routing.end()) continue;
    for (const auto& word : words->second.words) route.add_keywords(word);
  }
  for (const auto& [name, words] : routing) {
    if (agents.contains(name)) continue;
    return fail(ErrorCode::config,
                "routing." + name + ": there is no agent of this name; add [agent." + name + "]",
                "routing." + name);
  }
  return table;
}

}  // namespace nightshift::runtime
