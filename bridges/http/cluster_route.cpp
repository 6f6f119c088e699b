// Route about the cluster: peers, and who was turned away.
#include "bridges/http/call.hpp"
#include "messages/time.hpp"
#include "runtime/cluster/status.hpp"
#include "runtime/json_writer.hpp"

namespace nightshift::bridges::http {
namespace {

using runtime::cluster::PeerStatus;

void write_peer(const PeerStatus& peer, runtime::JsonWriter& json) {
  json.begin_object()
      .field("node", peer.node)
      .field("role", peer.role)
      .field("state", peer.up ? "up" : "away")
      .field("since", to_rfc3339(peer.since))
      .field("sessions", peer.sessions);
  if (peer.heard != Time{}) json.field("heard_at", to_rfc3339(peer.heard));
  if (peer.up) {
    json.field("dialed_by", peer.dialed_by_us ? "us" : "peer")
        .field("protocol", std::uint64_t{peer.protocol})
        .field("program", peer.program);
  }
  if (!peer.problem.empty()) json.field("problem", peer.problem);
  json.end_object();
}

}  // namespace

Response get_cluster(const Call& call) {
  const auto& cluster = call.services.options.cluster;
  if (!cluster) {
    return call.refuse({ErrorCode::not_found,
                        "this node is in no cluster; `nightshift cluster init` makes one, and "
                        "[cluster] listen or peers connect it",
                        {}});
  }
  const auto status = cluster->status();
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object()
      .field("node", status.node)
      .field("role", status.role)
      .field("listens", status.listens)
      .field("authority", status.has_authority)
      .field("certificate", status.invited ? "invitation" : "member")
      .field("expires_at", to_rfc3339(status.expires));
  json.key("peers").begin_array();
  for (const auto& peer : status.peers) write_peer(peer, json);
  json.end_array();
  json.field("accepted", status.sessions.accepted)
      .field("half_open", status.sessions.half_open)
      .field("refused", status.sessions.refused);
  json.key("refusals").begin_array();
  for (const auto& refusal : status.refusals) {
    json.begin_object()
        .field("at", to_rfc3339(refusal.at))
        .field("address", refusal.address)
        .field("why", refusal.why)
        .end_object();
  }
  json.end_array().end_object();
  return out;
}

}  // namespace nightshift::bridges::http
