// Checks what is said of an MCP server. A key is a field of its configuration.
#include "runtime/settings_mcp.hpp"

#include <array>
#include <filesystem>

#include "messages/json.hpp"
#include "messages/mcp_words.hpp"

namespace nightshift::runtime {
namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;
using Server = McpServerConfig;
using Refusal = std::optional<std::string>;

constexpr std::int64_t seconds_max = 86'400;

std::string placed(const SettingValue& value) {
  if (value.text.empty()) return {};
  return std::filesystem::absolute(value.base / value.text).lexically_normal().string();
}

void set_all(Texts& texts, const SettingValue& value) {
  texts.Clear();
  for (const auto& text : value.list) texts.Add(std::string(text));
}

Refusal set_policy(Server& server, const SettingValue& value) {
  std::string word;
  if (auto wrong = one_of(word, value.text, {"free", "approval", "forbidden"})) return wrong;
  server.set_policy(word == "free"        ? MCP_POLICY_FREE
                    : word == "forbidden" ? MCP_POLICY_FORBIDDEN
                                          : MCP_POLICY_APPROVAL);
  return std::nullopt;
}

Refusal seconds(std::int64_t number) {
  if (number >= 1 && number <= seconds_max) return std::nullopt;
  return "must be 1 to " + std::to_string(seconds_max) + ", not " + std::to_string(number);
}

Refusal set_probe(Server& server, const SettingValue& value) {
  server.set_probe_every_s(static_cast<std::uint32_t>(value.number));
  return seconds(value.number);
}

Refusal set_timeout(Server& server, const SettingValue& value) {
  server.set_timeout_s(static_cast<std::uint32_t>(value.number));
  return seconds(value.number);
}

Refusal set_cwd(Server& server, const SettingValue& value) {
  server.set_cwd(placed(value));
  return std::nullopt;
}

Refusal set_ca_file(Server& server, const SettingValue& value) {
  server.set_ca_file(placed(value));
  return std::nullopt;
}

template <auto Mutable>
Refusal set_list(Server& server, const SettingValue& value) {
  set_all(*(server.*Mutable)(), value);
  return std::nullopt;
}

constexpr auto command = [](Server& server, const SettingValue& value) -> Refusal {
  server.set_command(value.text);
  return std::nullopt;
};
constexpr auto url = [](Server& server, const SettingValue& value) -> Refusal {
  server.set_url(value.text);
  return std::nullopt;
};
constexpr auto user = [](Server& server, const SettingValue& value) -> Refusal {
  server.set_user(value.text);
  return std::nullopt;
};

/// A list of texts under the name of its field.
template <Texts* (Server::*Mutable)()>
constexpr SettingRule<Server> list_of(std::string_view name, std::string_view meaning) {
  return {{name, SettingShape::list, meaning}, set_list<Mutable>};
}

using enum SettingShape;
constexpr std::array rules{
    SettingRule<Server>{{"mcp.NAME.command", text,
                         "A program that speaks MCP by stdin and stdout; it is run as the process "
                         "mcp-NAME."},
                        command},
    list_of<&Server::mutable_args>("mcp.NAME.args", "Its arguments."),
    SettingRule<Server>{
        {"mcp.NAME.cwd", text, "Where it runs; the home folder of its user if nobody says."},
        set_cwd},
    list_of<&Server::mutable_env>("mcp.NAME.env",
                                  "Variables, \"NAME=VALUE\"; never secrets: they are journaled."),
    list_of<&Server::mutable_secrets>("mcp.NAME.secrets",
                                      "Variables that are secrets: \"NAME=env:NAME\", "
                                      "\"NAME=file:PATH\", \"NAME=sealed:NAME\"."),
    SettingRule<Server>{
        {"mcp.NAME.user", text, "Whose rights it has; takes a node that runs as root."}, user},
    SettingRule<Server>{
        {"mcp.NAME.url", text, "Instead of a command: where it is reached, http or https."}, url},
    list_of<&Server::mutable_headers>("mcp.NAME.headers",
                                      "Headers of every request, \"Name: value\"; never secrets."),
    list_of<&Server::mutable_secret_headers>(
        "mcp.NAME.secret_headers",
        "Headers that are secrets: \"Authorization: Bearer sealed:NAME\"."),
    SettingRule<Server>{
        {"mcp.NAME.ca_file", text,
         "Certificates (PEM) to trust instead of the system's, for a server with its own."},
        set_ca_file},
    list_of<&Server::mutable_free>(
        "mcp.NAME.free",
        "Tools that may be called without an approval: \"read_file\", \"list_*\"."),
    list_of<&Server::mutable_approval>("mcp.NAME.approval",
                                       "Tools of which every call needs an approval."),
    list_of<&Server::mutable_forbidden>("mcp.NAME.forbidden", "Tools that are never called."),
    SettingRule<Server>{
        {"mcp.NAME.policy", text,
         "What holds for all others: \"free\", \"approval\" (if nobody says) or \"forbidden\"."},
        set_policy},
    list_of<&Server::mutable_capabilities>(
        "mcp.NAME.capabilities",
        "What a node must be able to do to call a tool: \"post_*=odoo_post\"."),
    list_of<&Server::mutable_repeatable>(
        "mcp.NAME.repeatable",
        "Tools that are called again where it is unknown whether a call came through."),
    SettingRule<Server>{{"mcp.NAME.probe_every_s", number,
                         "After so long without a call it is asked whether it is well."},
                        set_probe},
    SettingRule<Server>{{"mcp.NAME.timeout_s", number, "How long a call may take, in seconds."},
                        set_timeout},
};

}  // namespace

std::span<const SettingRule<McpServerConfig>> mcp_rules() { return rules; }

std::optional<std::string> incomplete(const McpServerConfig& server) {
  if (server.url().empty() && server.headers_size() + server.secret_headers_size() > 0) {
    return "has headers, which are those of a url; a command takes env and secrets";
  }
  auto checked = check_mcp_config(server);
  if (checked) checked = check_rules(server);
  if (checked) return std::nullopt;
  return "is refused: " + checked.error().detail;
}

}  // namespace nightshift::runtime
