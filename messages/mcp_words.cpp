// Reads them.
#include "messages/mcp_words.hpp"

#include <algorithm>
#include <array>

#include "messages/process_words.hpp"

namespace nightshift {
namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

constexpr std::uint32_t probe_every_s_default = 60;
constexpr std::uint32_t timeout_s_default = 60;

std::unexpected<Error> wrong(std::string_view field, const std::string& what) {
  return fail(ErrorCode::invalid, what, std::string(field));
}

bool fits(std::string_view pattern, std::string_view tool) {
  if (!pattern.ends_with('*')) return pattern == tool;
  return tool.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool names(const Texts& patterns, std::string_view tool) {
  return std::ranges::any_of(patterns, [tool](const auto& pattern) { return fits(pattern, tool); });
}

bool is_pattern(std::string_view text) {
  if (text.ends_with('*')) text.remove_suffix(1);
  return text.size() <= 128 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-' || c == '.' || c == '/';
         });
}

bool is_header_name(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.contains(c);
  });
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 127; });
}

Result<void> check_header(std::string_view field, std::string_view text) {
  const auto colon = text.find(": ");
  if (colon == text.npos || !is_header_name(text.substr(0, colon)) || has_control(text)) {
    return wrong(field, "'" + std::string(text) + "' is no header; write \"Name: value\"");
  }
  return {};
}

/// Its headers are what the protocol and the connection say.
bool is_taken(std::string_view header) {
  constexpr std::array words{"accept", "connection",    "content-length", "content-type",
                             "host",   "last-event-id", "mcp-",           "transfer-encoding"};
  std::string lower(header.substr(0, header.find(':')));
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return std::ranges::any_of(words, [&lower](std::string_view word) {
    return word.ends_with('-') ? lower.starts_with(word) : lower == word;
  });
}

Result<void> check_headers(const McpServerConfig& config) {
  for (const auto& header : config.headers()) {
    if (auto good = check_header("headers", header); !good) return good;
    if (is_taken(header)) {
      return wrong("headers", "'" + header + "' is a header that the protocol sets itself");
    }
    auto name = header.substr(0, header.find(':'));
    std::ranges::replace(name, '-', '_');
    if (name == "Authorization" || name == "authorization" || names_a_secret(name)) {
      return wrong("headers", "the header " + header.substr(0, header.find(':')) +
                                  " looks like a secret; refer to it in secret_headers");
    }
  }
  for (const auto& header : config.secret_headers()) {
    if (const auto read = parse_secret_header(header); !read) return std::unexpected(read.error());
    if (is_taken(header)) {
      return wrong("secret_headers", "'" + header + "' is a header that the protocol sets itself");
    }
  }
  return {};
}

Result<void> check_url(const McpServerConfig& config) {
  const std::string_view url = config.url();
  if (!url.starts_with("https://") && !url.starts_with("http://")) {
    return wrong("url", "url must be an address such as \"https://example.org/mcp\"");
  }
  if (std::ranges::any_of(url, [](char c) { return c <= ' ' || c >= 127 || c == '\\'; })) {
    return wrong("url", "url must not hold blanks or characters that are no ASCII");
  }
  const auto rest = url.substr(url.find("://") + 3);
  if (rest.substr(0, rest.find_first_of("/?#")).contains('@')) {
    return wrong("url", "url must not hold a user or a password: it is kept in the journal");
  }
  return check_headers(config);
}

Result<void> check_command(const McpServerConfig& config) {
  ProcessConfig process;
  process.set_command(config.command());
  *process.mutable_args() = config.args();
  process.set_cwd(config.cwd());
  *process.mutable_env() = config.env();
  *process.mutable_secrets() = config.secrets();
  return check_process_config(process);
}

Result<void> check_tools(const McpServerConfig& config) {
  const std::array lists{
      std::pair("free", &config.free()), std::pair("approval", &config.approval()),
      std::pair("forbidden", &config.forbidden()), std::pair("repeatable", &config.repeatable())};
  for (const auto& [field, list] : lists) {
    for (const auto& pattern : *list) {
      if (pattern.empty() || !is_pattern(pattern)) {
        return wrong(field, "'" + pattern +
                                "' is no name of a tool, nor the beginning of one "
                                "(\"read_*\")");
      }
    }
  }
  for (const auto& text : config.capabilities()) {
    const auto sign = text.find('=');
    if (sign == text.npos || sign == 0 || sign + 1 == text.size() ||
        !is_pattern(std::string_view(text).substr(0, sign))) {
      return wrong("capabilities", "'" + text + "' must be TOOL=CAPABILITY");
    }
  }
  return {};
}

}  // namespace

Result<void> check_mcp_config(const McpServerConfig& config) {
  const bool has_command = !config.command().empty();
  if (has_command == !config.url().empty()) {
    return wrong("command", has_command ? "there is a command and a url; a server has one of them"
                                        : "there is no command and no url; say how it is reached");
  }
  if (!has_command && (config.args_size() > 0 || config.env_size() > 0 ||
                       config.secrets_size() > 0 || !config.cwd().empty())) {
    return wrong("url", "args, env, secrets and cwd are those of a command; a url has none");
  }
  auto good = has_command ? check_command(config) : check_url(config);
  if (good) good = check_tools(config);
  if (good && config.has_probe_every_s() && config.probe_every_s() == 0) {
    good = wrong("probe_every_s", "probe_every_s must be 1 at least");
  }
  if (good && config.has_timeout_s() && config.timeout_s() == 0) {
    good = wrong("timeout_s", "timeout_s must be 1 at least");
  }
  return good;
}

McpPolicy policy_of(const McpServerConfig& config, std::string_view tool) {
  if (names(config.forbidden(), tool)) return MCP_POLICY_FORBIDDEN;
  if (names(config.approval(), tool)) return MCP_POLICY_APPROVAL;
  if (names(config.free(), tool)) return MCP_POLICY_FREE;
  const auto policy = config.policy();
  return policy == MCP_POLICY_FREE || policy == MCP_POLICY_FORBIDDEN ? policy : MCP_POLICY_APPROVAL;
}

std::string_view capability_of(const McpServerConfig& config, std::string_view tool) {
  for (const std::string_view text : config.capabilities()) {
    const auto sign = text.find('=');
    if (fits(text.substr(0, sign), tool)) return text.substr(sign + 1);
  }
  return {};
}

bool is_repeatable(const McpServerConfig& config, std::string_view tool) {
  return names(config.repeatable(), tool);
}

std::chrono::seconds probe_every(const McpServerConfig& config) {
  return std::chrono::seconds(config.has_probe_every_s() ? config.probe_every_s()
                                                         : probe_every_s_default);
}

std::chrono::seconds call_timeout(const McpServerConfig& config) {
  return std::chrono::seconds(config.has_timeout_s() ? config.timeout_s() : timeout_s_default);
}

std::string mcp_process(std::string_view server) { return "mcp-" + std::string(server); }

Result<SecretHeader> parse_secret_header(std::string_view text) {
  if (auto good = check_header("secret_headers", text); !good) {
    return std::unexpected(good.error());
  }
  const auto blank = text.rfind(' ');
  const auto reference = text.substr(blank + 1);
  constexpr std::array ways{"env:", "file:", "sealed:"};
  const bool refers = std::ranges::any_of(ways, [reference](std::string_view way) {
    return reference.starts_with(way) && reference.size() > way.size();
  });
  if (!refers) {
    return wrong("secret_headers",
                 "the header " + std::string(text.substr(0, text.find(':'))) +
                     " must end with a reference: env:NAME, file:PATH or sealed:NAME");
  }
  return SecretHeader{std::string(text.substr(0, blank + 1)), std::string(reference)};
}

}  // namespace nightshift
