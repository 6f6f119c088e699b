// The node's sessions with its peers, and its post.
#include "tools/nightshift/cluster.hpp"

#include <spdlog/spdlog.h>

#include "runtime/cluster/courier.hpp"
#include "runtime/cluster/replicator.hpp"
#include "runtime/cluster/sessions.hpp"
#include "runtime/cluster/trust.hpp"
#include "storage/rocks_side.hpp"

namespace nightshift::tools {

using runtime::cluster::Channel;
using runtime::cluster::ClusterStatus;
using runtime::cluster::Sessions;
using runtime::cluster::SessionsOptions;
using runtime::cluster::Trust;
using runtime::supervision::Component;
using runtime::supervision::Failed;
using runtime::supervision::Health;

namespace {

/// Does not keep them from ending.
runtime::cluster::Wire wire_to(const std::weak_ptr<Sessions>& sessions, Channel channel) {
  return {.send =
              [sessions, channel](const std::string& node, std::string body) {
                const auto there = sessions.lock();
                return there && there->send(node, channel, std::move(body));
              },
          .consumed =
              [sessions, channel](const std::string& node, std::uint64_t bytes) {
                if (const auto there = sessions.lock()) there->consumed(node, channel, bytes);
              }};
}

}  // namespace

struct ClusterHolder::Running final : Component {
  explicit Running(ClusterHolder& its_holder) : holder(its_holder) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() override {
    holder.courier_->connect({});
    holder.replicator_->connect({});
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
      data_(folder),
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

Result<void> ClusterHolder::open_replicas(const std::shared_ptr<const storage::EventLog>& log,
                                          const std::shared_ptr<const runtime::Catalog>& catalog) {
  runtime::cluster::ReplicatorOptions options;
  options.log = log;
  options.catalog = catalog;
  options.clock = clock_;
  if (auto key = data_.read_node_key()) {
    options.sign = [key = std::make_shared<SigningKey>(std::move(*key))](const auto& head) {
      return storage::to_signed_text(head, *key);
    };
  }
  options.folder = data_.root() / "peers";
  options.report = [](std::string_view line) { spdlog::warn("cluster: {}", line); };
  auto replicator = runtime::cluster::Replicator::make(std::move(options));
  if (!replicator) return std::unexpected(replicator.error());
  replicator_ = std::move(*replicator);
  replicator_->start();
  return {};
}

void ClusterHolder::follow(runtime::Node& node) {
  watch_ = node.watch([replicator = replicator_](std::uint64_t) { replicator->wake(); });
}

const runtime::cluster::Replicas& ClusterHolder::replicas() const { return *replicator_; }

Result<void> ClusterHolder::open_post(std::shared_ptr<const storage::EventLog> log,
                                      std::shared_ptr<const runtime::Catalog> catalog,
                                      const Placement& placement,
                                      std::function<void(std::string_view)> crash_point) {
  runtime::cluster::CourierOptions options;
  for (const auto& [kind, home] : placement.homes()) {
    if (catalog->find(kind) == nullptr) {
      return fail(ErrorCode::config, "[placement] " + kind + ": there is no such kind", kind);
    }
    options.homes[kind] = home;
  }
  if (auto opened = open_replicas(log, catalog); !opened) return opened;
  options.known = [replicator = replicator_](const EntityRef& entity) {
    return replicator->home_of(entity);
  };
  auto rows = storage::open_side_store(data_.root() / "post");
  if (!rows) return std::unexpected(rows.error());
  auto store = runtime::cluster::PostStore::open(std::move(*rows));
  if (!store) return std::unexpected(store.error());
  options.store = std::move(*store);
  options.node = node_;
  options.role = role_;
  options.log = std::move(log);
  options.catalog = std::move(catalog);
  options.clock = clock_;
  options.report = [](std::string_view line) { spdlog::warn("cluster: {}", line); };
  options.crash_point = std::move(crash_point);
  auto courier = runtime::cluster::Courier::make(std::move(options));
  if (!courier) return std::unexpected(courier.error());
  courier_ = std::move(*courier);
  return {};
}

std::shared_ptr<runtime::Abroad> ClusterHolder::abroad() const { return courier_; }

const runtime::cluster::PostView& ClusterHolder::post() const { return *courier_; }

void ClusterHolder::listen_to(SessionsOptions& options) const {
  options.up = [courier = courier_,
                replicator = replicator_](const runtime::cluster::SessionPeer& peer) {
    const auto& subject = peer.certificate.subject;
    spdlog::info("cluster: {} is there", subject.node);
    courier->up(subject.node, subject.role);
    replicator->up(subject.node);
  };
  options.down = [courier = courier_, replicator = replicator_](const std::string& node) {
    spdlog::info("cluster: {} is away", node);
    courier->down(node);
    replicator->down(node);
  };
  options.delivered = [courier = courier_, replicator = replicator_](
                          const std::string& node, Channel channel, std::string body) {
    if (channel == Channel::CHANNEL_REPLICATION) {
      return replicator->delivered(node, std::move(body));
    }
    courier->delivered(node, std::move(body));
  };
  options.credited = [courier = courier_, replicator = replicator_](const std::string& node,
                                                                    Channel channel) {
    if (channel == Channel::CHANNEL_REPLICATION) return replicator->wake();
    courier->credited(node);
  };
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
  listen_to(options);
  auto sessions = Sessions::start(std::move(options));
  if (!sessions) return std::unexpected(sessions.error());
  const std::lock_guard lock(mutex_);
  port_ = (*sessions)->port();
  sessions_ = std::move(*sessions);
  courier_->connect(wire_to(sessions_, Channel::CHANNEL_COMMANDS));
  replicator_->connect(wire_to(sessions_, Channel::CHANNEL_REPLICATION));
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
  if (courier_) {
    status.posts = courier_->peers();
    status.offences = courier_->offences();
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
