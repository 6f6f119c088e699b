// The sections `[agent.NAME]` and `[routing]`: who drafts, and what for.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "messages/assignment.pb.h"
#include "runtime/secrets/reference.hpp"
#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

struct AgentSettings {
  /// The program and its arguments; none: the built-in template.
  std::vector<std::string> command;
  /// Of its drafts, where the task names none.
  std::optional<Channel> channel;
  /// The webhook that its approved drafts go to; empty: the outbox.
  std::string webhook;
  /// Of one draft.
  std::chrono::seconds timeout{300};
  /// What one run may have at once, in all, and per process.
  std::uint32_t processes_max = 64;
  std::uint32_t memory_mib_max = 2'048;
  /// It may reach the network, this machine's own included.
  bool network = false;
  /// Files and folders that it may read, absolute.
  std::vector<std::filesystem::path> files;
  /// By the variable that it finds each in.
  std::map<std::string, SecretReference> secrets;
};

/// By name.
using Agents = std::map<std::string, AgentSettings, std::less<>>;

/// The words that make a task an agent's, by its name.
struct Keywords {
  std::vector<std::string> words;
};
using Routing = std::map<std::string, Keywords, std::less<>>;

/// Their names begin with `agent.NAME.`.
std::span<const SettingRule<AgentSettings>> agent_rules();
/// The one is called `routing.NAME`.
std::span<const SettingRule<Keywords>> routing_rules();

/// What is missing, as the second half of a sentence that begins with the section.
std::optional<std::string> incomplete(const AgentSettings& agent);

/// The agents of the seeds, `email`, `social` and `accounting`, where the owner says nothing of
/// them: they draft by the template.
void add_builtin_agents(Agents& agents, Routing& routing);

/// Error `config`: keywords for an agent that there is not.
Result<RoutingTable> routing_table(const Agents& agents, const Routing& routing);

}  // namespace nightshift::runtime
