// What stands where nobody says otherwise, and the forms that settings share.
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "messages/ids.hpp"
#include "runtime/settings.hpp"

namespace nightshift::runtime {
namespace {

std::filesystem::path xdg(const Environment& environment, const char* variable,
                          std::string_view below_home) {
  // XDG Base Directory Specification: a relative path counts as not set.
  if (const auto set = environment.find(variable);
      set != environment.end() && set->second.starts_with('/')) {
    return std::filesystem::path(set->second) / "nightshift";
  }
  const auto home = environment.find("HOME");
  return std::filesystem::path(home == environment.end() ? "/" : home->second) / below_home /
         "nightshift";
}

}  // namespace

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::optional<std::filesystem::path> default_config_file(const Environment& environment) {
  auto file = xdg(environment, "XDG_CONFIG_HOME", ".config") / "nightshift.toml";
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return std::nullopt;
  return file;
}

std::filesystem::path default_data_folder(const Environment& environment) {
  if (const auto set = environment.find("NIGHTSHIFT_DATA");
      set != environment.end() && !set->second.empty()) {
    return set->second;
  }
  return xdg(environment, "XDG_STATE_HOME", ".local/state");
}

std::string default_node_name() {
  char text[256] = "";
  if (::gethostname(text, sizeof text - 1) != 0) return "node";
  std::string name(text);
  std::ranges::replace_if(name, [](char c) { return !is_id({&c, 1}); }, '-');
  name.resize(std::min<std::size_t>(name.size(), 128));
  return name.empty() ? "node" : name;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::config, "\"" + std::string(text) + "\" is not HOST:PORT");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return wrong();
  auto host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return wrong();
  const auto digits = text.substr(colon + 1);
  Endpoint endpoint{std::string(host), 0};
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
  if (error != std::errc{} || end != digits.data() + digits.size() || host.empty()) return wrong();
  return endpoint;
}

}  // namespace nightshift::runtime
