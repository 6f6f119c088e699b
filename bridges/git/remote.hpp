// The other end: what its branch stands on, fetched here, and our commits sent there.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridges/git/library.hpp"

namespace nightshift::bridges::git {

/// How to get in. Secrets are values here; the caller resolves their references.
struct Access {
  /// A path, `file://`, `ssh://`, `user@host:path` or `https://`.
  std::string url;
  /// Private key, Ed25519 or ECDSA: Debian's libssh2 1.10 signs with RSA keys by SHA-1 alone, which
  /// servers refuse.
  std::filesystem::path ssh_key;
  std::string ssh_passphrase;
  /// In the form of OpenSSH. A host that is not in it is not spoken to.
  std::filesystem::path known_hosts;
  std::string https_user;
  std::string https_password;
  /// A remote that says nothing for so long is left (`silent`).
  std::chrono::milliseconds silent_after{60'000};
  /// How people know the key, `sealed:git-key`; empty: by its path.
  std::string ssh_key_name = {};
};

/// Not thread-safe.
class RemoteEnd {
 public:
  virtual ~RemoteEnd() = default;

  /// The newest commit of `refs/heads/BRANCH`, with all that belongs to it, in our repository; none
  /// where the remote is empty. `branch_absent` where it has other branches.
  virtual Outcome<ObjectId> fetch(const std::string& branch) = 0;
  /// Moves the remote's branch from `from` (none: it is new) to `to`. `moved` if it stands
  /// elsewhere by now; never forces. `refused` where a rule of the remote is against it.
  virtual Outcome<void> push(const std::string& branch, const ObjectId& from,
                             const ObjectId& to) = 0;
};

/// `repository` must outlive it. `unsupported` for other URLs: `http://` and `git://` do not prove
/// who answers.
Outcome<std::unique_ptr<RemoteEnd>> open_remote(git_repository* repository, const Access& access);

/// A bare repository on a disk of this machine (remote_folder.cpp).
Outcome<std::unique_ptr<RemoteEnd>> open_folder_remote(git_repository* repository,
                                                       const std::filesystem::path& folder);
/// One behind ssh or https (remote_net.cpp).
Outcome<std::unique_ptr<RemoteEnd>> open_net_remote(git_repository* repository,
                                                    const Access& access);

/// Copies what `wanted` has and `had` has not, as one pack, from the objects of `from` to those of
/// `to`. Either may be none.
Outcome<void> copy_objects(git_repository* from, git_repository* to, const ObjectId& wanted,
                           const std::vector<ObjectId>& had);

}  // namespace nightshift::bridges::git
