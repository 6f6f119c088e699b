// The synchroniser as a part of a node: runs rounds, and writes down what they did.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bridges/git/rounds/pace.hpp"
#include "bridges/git/synchroniser.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::git {

struct GitBridgeOptions {
  /// What each round works with, but for `access.*` secrets, `keep` and `arriving`.
  SyncOptions sync;
  Pace::Options pace;
  /// Resolves the secrets of the remote; asked before each round, on the bridge's thread.
  std::function<Result<Access>()> access;
  /// Told the path, relative to the vault, of what a round is about to put there or take away; may
  /// be empty. Called on the bridge's thread.
  std::function<void(const std::string& path)> arriving = {};
  /// Told what people should hear, one line each; may be empty.
  std::function<void(std::string_view)> log = {};
  /// Called on the bridge's thread if that cannot go on; may be empty.
  std::function<void(std::string why)> failed = {};
};

/// One thread of its own, from `start` to destruction, which waits for a round that runs: as long
/// as a remote may be silent. The node must outlive it. `sync/NODE` must have been defined.
class GitBridge {
 public:
  static Result<std::unique_ptr<GitBridge>> start(runtime::Node& node, GitBridgeOptions options);

  GitBridge(const GitBridge&) = delete;
  GitBridge& operator=(const GitBridge&) = delete;
  ~GitBridge();

  /// Why the last round stopped before its end; empty if it did not. Any thread.
  std::string trouble() const;

 private:
  class Impl;
  explicit GitBridge(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace nightshift::bridges::git
