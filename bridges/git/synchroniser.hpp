// Keeps a vault and the branch of a remote repository the same: commit, fetch, merge, push.
// Format and rules: docs/formats/git.md.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridges/git/advance.hpp"
#include "bridges/git/remote.hpp"
#include "bridges/git/tree_merge.hpp"
#include "bridges/git/work_tree.hpp"
#include "messages/time.hpp"

namespace nightshift::bridges::git {

struct SyncOptions {
  /// The folder that has `.git`: the vault itself, or one above it.
  std::filesystem::path repository;
  std::filesystem::path vault;
  std::string branch = "main";
  Access access;
  /// Name of this node, in the words of commits.
  std::string node;
  /// Who makes them; empty: the node, at an address of its name.
  std::string author_name = {};
  std::string author_mail = {};
  Role role = Role::local;
  /// Told the name of each step before it is taken; may be empty.
  Step step;
  /// Told of each conflict before anything is moved, so that the loser's bytes are kept whatever
  /// happens next; a trouble that it answers stops the round. The same may be told again after a
  /// kill. May be empty.
  Keep keep = {};
  /// True for a file (from the top of the repository) whose change is no reason for a commit by
  /// itself: it goes with the next one. May be empty.
  std::function<bool(const std::string& path)> quiet = {};
  /// Told each path (from the top of the repository) before a file of the remote is put there, or
  /// one is taken away. May be empty.
  Arriving arriving = {};
};

struct RoundRequest {
  Time now;
  /// Somebody has rewound the remote's branch, and that is in order.
  bool take_rewound = false;
};

/// What one round did and found. Ids of commits are 40 hex digits, empty for none.
struct Report {
  /// Why it stopped before its end.
  std::optional<Trouble> trouble;
  std::string head;
  std::string remote_head;
  /// Commits that the remote has not, and that we have not.
  std::size_t ahead = 0;
  std::size_t behind = 0;
  bool reached_remote = false;
  /// Commits that were made here.
  std::string committed;
  std::size_t committed_files = 0;
  std::vector<std::string> merges;
  bool pushed = false;
  std::vector<Conflict> conflicts;
  std::vector<Skipped> skipped;
  /// Files that came from the remote.
  std::vector<std::string> written;
  /// Files under which the words of somebody were kept that a kill had left in between.
  std::vector<std::string> recovered;
};

struct Memory;

/// One per repository and process. Not thread-safe; a round may take as long as the network does.
class Synchroniser {
 public:
  explicit Synchroniser(SyncOptions options);
  Synchroniser(Synchroniser&&) noexcept;
  Synchroniser& operator=(Synchroniser&&) = delete;
  ~Synchroniser();

  /// Never throws away words: what cannot be merged is in the report, what stands in the way stops
  /// the round with its reason.
  Report round(const RoundRequest& request);

  /// Puts `bytes` beside `path` (from the top of the repository) under a name that tells of the
  /// conflict, and returns that.
  Outcome<std::string> put_beside(const std::string& path, std::string_view bytes);

 private:
  SyncOptions options_;
  std::unique_ptr<Memory> memory_;
};

}  // namespace nightshift::bridges::git
