// Checks the keys of `[cluster]`.
#include "runtime/settings_cluster.hpp"

#include <algorithm>

#include "messages/ids.hpp"
#include "runtime/settings.hpp"

namespace nightshift::runtime {

std::optional<std::string> set_cluster_listen(ClusterSettings& cluster, const SettingValue& value) {
  if (!parse_endpoint(value.text)) {
    return "must be HOST:PORT, such as \"0.0.0.0:2309\", not \"" + value.text + "\"";
  }
  cluster.listen = value.text;
  return std::nullopt;
}

std::optional<std::string> set_cluster_peers(ClusterSettings& cluster, const SettingValue& value) {
  std::vector<PeerSettings> peers;
  for (const auto& text : value.list) {
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    const auto place = equals == std::string::npos ? std::string() : text.substr(equals + 1);
    const auto endpoint = parse_endpoint(place);
    if (!is_id(name) || !endpoint || endpoint->port == 0) {
      return "must hold NODE=HOST:PORT, such as \"cloud=vm.example.org:2309\", not \"" + text +
             "\"";
    }
    if (std::ranges::find(peers, name, &PeerSettings::node) != peers.end()) {
      return "names the node " + name + " twice";
    }
    peers.push_back({name, endpoint->host, endpoint->port});
  }
  cluster.peers = std::move(peers);
  return std::nullopt;
}

}  // namespace nightshift::runtime
