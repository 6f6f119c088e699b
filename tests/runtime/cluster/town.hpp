// Nodes of one cluster, each with its folder of trust.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/cluster/trust.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

/// A moment at which all certificates of a town hold.
Time town_time();

/// The first node has the authority; `local` nodes and `cloud` nodes by their name's beginning.
class Town {
 public:
  /// With the node `laptop`, which has the authority, as at `now`.
  explicit Town(Time now = town_time());

  runtime::cluster::Trust trust(const std::string& node) const;
  /// A member without any session: as if it had joined and got its certificate.
  runtime::cluster::Credentials member(const std::string& node);
  runtime::cluster::Credentials credentials(const std::string& node) const;
  runtime::cluster::Invitation invitation(const std::string& node) const;
  std::filesystem::path folder(const std::string& node) const { return folder_ / node; }
  Time now() const { return now_; }

 private:
  TemporaryFolder folder_;
  Time now_;
};

/// `cloud...` is a cloud node, all others are local.
std::string role_of(const std::string& node);

}  // namespace nightshift::tests
