// `[cluster]` of the configuration: where peers reach this node, and where it reaches them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

/// A peer that is dialed.
struct PeerSettings {
  std::string node;
  std::string host;
  std::uint16_t port = 0;
};

struct ClusterSettings {
  /// HOST:PORT; empty where nobody can dial this node.
  std::string listen;
  std::vector<PeerSettings> peers;

  bool wanted() const { return !listen.empty() || !peers.empty(); }
};

/// Each as `SettingRule::set`.
std::optional<std::string> set_cluster_listen(ClusterSettings& cluster, const SettingValue& value);
std::optional<std::string> set_cluster_peers(ClusterSettings& cluster, const SettingValue& value);

}  // namespace nightshift::runtime
