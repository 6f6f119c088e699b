// The node's sessions with its peers, and its post.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "messages/placement.pb.h"
#include "messages/record.pb.h"
#include "runtime/abroad.hpp"
#include "runtime/clock.hpp"
#include "runtime/cluster/status.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/settings.hpp"
#include "runtime/supervision/part.hpp"

namespace nightshift::runtime::cluster {
class Courier;
class Replicator;
class Sessions;
struct SessionsOptions;
}  // namespace nightshift::runtime::cluster

namespace nightshift::tools {

/// Holds the sessions over restarts of their part. Thread-safe.
class ClusterHolder final : public runtime::cluster::ClusterView {
 public:
  ClusterHolder(const runtime::Settings& settings, const runtime::DataFolder& folder,
                const Identity& identity, std::shared_ptr<runtime::Clock> clock,
                std::string version);

  /// May this node take part? `config`, naming `cluster init`, where it has no certificate, or one
  /// for another node.
  Result<void> check() const;
  /// Opens `DATA/post`, before the node starts. `config` where a kind is placed that there is not.
  Result<void> open_post(std::shared_ptr<const storage::EventLog> log,
                         std::shared_ptr<const runtime::Catalog> catalog,
                         const Placement& placement,
                         std::function<void(std::string_view)> crash_point);
  /// A part of the tree; the settings must outlive it.
  runtime::supervision::Part part();
  /// HOST:PORT; empty where it listens nowhere.
  std::string listens() const;
  runtime::cluster::ClusterStatus status() const override;
  const runtime::cluster::Replicas& replicas() const override;
  const runtime::cluster::PostView& post() const override;
  std::shared_ptr<runtime::Abroad> abroad() const override;
  /// Ships what the node writes from here on, until it ends.
  void follow(runtime::Node& node);
  void unfollow() { watch_.reset(); }

 private:
  struct Running;
  Result<std::unique_ptr<runtime::supervision::Component>> start();
  void listen_to(runtime::cluster::SessionsOptions& options) const;

  const runtime::ClusterSettings settings_;
  const runtime::DataFolder data_;
  const std::filesystem::path folder_;
  const std::string node_;
  const std::string role_;
  const std::shared_ptr<runtime::Clock> clock_;
  const std::string version_;
  Result<void> open_replicas(const std::shared_ptr<const storage::EventLog>& log,
                             const std::shared_ptr<const runtime::Catalog>& catalog);

  std::shared_ptr<runtime::cluster::Replicator> replicator_;
  std::shared_ptr<runtime::cluster::Courier> courier_;
  runtime::Node::Watch watch_;
  mutable std::mutex mutex_;
  std::shared_ptr<runtime::cluster::Sessions> sessions_;
  std::uint16_t port_ = 0;
};

}  // namespace nightshift::tools
