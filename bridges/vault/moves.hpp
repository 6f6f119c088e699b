// Which move to `Approved/` is the owner's own: of the very file that waited, as it was, while the
// node looked on (docs/decisions/decisions-by-move.md).
#pragma once

#include <map>
#include <string>

#include "bridges/vault/projector.hpp"
#include "bridges/vault/standing.hpp"
#include "bridges/vault/watcher.hpp"
#include "messages/crypto.hpp"
#include "messages/moves.pb.h"

namespace nightshift::bridges::vault {

/// What is known of waiting files and their moves, since this bridge was started: nothing of it
/// outlives that. Not thread-safe.
class Moves {
 public:
  /// The file that waits for this approval was read where it waits. It counts from now on if it
  /// shows what would be sent; what was known of it before counts no longer.
  void look_at(const Standing& standing, const std::string& path, const FileText& file,
               const Draft& draft);
  /// The kernel saw a file move, or come or go alone.
  void hear(const News::Rename& rename);
  /// The kernel saw more than it told.
  void forget_moves();
  /// This approval waits no longer.
  void forget(const std::string& id);
  /// The vault is out of sight.
  void forget_all();

  /// What was seen, if `found` is the very file that waited for this approval, showing what would
  /// be sent now, and came here by one move. Error `forbidden`: why it does not count.
  Result<Move> witness(const Standing& standing, const FoundFile& found) const;

 private:
  struct Seen {
    std::string path;
    Stamp stamp;
    /// Of the file's bytes.
    Digest bytes{};
    /// Hex: what would have been sent.
    std::string digest;
  };

  /// By the id of the approval.
  std::map<std::string, Seen> seen_;
  /// Where the file under a path came from last.
  std::map<std::string, std::string> came_from_;
};

}  // namespace nightshift::bridges::vault
