// Reads references to secrets.
#include "runtime/secrets/reference.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "messages/ids.hpp"

namespace nightshift::runtime {
namespace {

using Source = SecretReference::Source;

constexpr std::array prefixes{
    std::pair{Source::env, std::string_view("env:")},
    std::pair{Source::file, std::string_view("file:")},
    std::pair{Source::sealed, std::string_view("sealed:")},
};

bool is_variable(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && std::ranges::all_of(name, fits) && (name[0] < '0' || name[0] > '9');
}

}  // namespace

std::string to_string(const SecretReference& reference) {
  const auto* prefix =
      std::ranges::find(prefixes, reference.source, &decltype(prefixes)::value_type::first);
  return std::string(prefix->second) + reference.name;
}

Result<SecretReference> parse_secret_reference(std::string_view text,
                                               const std::filesystem::path& base) {
  const auto* prefix = std::ranges::find_if(
      prefixes, [&](const auto& known) { return text.starts_with(known.second); });
  if (prefix == prefixes.end()) {
    return fail(ErrorCode::config,
                "must refer to a secret, not hold it: \"env:NAME\", \"file:PATH\" or "
                "\"sealed:NAME\" (nightshift secret set NAME)");
  }
  SecretReference reference{prefix->first, std::string(text.substr(prefix->second.size()))};
  switch (reference.source) {
    case Source::env:
      if (is_variable(reference.name)) return reference;
      return fail(ErrorCode::config,
                  "env: must name a variable of the environment: "
                  "letters, digits and underscores, no digit first");
    case Source::sealed:
      if (is_id(reference.name)) return reference;
      return fail(ErrorCode::config,
                  "sealed: must name a secret: 1 to 128 letters, digits, dots, "
                  "underscores or hyphens");
    case Source::file:
      if (reference.name.empty() || reference.name.contains('\0')) {
        return fail(ErrorCode::config, "file: must name a file");
      }
      reference.name = std::filesystem::absolute(base / reference.name).lexically_normal().string();
      return reference;
  }
  std::unreachable();
}

}  // namespace nightshift::runtime
