// The node's sessions with its peers.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "messages/record.pb.h"
#include "runtime/clock.hpp"
#include "runtime/cluster/status.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/settings.hpp"
#include "runtime/supervision/part.hpp"

namespace nightshift::runtime::cluster {
class Sessions;
}

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
  /// A part of the tree; the settings must outlive it.
  runtime::supervision::Part part();
  /// HOST:PORT; empty where it listens nowhere.
  std::string listens() const;
  runtime::cluster::ClusterStatus status() const override;

 private:
  struct Running;
  Result<std::unique_ptr<runtime::supervision::Component>> start();

  const runtime::ClusterSettings settings_;
  const std::filesystem::path folder_;
  const std::string node_;
  const std::string role_;
  const std::shared_ptr<runtime::Clock> clock_;
  const std::string version_;
  mutable std::mutex mutex_;
  std::shared_ptr<runtime::cluster::Sessions> sessions_;
  std::uint16_t port_ = 0;
};

}  // namespace nightshift::tools
