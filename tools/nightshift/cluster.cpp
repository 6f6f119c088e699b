// The node's sessions with its peers.
#include "tools/nightshift/cluster.hpp"

#include <spdlog/spdlog.h>

#include "runtime/cluster/sessions.hpp"
#include "runtime/cluster/trust.hpp"

namespace nightshift::tools {

using runtime::cluster::ClusterStatus;
using runtime::cluster::Sessions;
using runtime::cluster::SessionsOptions;
using runtime::cluster::Trust;
using runtime::supervision::Component;
using runtime::supervision::Failed;
using runtime::supervision::Health;

struct ClusterHolder::Running final : Component {
  explicit Running(ClusterHolder& its_holder) : holder(its_holder) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() override {
    std::shared_ptr<Sessions> ended;
    const std::lock_guard lock(holder.mutex_);
    ended.swap(holder.sessions_);
  }
  Health health() const override {
    const auto status = holder.status();
    std::string problem;
    for (const auto& peer : status.peers) {
      if (!peer.up && problem.empty()) problem = peer.node + ": " + peer.problem;
    }
    return {status.sessions.half_open, problem};
  }

  ClusterHolder& holder;
};

ClusterHolder::ClusterHolder(const runtime::Settings& settings, const runtime::DataFolder& folder,
                             const Identity& identity, std::shared_ptr<runtime::Clock> clock,
                             std::string version)
    : settings_(settings.cluster),
      folder_(folder.root() / "cluster"),
      node_(identity.node()),
      role_(identity.role()),
      clock_(std::move(clock)),
      version_(std::move(version)) {}

Result<void> ClusterHolder::check() const {
  const auto own = Trust(folder_).credentials();
  if (!own) return std::unexpected(own.error());
  const auto& named = own->facts.subject;
  if (named.node == node_ && named.role == role_) return {};
  return fail(ErrorCode::config,
              folder_.string() + " holds the certificate of the " + named.role + " node " +
                  named.node + ", and this is the " + role_ + " node " + node_ +
                  ": let node.name and node.role say what the certificate says, or have this node "
                  "invited under its own name",
              folder_.string());
}

Result<std::unique_ptr<Component>> ClusterHolder::start() {
  SessionsOptions options;
  if (!settings_.listen.empty()) {
    const auto listen = runtime::parse_endpoint(settings_.listen);
    options.host = listen->host;
    const std::lock_guard lock(mutex_);
    // Whoever found it there finds it there again.
    options.port = port_ == 0 ? listen->port : port_;
  }
  for (const auto& peer : settings_.peers) {
    options.peers.push_back({peer.node, peer.host, peer.port});
  }
  options.trust = folder_;
  options.greeting.program = version_;
  options.clock = clock_;
  options.report = [](std::string_view line) { spdlog::warn("cluster: {}", line); };
  options.up = [](const runtime::cluster::SessionPeer& peer) {
    spdlog::info("cluster: {} is there", peer.certificate.subject.node);
  };
  options.down = [](const std::string& node) { spdlog::info("cluster: {} is away", node); };
  auto sessions = Sessions::start(std::move(options));
  if (!sessions) return std::unexpected(sessions.error());
  const std::lock_guard lock(mutex_);
  port_ = (*sessions)->port();
  sessions_ = std::move(*sessions);
  return std::make_unique<Running>(*this);
}

runtime::supervision::Part ClusterHolder::part() {
  return {.name = "cluster", .start = [this](const Failed&) { return start(); }};
}

std::string ClusterHolder::listens() const {
  const std::lock_guard lock(mutex_);
  if (settings_.listen.empty() || port_ == 0) return {};
  const auto host = settings_.listen.substr(0, settings_.listen.rfind(':'));
  return host + ":" + std::to_string(port_);
}

ClusterStatus ClusterHolder::status() const {
  ClusterStatus status;
  status.node = node_;
  status.role = role_;
  status.listens = listens();
  const Trust trust(folder_);
  status.has_authority = trust.has_authority();
  if (const auto own = trust.credentials()) {
    status.expires = own->facts.not_after;
    status.invited = own->facts.subject.invitation;
  }
  std::shared_ptr<Sessions> sessions;
  {
    const std::lock_guard lock(mutex_);
    sessions = sessions_;
  }
  if (!sessions) return status;
  status.peers = sessions->peers();
  status.sessions = sessions->stats();
  status.refusals = sessions->refusals();
  return status;
}

}  // namespace nightshift::tools
