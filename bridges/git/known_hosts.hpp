// Whether the key that a host shows is the one we know.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "bridges/git/trouble.hpp"

namespace nightshift::bridges::git {

/// By a file in the form of OpenSSH, hashed names included. `host_unknown` where the host has no
/// key of this type in it, `host_changed` where it has another one. `type` as in `ssh-ed25519`.
Outcome<void> check_host(const std::filesystem::path& known_hosts, const std::string& host,
                         int port, std::string_view key, std::string_view type);

}  // namespace nightshift::bridges::git
