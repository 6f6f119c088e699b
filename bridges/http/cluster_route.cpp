// Routes about the cluster: peers, who was turned away, what waits for another node.
#include <algorithm>
#include <span>

#include "bridges/http/call.hpp"
#include "bridges/http/outbox_route.hpp"
#include "bridges/http/query.hpp"
#include "messages/time.hpp"
#include "runtime/cluster/replicas.hpp"
#include "runtime/cluster/status.hpp"
#include "runtime/json_writer.hpp"

namespace nightshift::bridges::http {
namespace {

using runtime::cluster::PeerPost;
using runtime::cluster::PeerStatus;

/// What goes to and fro, where there is anything to say about it.
void write_post(const PeerPost* post, runtime::JsonWriter& json) {
  if (post == nullptr) return;
  json.key("outbox")
      .begin_object()
      .field("waiting", post->waiting)
      .field("bytes", post->waiting_bytes)
      .field("tells", post->tells);
  if (post->waiting_since) json.field("waiting_since", to_rfc3339(*post->waiting_since));
  json.end_object();
  if (!post->refused.empty()) json.field("refused", post->refused);
  if (!post->fenced.empty()) json.field("fenced", post->fenced);
}

/// How far each has the other's log.
void write_log(const runtime::cluster::ReplicaStatus* log, std::uint64_t head,
               runtime::JsonWriter& json) {
  if (log == nullptr) return;
  json.key("log")
      .begin_object()
      .field("id", log->log_id)
      .field("offset", log->offset)
      .field("newest", log->newest);
  if (log->as_of) json.field("as_of", to_rfc3339(*log->as_of));
  json.field("shipped", log->shipped).field("behind", head - std::min(head, log->shipped));
  if (!log->alarm.empty()) json.field("alarm", log->alarm);
  json.end_object();
}

/// Of one peer, what there is.
struct PeerDetails {
  const PeerPost* post = nullptr;
  const runtime::cluster::ReplicaStatus* log = nullptr;
  /// Of this node's log.
  std::uint64_t head = 0;
};

void write_details(const PeerDetails& details, runtime::JsonWriter& json) {
  write_post(details.post, json);
  write_log(details.log, details.head, json);
}

void write_peer(const PeerStatus& peer, const PeerDetails& details, runtime::JsonWriter& json) {
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
  write_details(details, json);
  json.end_object();
}

/// Of peers that never had a session as well: something may wait for them.
void write_peers(const runtime::cluster::ClusterStatus& status,
                 const std::vector<runtime::cluster::ReplicaStatus>& logs, std::uint64_t head,
                 runtime::JsonWriter& json) {
  const auto details_of = [&](const std::string& node) {
    const auto post = std::ranges::find(status.posts, node, &PeerPost::node);
    const auto log = std::ranges::find(logs, node, &runtime::cluster::ReplicaStatus::node);
    return PeerDetails{post == status.posts.end() ? nullptr : &*post,
                       log == logs.end() ? nullptr : &*log, head};
  };
  json.key("peers").begin_array();
  for (const auto& peer : status.peers) write_peer(peer, details_of(peer.node), json);
  for (const auto& post : status.posts) {
    const bool shown =
        std::ranges::find(status.peers, post.node, &PeerStatus::node) != status.peers.end();
    if (shown) continue;
    json.begin_object().field("node", post.node).field("role", "").field("state", "away");
    write_details(details_of(post.node), json);
    json.end_object();
  }
  json.end_array();
}

void write_offences(const std::vector<runtime::cluster::Offence>& offences,
                    runtime::JsonWriter& json) {
  json.key("offences").begin_array();
  for (const auto& offence : offences) {
    json.begin_object()
        .field("at", to_rfc3339(offence.at))
        .field("node", offence.node)
        .field("what", offence.what)
        .end_object();
  }
  json.end_array();
}

void write_waiting(const std::string& node, const post::Item& item, runtime::JsonWriter& json) {
  json.begin_object()
      .field("command_id", item.key())
      .field("home", node)
      .field("kind", item.kind())
      .field("id", item.id())
      .field("command", item.command())
      .field("principal", item.principal())
      .field("taken_at", to_rfc3339(time_from_us(item.taken_at_us())))
      .field("status", "waiting")
      .end_object();
}

void write_answered(const std::string& node, const post::Answered& answered,
                    runtime::JsonWriter& json) {
  const auto& outcome = answered.outcome();
  json.begin_object()
      .field("command_id", answered.key())
      .field("home", node)
      .field("kind", answered.kind())
      .field("id", answered.id())
      .field("command", answered.command())
      .field("principal", answered.principal())
      .field("taken_at", to_rfc3339(time_from_us(answered.taken_at_us())))
      .field("status", outcome.code().empty() ? "accepted" : "refused")
      .field("answered_at", to_rfc3339(time_from_us(answered.answered_at_us())));
  if (outcome.code().empty()) {
    json.field("sequence", outcome.sequence()).field("entity_status", outcome.status());
  } else {
    json.field("code", outcome.code()).field("detail", outcome.detail());
  }
  json.end_object();
}

/// Those of one peer, the answered ones first, as they were taken earlier.
Result<void> write_outbox(const runtime::cluster::PostView& view, const std::string& node,
                          std::string_view wanted, std::size_t limit, runtime::JsonWriter& json) {
  const auto answered = view.answered(node);
  if (!answered) return std::unexpected(answered.error());
  const auto waiting = view.waiting(node, wanted.empty() ? limit : SIZE_MAX);
  if (!waiting) return std::unexpected(waiting.error());
  const auto skipped =
      wanted.empty() && answered->size() > limit ? answered->size() - limit : std::size_t{0};
  for (const auto& one : std::span(*answered).subspan(skipped)) {
    if (wanted.empty() || one.key() == wanted) write_answered(node, one, json);
  }
  for (const auto& item : *waiting) {
    if (wanted.empty() || item.key() == wanted) write_waiting(node, item, json);
  }
  return {};
}

Error no_cluster() {
  return {ErrorCode::not_found,
          "this node is in no cluster; `nightshift cluster init` makes one, and [cluster] listen "
          "or peers connect it",
          {}};
}

}  // namespace

Response get_cluster(const Call& call) {
  const auto& cluster = call.services.options.cluster;
  if (!cluster) return call.refuse(no_cluster());
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
  write_peers(status, cluster->replicas().replicas(), call.node().head().offset, json);
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
  json.end_array();
  write_offences(status.offences, json);
  json.end_object();
  return out;
}

Response get_outbox(const Call& call) {
  const auto& cluster = call.services.options.cluster;
  if (!cluster) return call.refuse(no_cluster());
  const auto& view = cluster->post();
  const auto limit = limit_of(call.target);
  if (!limit) return call.refuse(limit.error());
  const auto wanted = parameter(call.target, "command_id");
  if (!wanted) return call.refuse(wanted.error());
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object().key("items").begin_array();
  for (const auto& peer : view.peers()) {
    auto written =
        write_outbox(view, peer.node, wanted->value_or(std::string_view()), *limit, json);
    if (!written) return call.refuse(written.error());
  }
  json.end_array().end_object();
  return out;
}

}  // namespace nightshift::bridges::http
