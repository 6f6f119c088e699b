// From the configuration of a server to a process, or to an address.
#pragma once

#include <functional>
#include <string>

#include "bridges/mcp/transport/http_exchange.hpp"
#include "messages/mcp_config.pb.h"
#include "messages/process_config.pb.h"
#include "runtime/secrets/secret_text.hpp"

namespace nightshift::bridges::mcp {

/// `env:NAME`, `file:PATH`, `sealed:NAME`, at the moment that it is needed.
using ResolveSecret = std::function<Result<runtime::SecretText>(const std::string& reference)>;

/// Of a server over stdio.
ProcessConfig process_of(const McpServerConfig& config, const std::string& server);

/// Of a server over HTTP. Error as `secret`.
Result<HttpAddress> address_of(const McpServerConfig& config, const ResolveSecret& secret);

}  // namespace nightshift::bridges::mcp
