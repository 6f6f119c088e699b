// The vault bridge: files of people become commands, the journal's approvals become files.
// Format: docs/formats/vault.md.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bridges/vault/arrivals.hpp"
#include "bridges/vault/refusals.hpp"
#include "runtime/calendar.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::vault {

struct VaultOptions {
  /// Made if it is absent.
  std::filesystem::path root;
  /// Who stands behind moves in the vault; for people.
  std::string owner;
  /// `request`: a move to `Approved/` asks for the key; `move`: the owner's own decides, as far as
  /// the node's `MovePolicy` lets it; `off`: moves are undone.
  std::string decisions = "request";
  /// Of `move`: why a move proves nothing, because agents are not kept from the vault; nothing
  /// where they are. Asked at the start, which it refuses, and before every move that would decide.
  /// Nobody who could say so is a reason, too.
  std::function<std::optional<std::string>()> moves_doubted = {};
  /// What merges put where people decide by moving: that decides nothing here, and is put back. Its
  /// own if nobody gives one.
  std::shared_ptr<Arrivals> arrivals = {};
  /// Other nodes have this vault as well: what they have marked is theirs.
  bool shared = false;
  /// How often all folders are compared while inotify tells of changes, and while it does not.
  std::chrono::milliseconds rescan_every{60'000};
  std::chrono::milliseconds rescan_unwatched_every{1'000};
  /// More inotify watches than these are not taken: then folders are compared.
  std::size_t watches_max = 64;
  /// A file is read once its size and time have been the same for so long.
  std::chrono::milliseconds stable_for{300};
  /// Where the days of the pages under `Logs/` begin.
  runtime::Zone zone{};
  /// Told what people should hear, one line each; may be empty. Called on the bridge's thread.
  std::function<void(std::string_view)> log;
  /// Where files that are refused are listed while it runs; its own if nobody gives one.
  std::shared_ptr<Refusals> refusals = {};
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

  /// Files that are refused now. Thread-safe.
  const Refusals& refusals() const;

  /// Ends the thread; what was begun is finished. Call it before the node goes. Idempotent.
  void stop();

 private:
  class Impl;
  explicit VaultBridge(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace nightshift::bridges::vault
