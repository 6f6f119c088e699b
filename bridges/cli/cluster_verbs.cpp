// cluster: who belongs to it, beside a running node or without one.
#include <cstdlib>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "bridges/cli/table.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"
#include "runtime/clock.hpp"
#include "runtime/cluster/trust.hpp"

namespace nightshift::bridges::cli {
namespace {

using runtime::cluster::Invitation;
using runtime::cluster::Standing;
using runtime::cluster::Subject;
using runtime::cluster::Trust;

Trust trust_of(const Session& session) { return Trust(session.folder.root() / "cluster"); }

Time now() { return runtime::SystemClock().now(); }

std::string_view word(Standing standing) {
  switch (standing) {
    case ::nightshift::cluster::STANDING_INVITED: return "invited";
    case ::nightshift::cluster::STANDING_JOINED: return "joined";
    case ::nightshift::cluster::STANDING_ISSUED: return "member";
    case ::nightshift::cluster::STANDING_REPLACED: return "replaced";
    case ::nightshift::cluster::STANDING_REVOKED: return "revoked";
    default: return "unknown";
  }
}

/// `1h`, `7d`: what an invitation may be good for.
std::optional<std::chrono::seconds> span_of(const std::string& text) {
  char* end = nullptr;
  const auto count = std::strtoul(text.c_str(), &end, 10);
  const std::string_view unit(end);
  if (count == 0 || count > 365) return std::nullopt;
  if (unit == "h") return std::chrono::hours(count);
  if (unit == "d") return std::chrono::days(count);
  return std::nullopt;
}

SecretFlags config_of(const ClusterFlags& flags) {
  SecretFlags config;
  config.config = flags.config;
  return config;
}

void tell(Session& session, const Json& json, const std::string& text) {
  session.out << (session.json ? json.dump() : text) << "\n";
}

/// What the node says of its sessions; nothing where none runs or it is in no cluster.
std::optional<Json> sessions_of(Session& session) {
  const auto answer = session.api.get("/v1/cluster");
  if (!answer) return std::nullopt;
  auto read = Json::parse(answer->body, nullptr, false);
  if (read.is_discarded()) return std::nullopt;
  return read;
}

/// Commands in the outbox and Tells on their way.
std::string waiting_for(const Json& peer) {
  const auto outbox = peer.value("outbox", Json::object());
  const auto count =
      outbox.value("waiting", std::uint64_t{0}) + outbox.value("tells", std::uint64_t{0});
  if (count == 0) return "";
  const auto since = outbox.value("waiting_since", "");
  return std::to_string(count) + (since.empty() ? "" : " since " + local_time(since));
}

std::string problem_with(const Json& peer) {
  if (peer.contains("refused")) {
    return "nothing of it is taken: " + peer.at("refused").get<std::string>();
  }
  if (peer.contains("fenced")) {
    return "it takes nothing of this node: " + peer.at("fenced").get<std::string>();
  }
  const auto alarm = peer.value("log", Json::object()).value("alarm", "");
  return alarm.empty() ? peer.value("problem", "") : alarm;
}

/// The newest of what peers sent and may not.
void show_offences(Session& session, const Json& cluster) {
  const auto offences = cluster.value("offences", Json::array());
  if (offences.empty()) return;
  const auto& last = offences.back();
  session.out << "\n"
              << sanitise(last.at("node").get<std::string>() + " sent what it may not, at " +
                              local_time(last.at("at").get<std::string>()) + ": " +
                              last.at("what").get<std::string>(),
                          Lines::escape)
              << "\n";
}

void show_peers(Session& session, const Json& cluster) {
  Table table({"NODE", "ROLE", "STATE", "SINCE", "HEARD", "WAITING", "PROBLEM"});
  for (const auto& peer : cluster.at("peers")) {
    const auto time = [&](const char* key) {
      return peer.contains(key) ? local_time(peer.at(key).get<std::string>()) : std::string();
    };
    table.add({peer.at("node"), peer.at("role"), peer.at("state"), time("since"), time("heard_at"),
               waiting_for(peer), problem_with(peer)});
  }
  session.out << "\n" << table.render(session.look().columns, session.look().colour);
  show_offences(session, cluster);
  const auto refused = cluster.at("refused").get<std::uint64_t>();
  if (refused == 0) return;
  // The peer's words: nothing in them moves the cursor.
  const auto& last = cluster.at("refusals").back();
  session.out << "\n"
              << refused << " connections were refused; the last: "
              << sanitise(last.at("address").get<std::string>() + ", " +
                              last.at("why").get<std::string>(),
                          Lines::escape)
              << "\n";
}

}  // namespace

Result<void> cluster_init(Session& session, const ClusterFlags& flags) {
  const auto self = node_identity(session, config_of(flags));
  if (!self) return std::unexpected(self.error());
  if (auto made = session.folder.create(); !made) return made;
  if (auto done = trust_of(session).init({self->node, self->zone}, now()); !done) return done;
  tell(session, {{"node", self->node}, {"role", self->zone}},
       "the " + self->zone + " node " + self->node +
           " is the first of a new cluster, and has its authority; invite others with "
           "\"nightshift cluster invite NODE --role cloud|local\"");
  return {};
}

Result<void> cluster_invite(Session& session, const ClusterFlags& flags) {
  if (!is_id(flags.node)) {
    return fail(ErrorCode::usage,
                "a node's name is 1 to 128 letters, digits, dots, underscores or hyphens", "NODE");
  }
  const auto span = span_of(flags.expires);
  if (!span) {
    return fail(ErrorCode::usage, "--expires must be from 1h to 365d, such as 24h or 7d",
                "--expires");
  }
  const auto invitation = trust_of(session).invite(
      {.node = flags.node, .role = flags.role, .address = {}, .good_for = *span}, now());
  if (!invitation) return std::unexpected(invitation.error());
  const auto file = flags.file.value_or(flags.node + ".invitation");
  std::error_code unseen;
  if (std::filesystem::exists(std::filesystem::symlink_status(file, unseen)) &&
      !runtime::cluster::read_invitation(runtime::read_small_file(file).value_or(""))) {
    return fail(ErrorCode::usage,
                file.string() + " exists and is no invitation: name another with --out",
                file.string());
  }
  auto written = runtime::write_private_file(file, runtime::cluster::invitation_text(*invitation));
  if (!written) return written;
  tell(session,
       {{"file", file.string()},
        {"node", flags.node},
        {"role", flags.role},
        {"expires_at", to_rfc3339(from_proto(invitation->expires()))}},
       file.string() + " is good once, until " +
           local_time(to_rfc3339(from_proto(invitation->expires()))) +
           "; whoever has it can join as " + flags.node +
           ": bring it there safely, and run \"nightshift cluster join FILE\"");
  return {};
}

Result<void> cluster_join(Session& session, const ClusterFlags& flags) {
  const auto text = runtime::read_small_file(*flags.file);
  if (!text) return std::unexpected(text.error());
  const auto invitation = runtime::cluster::read_invitation(*text);
  if (!invitation) return std::unexpected(invitation.error());
  std::optional<Subject> self;
  if (session.folder.initialised()) {
    const auto known = node_identity(session, config_of(flags));
    if (!known) return std::unexpected(known.error());
    self = Subject{known->node, known->zone};
  }
  if (auto made = session.folder.create(); !made) return made;
  if (auto done = trust_of(session).join(*invitation, self, now()); !done) return done;
  tell(session, {{"node", invitation->node()}, {"role", invitation->role()}},
       "this is the " + invitation->role() + " node " + invitation->node() + " of " +
           invitation->inviter() +
           "'s cluster, once the two have met; start it with --cluster HOST:PORT, or let "
           "cluster.peers name " +
           invitation->inviter() +
           "=HOST:PORT; the invitation can be "
           "deleted");
  return {};
}

Result<void> cluster_status(Session& session) {
  const auto members = trust_of(session).members();
  if (!members) return std::unexpected(members.error());
  const auto cluster = sessions_of(session);
  if (session.json) {
    Json all{{"members", Json::array()}};
    for (const auto& line : *members) {
      all["members"].push_back({{"node", line.node},
                                {"role", line.role},
                                {"standing", word(line.standing)},
                                {"expires_at", to_rfc3339(line.expires)}});
    }
    if (cluster) all["sessions"] = *cluster;
    session.out << all.dump() << "\n";
    return {};
  }
  Table table({"CERTIFICATE OF", "ROLE", "STANDING", "EXPIRES"});
  for (const auto& line : *members) {
    table.add({line.node, line.role, std::string(word(line.standing)),
               local_time(to_rfc3339(line.expires))});
  }
  session.out << table.render(session.look().columns, session.look().colour);
  if (cluster)
    show_peers(session, *cluster);
  else
    session.out << "\nno node runs here with [cluster] listen or peers\n";
  return {};
}

Result<void> cluster_revoke(Session& session, const std::string& node) {
  if (auto done = trust_of(session).revoke(node, now()); !done) return done;
  tell(session, {{"revoked", node}},
       "no certificate of " + node + " counts any more; a running node ends its session at once");
  return {};
}

Result<void> cluster_rotate(Session& session) {
  const auto trust = trust_of(session);
  const bool at_once = trust.has_authority();
  if (auto done = Trust(trust).rotate(now()); !done) return done;
  tell(session, {{"rotated", at_once}},
       at_once ? "this node has another key"
               : "this node asks for a certificate over another key as soon as it meets the node "
                 "with the authority");
  return {};
}

}  // namespace nightshift::bridges::cli
