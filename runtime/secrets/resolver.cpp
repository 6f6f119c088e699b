// References to secrets.
#include "runtime/secrets/resolver.hpp"

#include <utility>

#include "runtime/secrets/secret_file.hpp"

namespace nightshift::runtime {

SecretResolver::SecretResolver(SecretVariables variables, std::shared_ptr<const SealedStore> sealed)
    : variables_(std::move(variables)), sealed_(std::move(sealed)) {}

Result<SecretText> SecretResolver::resolve(const SecretReference& reference) const {
  switch (reference.source) {
    case SecretReference::Source::env: return from_environment(reference.name);
    case SecretReference::Source::file: return read_secret_file(reference.name);
    case SecretReference::Source::sealed:
      if (sealed_) return sealed_->get(reference.name);
      break;
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

std::function<Result<MasterKey>()> master_key_of(const SecretReference& reference,
                                                 const SecretVariables& variables) {
  SecretVariables needed;
  const auto found = variables.find(reference.name);
  if (reference.source == SecretReference::Source::env && found != variables.end()) {
    needed.emplace(reference.name, SecretText(found->second.reveal()));
  }
  auto resolver = std::make_shared<const SecretResolver>(std::move(needed));
  return [resolver = std::move(resolver), reference]() -> Result<MasterKey> {
    const auto text = resolver->resolve(reference);
    if (!text) return std::unexpected(text.error());
    auto key = MasterKey::parse(text->reveal());
    if (!key) key.error().detail = to_string(reference) + ": " + key.error().detail;
    return key;
  };
}

}  // namespace nightshift::runtime
