// The one way from a reference to its secret.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "messages/error.hpp"
#include "runtime/secrets/reference.hpp"
#include "runtime/secrets/sealed_store.hpp"
#include "runtime/secrets/secret_text.hpp"

namespace nightshift::runtime {

/// Variables of the environment that were taken at start.
using SecretVariables = std::map<std::string, SecretText, std::less<>>;

/// Thread-safe. Files are read anew each time, so that a changed secret needs no restart; blocks
/// for as long as that takes, so not for a scheduler's thread.
class SecretResolver {
 public:
  /// Without a store nothing is sealed.
  explicit SecretResolver(SecretVariables variables,
                          std::shared_ptr<const SealedStore> sealed = nullptr);

  /// Never an empty secret. One line end at the end of a file does not belong to it. `not_found`
  /// where there is no such variable, file or sealed secret; `io` where the file cannot be read, is
  /// no file, or can be read by everybody; `too_large` over 64 KiB; else as `SealedStore::get`. The
  /// text says what to do next, and never holds a value.
  Result<SecretText> resolve(const SecretReference& reference) const;

  const SecretVariables& variables() const { return variables_; }

 private:
  Result<SecretText> from_environment(const std::string& name) const;

  SecretVariables variables_;
  std::shared_ptr<const SealedStore> sealed_;
};

/// How a sealed store gets the master key that a setting refers to; the errors name the reference.
std::function<Result<MasterKey>()> master_key_of(const SecretReference& reference,
                                                 const SecretVariables& variables);

}  // namespace nightshift::runtime
