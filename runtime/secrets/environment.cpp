// Takes secrets out of the environment.
#include "runtime/secrets/environment.hpp"

#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/secrets/partition.hpp"

namespace nightshift::runtime {
namespace {

constexpr std::array<std::string_view, 8> endings{
    "_PASSWORD", "_PASS",        "_TOKEN",      "_SECRET",
    "_API_KEY",  "_PRIVATE_KEY", "_ACCESS_KEY", "ENCRYPTION_KEY",
};

/// The text itself, where the system put it when the program began.
void wipe_variable(const std::string& name) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const auto size = name.size();
    if (std::strncmp(*entry, name.c_str(), size) != 0 || (*entry)[size] != '=') continue;
    sodium_memzero(*entry + size + 1, std::strlen(*entry + size + 1));
  }
}

}  // namespace

bool named_like_a_secret(std::string_view variable) {
  return forbidden_on_cloud(variable).has_value() ||
         std::ranges::any_of(endings, [&](auto ending) { return variable.ends_with(ending); });
}

SecretVariables take_secrets(Environment& environment,
                             const std::set<std::string, std::less<>>& referred_to) {
  SecretVariables taken;
  for (auto& [name, value] : environment) {
    if (!referred_to.contains(name) && !named_like_a_secret(name)) continue;
    taken.emplace(name, SecretText::taken_from(value));
    wipe_variable(name);
    ::unsetenv(name.c_str());
  }
  for (const auto& [name, secret] : taken) environment.erase(name);
  return taken;
}

void give_back(const SecretVariables& variables) {
  for (const auto& [name, secret] : variables) {
    const WipedString value{std::string(secret.reveal())};
    ::setenv(name.c_str(), value.text().c_str(), 1);
  }
}

}  // namespace nightshift::runtime
