// Fills in.
#include "bridges/mcp/servers/places.hpp"

#include "messages/mcp_words.hpp"

namespace nightshift::bridges::mcp {

ProcessConfig process_of(const McpServerConfig& config, const std::string& server) {
  ProcessConfig process;
  process.set_command(config.command());
  *process.mutable_args() = config.args();
  process.set_cwd(config.cwd());
  *process.mutable_env() = config.env();
  *process.mutable_secrets() = config.secrets();
  process.set_user(config.user());
  process.set_app(mcp_process(server));
  process.set_instances(1);
  process.set_spoken_to(true);
  return process;
}

Result<HttpAddress> address_of(const McpServerConfig& config, const ResolveSecret& secret) {
  HttpAddress address;
  address.url = config.url();
  address.ca_file = config.ca_file();
  for (const auto& header : config.headers()) address.headers.emplace_back(header);
  for (const auto& text : config.secret_headers()) {
    auto header = parse_secret_header(text);
    if (!header) return std::unexpected(header.error());
    const auto value = secret(header->reference);
    if (!value) return std::unexpected(value.error());
    header->before += value->reveal();
    address.headers.push_back(runtime::SecretText::taken_from(header->before));
  }
  return address;
}

}  // namespace nightshift::bridges::mcp
