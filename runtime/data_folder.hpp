// The folder of one node: who holds it, where its things lie, and what others may read of it.
// Layout: docs/operations.md.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/crypto.hpp"
#include "messages/error.hpp"
#include "messages/node_file.pb.h"

namespace nightshift::runtime {

/// A person who can sign, as known to this folder.
struct ApproverFiles {
  std::string name;
  /// base64url of 32 bytes.
  std::string public_key;
};

/// The paths of a data folder, and its small files. Reading needs no lock. All files are written
/// beside their place, synced and renamed, with mode 0600.
class DataFolder {
 public:
  explicit DataFolder(std::filesystem::path root);

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path journal() const { return root_ / "journal"; }
  std::filesystem::path lock_file() const { return root_ / "lock"; }
  std::filesystem::path quarantine_file() const { return root_ / "quarantine.json"; }
  std::filesystem::path node_file() const { return root_ / "node.json"; }
  std::filesystem::path admin_token_file() const { return root_ / "admin.token"; }
  std::filesystem::path node_key_file() const { return root_ / "node.key"; }
  std::filesystem::path log_file() const { return root_ / "nightshift.log"; }
  std::filesystem::path secrets() const { return root_ / "secrets"; }
  std::filesystem::path approver_key_file(std::string_view name) const;
  std::filesystem::path approver_public_file(std::string_view name) const;
  std::filesystem::path approver_token_file(std::string_view name) const;

  /// Makes the folder (0700) and `approvers/` in it where they are missing. Error `io` names the
  /// path and why; an existing folder that others can read is tightened.
  Result<void> create() const;
  /// True once a node has written a journal here.
  bool initialised() const;

  /// Nothing where there is no such file. A node that was killed leaves its file behind: only the
  /// lock says whether one runs. Error `corrupt`.
  Result<std::optional<NodeFile>> read_node() const;
  Result<void> write_node(const NodeFile& node) const;
  void remove_node() const;

  /// Which entities may not run; none where there is no such file. Error `corrupt`.
  Result<QuarantineFile> read_quarantine() const;
  Result<void> write_quarantine(const QuarantineFile& file) const;

  /// The text of a token file without its line end; `not_found` where there is none.
  Result<std::string> read_token(const std::filesystem::path& file) const;
  /// The admin token; made on first use.
  Result<std::string> ensure_admin_token() const;

  /// The key that signs heads of the journal (docs/formats/keys.md). `not_found`, `corrupt`.
  Result<SigningKey> read_node_key() const;
  /// The same; made on first use.
  Result<SigningKey> ensure_node_key() const;

  /// The approvers with a public key here, by name.
  Result<std::vector<ApproverFiles>> approvers() const;

 private:
  std::filesystem::path root_;
};

/// The right to write a data folder, for as long as it lives. The system ends it with the process.
/// While it is held, the file has the holder's process id in it.
class FolderLock {
 public:
  /// Error `locked` names the holder; `io` where the file cannot be made.
  static Result<FolderLock> take(const DataFolder& folder);
  /// The process that holds the lock or held it last; 0 where nobody ever did.
  static pid_t last_holder(const DataFolder& folder);

  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

/// A fresh token: `ns_` and base64url of 32 random bytes.
std::string make_token();

/// Replaces `file` at once or not at all: a new file, synced, renamed over it, mode 0600. Errors
/// `no_space` and `io` name the path and why.
Result<void> write_private_file(const std::filesystem::path& file, std::string_view text);
/// The whole of a file of at most 1 MiB. `not_found`, `io`, `too_large`.
Result<std::string> read_small_file(const std::filesystem::path& file);

}  // namespace nightshift::runtime
