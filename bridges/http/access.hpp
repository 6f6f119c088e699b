// Who sends a request: bearer tokens, looked up by hash in the node's authority.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>

#include "bridges/http/head.hpp"
#include "messages/authority.pb.h"
#include "messages/crypto.hpp"
#include "messages/error.hpp"
#include "runtime/kernel/context.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::http {

using CallerPtr = std::shared_ptr<const kernel::Caller>;

/// The callers of one snapshot of the authority. Immutable.
class TokenTable {
 public:
  explicit TokenTable(std::shared_ptr<const Authority> authority);

  const std::shared_ptr<const Authority>& authority() const { return authority_; }
  /// Null if no token has this hash. What is compared after the lookup takes constant time, and a
  /// caller cannot choose the hash: timing tells nothing about the tokens.
  CallerPtr find(const Digest& token_hash) const;

 private:
  struct Entry {
    Digest hash;
    CallerPtr caller;
  };
  std::shared_ptr<const Authority> authority_;
  /// Sorted by hash.
  std::vector<Entry> entries_;
};

/// A caller and the authority that knew it.
struct Known {
  CallerPtr caller;
  std::shared_ptr<const Authority> authority;
};

/// Thread-safe.
class Access {
 public:
  explicit Access(const runtime::Node& node) : node_(node) {}

  /// From `Authorization: Bearer TOKEN`. `unauthenticated` where that is absent or unknown.
  Result<Known> caller(const Head& head);

 private:
  std::shared_ptr<const TokenTable> table();

  const runtime::Node& node_;
  std::mutex mutex_;
  std::shared_ptr<const TokenTable> table_;
};

}  // namespace nightshift::bridges::http
