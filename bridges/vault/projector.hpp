// Brings the file of an approval to the folder and the words that the journal has for it.
#pragma once

#include <string>
#include <vector>

#include "bridges/vault/errors_log.hpp"
#include "bridges/vault/files.hpp"
#include "bridges/vault/standing.hpp"
#include "runtime/clock.hpp"

namespace nightshift::bridges::vault {

/// A file that belongs to an approval.
struct FoundFile {
  /// Folder relative to the vault.
  std::string folder;
  FileText file;
  Draft draft;
};

/// True if a pending approval's file lies in `Approved/` or `Rejected/` and says itself that it is
/// pending, or nothing yet: the bridge did not put it there.
bool is_moved_by_hand(const Standing& standing, const FoundFile& found);

/// Stateless: what it does follows from the journal and the files alone, so it can be interrupted
/// anywhere and be called again. Not thread-safe.
class Projector {
 public:
  Projector(const Folder& root, const runtime::Clock& clock, ErrorsLog& errors)
      : root_(root), clock_(clock), errors_(errors) {}

  /// Moves the file where it has to lie and brings its front matter up to date; writes it anew
  /// where it is nowhere, if `create`. What a person wrote and the journal does not have is kept
  /// beside it under `conflict_name`, except in a pending file, where it is an edit still to be
  /// taken. A file that was moved by hand stays where it is, for `Intake`.
  Result<void> project(const Standing& standing, bool create);

  /// The files of this approval, wherever they lie: that in its own place first.
  std::vector<FoundFile> find(const Standing& standing) const;

  /// Puts a pending file that a person moved back to its place, with this note.
  Result<void> put_back(const Standing& standing, const FoundFile& found, const std::string& note);

  /// Makes the folders that are missing.
  Result<void> make_folders();
  /// Settles what a crash left between two names.
  Result<void> settle_leftovers();

 private:
  Result<void> bring(const Standing& standing, const FoundFile& found);
  Result<void> update(const Standing& standing, const Folder& folder, const FoundFile& found);
  Result<void> settle_copy(const Standing& standing, const FoundFile& main, const FoundFile& copy);
  Result<void> keep_aside(const Folder& folder, const std::string& path, const std::string& name);
  Result<void> settle_temporaries(const std::string& path);
  void tell(const std::string& path, const std::string& what, const std::string& content);

  const Folder& root_;
  const runtime::Clock& clock_;
  ErrorsLog& errors_;
};

/// Begins the note of a file that was moved to `Approved/`: it outlives rewriting.
inline constexpr std::string_view request_note = "to approve it, confirm with your key: ";

}  // namespace nightshift::bridges::vault
