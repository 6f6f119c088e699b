// Where a keeper and its node meet: the folder `run` in the node's data folder.
#pragma once

#include <filesystem>
#include <optional>

#include "messages/error.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

/// Paths of the folder, which is 0700 and made where it is missing. Sockets are reached through an
/// open folder, so its path may be of any length.
class Place {
 public:
  /// Error `io` names the path.
  static Result<Place> open(const std::filesystem::path& run_folder);

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path ledger() const { return folder_ / "keeper.runs"; }
  std::filesystem::path lock_file() const { return folder_ / "keeper.lock"; }
  /// What children of this place's keepers have in their environment.
  const std::string& mark() const { return mark_; }

  /// A listening socket, 0600, in place of one that was left behind. Non-blocking.
  Result<runtime::Descriptor> listen() const;
  /// Nothing where no keeper listens; error `forbidden` where it is another user's.
  Result<std::optional<runtime::Descriptor>> connect() const;
  /// The right to be the keeper here, for as long as it is open; nothing where another has it.
  Result<std::optional<runtime::Descriptor>> lock() const;

 private:
  std::filesystem::path folder_;
  std::string mark_;
  runtime::Descriptor directory_;
};

/// True if the other end of a unix socket belongs to this user.
bool is_own_peer(int socket);

}  // namespace nightshift::bridges::process
