// The one way from a reference to its secret.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "messages/error.hpp"
#include "runtime/secrets/reference.hpp"
#include "runtime/secrets/secret_text.hpp"

namespace nightshift::runtime {

/// Variables of the environment that were taken at start.
using SecretVariables = std::map<std::string, SecretText, std::less<>>;

/// Thread-safe. Files are read anew each time, so that a changed secret needs no restart; blocks
/// for as long as that takes, so not for a scheduler's thread.
class SecretResolver {
 public:
  explicit SecretResolver(SecretVariables variables);

  /// Never an empty secret. One line end at the end of a file does not belong to it. `not_found`
  /// where there is no such variable, file or sealed secret; `io` where the file cannot be read, is
  /// no file, or can be read by everybody; `too_large` over 64 KiB. The text says what to do
  /// next, and never holds a value.
  Result<SecretText> resolve(const SecretReference& reference) const;

 private:
  Result<SecretText> from_environment(const std::string& name) const;

  SecretVariables variables_;
};

}  // namespace nightshift::runtime
