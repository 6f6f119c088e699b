// Checks of a member's attributes.
#include "actors/member/profile.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace nightshift::actors {
namespace {

using member::Profile;

constexpr std::array<std::string_view, 3> servers_of_a_local_member{"email-mcp", "whatsapp-mcp",
                                                                    "linkedin-mcp"};
constexpr std::size_t digits_min = 7;
constexpr std::size_t digits_max = 15;  // E.164
constexpr int servers_max = 64;

std::unexpected<Error> wrong(std::string detail, const char* field) {
  return fail(ErrorCode::invalid, std::move(detail), field);
}

/// Absolute, and without a way up or a control character.
bool is_absolute(std::string_view path) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  const auto wrapped = std::string(path) + "/";
  return path.starts_with('/') && !wrapped.contains("/../") &&
         std::ranges::none_of(path, is_control);
}

/// `ssh://HOST/PATH`, or `USER@HOST:PATH` as git and scp know it. Not an option of ssh.
bool is_over_ssh(std::string_view url) {
  const auto is_odd = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  if (std::ranges::any_of(url, is_odd) || url.starts_with('-')) return false;
  if (url.starts_with("ssh://")) {
    const auto rest = url.substr(6);
    return !rest.starts_with('-') && rest.find('/') != rest.npos && !rest.starts_with('/');
  }
  const auto at = url.find('@');
  const auto colon = url.find(':');
  const bool ordered = at != url.npos && colon != url.npos && at > 0 && at + 1 < colon;
  return ordered && colon + 1 < url.size() && url[at + 1] != '-' &&
         url.substr(0, colon).find('/') == url.npos;
}

bool is_e164(std::string_view number) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!number.starts_with('+')) return false;
  number.remove_prefix(1);
  return number.size() >= digits_min && number.size() <= digits_max && number.front() != '0' &&
         std::ranges::all_of(number, is_digit);
}

bool is_reference(std::string_view text) {
  for (const std::string_view scheme : {"env:", "file:", "sealed:"}) {
    if (text.starts_with(scheme) && text.size() > scheme.size()) return true;
  }
  return false;
}

Result<void> check_cloud(const Profile& profile) {
  if (!profile.git_remote_url().empty() && !is_over_ssh(profile.git_remote_url())) {
    return wrong("git_remote_url is not reached over SSH; write it as git@HOST:PATH.git",
                 "git_remote_url");
  }
  const auto& number = profile.whatsapp_notification_number();
  if (!number.empty() && !is_e164(number)) {
    return wrong("'" + number + "' is no number as E.164 has it; write it as +1234567890",
                 "whatsapp_notification_number");
  }
  // What was written there may be the key, so it is not repeated.
  if (!profile.anthropic_api_key().empty() && !is_reference(profile.anthropic_api_key())) {
    return wrong(
        "anthropic_api_key says where the key lies, never the key: env:NAME, file:PATH or "
        "sealed:NAME",
        "anthropic_api_key");
  }
  return {};
}

Result<void> check_local(const Profile& profile) {
  if (profile.mcp_servers_size() > servers_max) {
    return wrong("mcp_servers has more than " + std::to_string(servers_max) + " names",
                 "mcp_servers");
  }
  std::set<std::string_view> seen;
  for (const auto& server : profile.mcp_servers()) {
    if (!is_id(server)) return wrong("'" + server + "' is no name of a server", "mcp_servers");
    if (!seen.insert(server).second) return wrong(server + " is named twice", "mcp_servers");
  }
  const auto& sessions = profile.session_files_path();
  if (!sessions.empty() && !is_absolute(sessions)) {
    return wrong("'" + sessions + "' is no absolute path", "session_files_path");
  }
  const bool inside = !sessions.empty() && !profile.vault_path().empty() &&
                      (sessions + "/").starts_with(profile.vault_path() + "/");
  if (!inside) return {};
  return wrong("the session files lie in the vault, which is synchronised; put them elsewhere",
               "session_files_path");
}

}  // namespace

Result<Profile> profile_of(const member::Declare& command, const kernel::Context& context) {
  Profile profile;
  profile.set_agent_id(command.agent_id());
  profile.set_vault_path(command.vault_path());
  profile.set_git_remote_url(command.git_remote_url());
  profile.set_whatsapp_notification_number(command.whatsapp_notification_number());
  profile.set_anthropic_api_key(command.anthropic_api_key());
  *profile.mutable_mcp_servers() = command.mcp_servers();
  profile.set_session_files_path(command.session_files_path());
  if (profile.agent_id() != "cloud" && profile.agent_id() != "local") {
    return wrong("agent_id is cloud or local", "agent_id");
  }
  if (profile.agent_id() != context.node.role) {
    return wrong("agent_id is " + profile.agent_id() + ", and the node " + context.node.name +
                     " has the role " + context.node.role,
                 "agent_id");
  }
  if (!profile.vault_path().empty() && !is_absolute(profile.vault_path())) {
    return wrong("'" + profile.vault_path() + "' is no absolute path", "vault_path");
  }
  auto checked = check_cloud(profile);
  if (checked) checked = check_local(profile);
  if (!checked) return std::unexpected(std::move(checked).error());
  return profile;
}

std::vector<std::string> lacks_of(const Profile& profile) {
  std::vector<std::string> lacks;
  const auto wants = [&lacks](const std::string& value, const char* name) {
    if (value.empty()) lacks.emplace_back(name);
  };
  wants(profile.vault_path(), "vault_path");
  if (profile.agent_id() == "cloud") {
    wants(profile.git_remote_url(), "git_remote_url");
    wants(profile.whatsapp_notification_number(), "whatsapp_notification_number");
    wants(profile.anthropic_api_key(), "anthropic_api_key");
    return lacks;
  }
  const auto& servers = profile.mcp_servers();
  for (const auto server : servers_of_a_local_member) {
    if (std::ranges::find(servers, server) == servers.end()) lacks.emplace_back(server);
  }
  return lacks;
}

}  // namespace nightshift::actors
