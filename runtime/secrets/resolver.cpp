// References to secrets.
#include "runtime/secrets/resolver.hpp"

#include <utility>

#include "runtime/secrets/secret_file.hpp"

namespace nightshift::runtime {

SecretResolver::SecretResolver(SecretVariables variables) : variables_(std::move(variables)) {}

Result<SecretText> SecretResolver::resolve(const SecretReference& reference) const {
  switch (reference.source) {
    case SecretReference::Source::env: return from_environment(reference.name);
    case SecretReference::Source::file: return read_secret_file(reference.name);
    case SecretReference::Source::sealed: break;
  }
  return fail(ErrorCode::not_found, "there is no sealed secret " + reference.name,
              to_string(reference));
}

Result<SecretText> SecretResolver::from_environment(const std::string& name) const {
  const auto found = variables_.find(name);
  if (found != variables_.end() && !found->second.empty()) {
    return SecretText(found->second.reveal());
  }
  return fail(ErrorCode::not_found,
              "the secret env:" + name +
                  " is not in the environment that the program was started "
                  "with; set " +
                  name + " and start it again",
              "env:" + name);
}

}  // namespace nightshift::runtime
