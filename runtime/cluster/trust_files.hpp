// Names and habits of the files of the cluster's trust, for the two files that implement it.
#pragma once

#include <fcntl.h>
#include <sys/file.h>

#include <filesystem>
#include <string_view>

#include "messages/cluster.pb.h"
#include "messages/time.hpp"
#include "runtime/cluster/trust.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::runtime::cluster {

inline constexpr auto authority_file = "ca.pem";
inline constexpr auto authority_key_file = "ca.key";
/// The node's certificate and its key, one behind the other: both change at once.
inline constexpr auto node_file = "node.pem";
/// A key that a certificate is wanted for.
inline constexpr auto next_key_file = "next.key";
inline constexpr auto revocations_file = "revoked.pem";
inline constexpr auto ledger_file = "ledger.json";
inline constexpr auto lock_file = "lock";

/// Held while the files change.
class TrustLock {
 public:
  explicit TrustLock(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    fs::create_directories(folder, ignored);
    fs::permissions(folder, fs::perms::owner_all, ignored);
    file_ = Descriptor(::open((folder / lock_file).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (file_) ::flock(file_.get(), LOCK_EX);
  }

 private:
  Descriptor file_;
};

inline Validity from_now(Time now, std::chrono::seconds length) {
  return {now - std::chrono::days(1), now + length};
}

inline bool counts(Standing standing) {
  return standing == STANDING_ISSUED || standing == STANDING_REPLACED ||
         standing == STANDING_INVITED;
}

inline void set_standing(Ledger::Entry& entry, Standing standing, Time now) {
  entry.set_standing(standing);
  *entry.mutable_since() = to_proto(now);
}

inline Ledger::Entry* find_entry(Ledger& ledger, std::string_view serial) {
  for (auto& entry : *ledger.mutable_entries()) {
    if (entry.serial() == serial) return &entry;
  }
  return nullptr;
}

}  // namespace nightshift::runtime::cluster
