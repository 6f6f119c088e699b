// How a configuration names a secret without holding it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "messages/error.hpp"

namespace nightshift::runtime {

/// `env:NAME`, `file:PATH` or `sealed:NAME` (docs/formats/secrets.md).
struct SecretReference {
  enum class Source { env, file, sealed };
  Source source = Source::env;
  /// The variable, the absolute path, or the name in the sealed store.
  std::string name;

  bool operator==(const SecretReference&) const = default;
};

/// As it is written: `env:NAME`. A reference is no secret.
std::string to_string(const SecretReference& reference);

/// A relative path starts at `base`. Error `config` says what a reference looks like, and never
/// repeats `text`: it may be the secret itself.
Result<SecretReference> parse_secret_reference(std::string_view text,
                                               const std::filesystem::path& base);

}  // namespace nightshift::runtime
