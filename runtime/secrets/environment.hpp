// Secrets that came by the environment of this process.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "runtime/secrets/resolver.hpp"
#include "runtime/settings.hpp"

namespace nightshift::runtime {

/// True if a variable of this name is taken for a secret even where nothing refers to it:
/// `..._PASSWORD`, `..._TOKEN`, `..._API_KEY` and the like, and what a cloud node must not have.
bool named_like_a_secret(std::string_view variable);

/// Takes secrets out of the environment, so that no child inherits them and `/proc/PID/environ`
/// does not show them any more: those in `referred_to`, and those that are named like one. They are
/// wiped where they lay, in `environment` as well. Before the first thread.
SecretVariables take_secrets(Environment& environment,
                             const std::set<std::string, std::less<>>& referred_to);

/// Puts them back for the program that replaces this one (execve(2)).
void give_back(const SecretVariables& variables);

}  // namespace nightshift::runtime
