// The vault bridge: files of people become commands, the journal's approvals become files.
// Format: docs/formats/vault.md.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/node.hpp"

namespace nightshift::bridges::vault {

struct VaultOptions {
  /// Made if it is absent.
  std::filesystem::path root;
  /// Who stands behind moves in the vault; for people.
  std::string owner;
  /// `request`: a move to `Approved/` asks for the key; `off`: moves are undone. `move` is refused.
  std::string decisions = "request";
  std::chrono::milliseconds rescan_every{1'000};
  /// A file is read once its size and time have been the same for so long.
  std::chrono::milliseconds stable_for{300};
  /// Told what people should hear, one line each; may be empty. Called on the bridge's thread.
  std::function<void(std::string_view)> log;
  /// Called on the bridge's thread if that cannot go on; may be empty.
  std::function<void(std::string why)> failed = {};
};

/// One thread of its own, from `start` to `stop` or destruction. The node must outlive it.
class VaultBridge {
 public:
  /// Brings files and journal into agreement before it returns. Errors: `config` (decisions, a
  /// vault that is no folder), `io`.
  static Result<std::unique_ptr<VaultBridge>> start(runtime::Node& node, VaultOptions options);

  VaultBridge(const VaultBridge&) = delete;
  VaultBridge& operator=(const VaultBridge&) = delete;
  ~VaultBridge();

  /// Ends the thread; what was begun is finished. Call it before the node goes. Idempotent.
  void stop();

 private:
  class Impl;
  explicit VaultBridge(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace nightshift::bridges::vault
