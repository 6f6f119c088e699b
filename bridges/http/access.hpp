// Who sends a request: bearer tokens, looked up by hash in the node's authority, and browsers with
// a session that stands for one.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>

#include "bridges/http/head.hpp"
#include "bridges/http/sessions.hpp"
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

/// A caller, the authority that knew it, and how it showed itself.
struct Known {
  CallerPtr caller;
  std::shared_ptr<const Authority> authority;
  Digest token_hash{};
  /// Of a browser, which sends its cookie whoever asks it to: unsafe requests need more.
  std::optional<Session> session;
};

/// What a request that changes something has to bring along besides a cookie.
inline constexpr std::string_view csrf_field = "x-csrf-token";

/// Thread-safe.
class Access {
 public:
  Access(const runtime::Node& node, Sessions& sessions);

  /// From `Authorization: Bearer TOKEN`, else from the cookie. `unauthenticated` where both are
  /// absent, or what is there is unknown.
  Result<Known> caller(const Head& head);
  /// `forbidden` where a browser sends no CSRF token, or another session's.
  static Result<void> check_intent(const Known& known, const Head& head);
  /// Of the session's cookie: nodes on one host have different ones, though ports do not part them.
  const std::string& cookie_name() const { return cookie_name_; }

 private:
  Result<Known> by_token(std::string_view credentials);
  Result<Known> by_cookie(std::string_view cookies);
  std::shared_ptr<const TokenTable> table();

  const runtime::Node& node_;
  Sessions& sessions_;
  const std::string cookie_name_;
  std::mutex mutex_;
  std::shared_ptr<const TokenTable> table_;
};

}  // namespace nightshift::bridges::http
