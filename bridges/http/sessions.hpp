// People at browsers: one-time links, and the sessions that begin with one
// (docs/decisions/browser-sessions.md).
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/crypto.hpp"
#include "messages/error.hpp"
#include "messages/time.hpp"

namespace nightshift::bridges::http {

/// A session stands for the token it was made with: it can do what that can, as long as that is
/// known.
struct Session {
  /// For people; says nothing of the cookie.
  std::string id;
  std::string principal;
  Digest token_hash{};
  /// What unsafe requests have to bring along in `X-CSRF-Token`.
  std::string csrf;
  Time created_at{};
  Time used_at{};
  Time expires_at{};
};

struct SessionBounds {
  /// Of a link.
  std::chrono::seconds link_life{300};
  /// Beyond, the oldest ends, of the same principal first: nobody else's does for one who asks for
  /// many.
  std::size_t links_per_principal_max = 8;
  std::size_t links_max = 64;
  /// Of a session, from its beginning, and without being used.
  std::chrono::seconds life = std::chrono::days(7);
  std::chrono::seconds idle_life = std::chrono::hours(12);
  /// Beyond, the one that was not used for longest ends.
  std::size_t per_principal_max = 16;
  std::size_t sessions_max = 1024;
};

/// In memory alone: with the server they are gone. What a browser holds is kept as a hash.
/// Thread-safe.
class Sessions {
 public:
  using Now = std::function<Time()>;
  explicit Sessions(Now now, SessionBounds bounds = {}) : now_(std::move(now)), bounds_(bounds) {}

  struct Link {
    /// 32 random bytes, base64url; good once.
    std::string code;
    Time expires_at{};
  };
  Link make_link(std::string principal, const Digest& token_hash);

  struct Opened {
    Session session;
    /// The secret for the cookie.
    std::string cookie;
  };
  /// `unauthenticated` where the code is not known, was used, or is too old: which of it is not
  /// said.
  Result<Opened> open(std::string_view code);

  /// The session of this cookie, which thereby is in use; nothing where it has none (any more).
  std::optional<Session> find(std::string_view cookie);
  /// Those of a principal, or all where it is empty; oldest first.
  std::vector<Session> list(std::string_view principal = {});
  /// True if there was one with this id, of this principal where one is given.
  bool end(std::string_view id, std::string_view principal = {});

 private:
  struct Invitation {
    std::string principal;
    Digest token_hash{};
    Time expires_at{};
  };

  void forget_old(Time now);

  const Now now_;
  const SessionBounds bounds_;
  std::mutex mutex_;
  /// By the hash of the code, and of the cookie.
  std::map<Digest, Invitation> links_;
  std::map<Digest, Session> sessions_;
};

}  // namespace nightshift::bridges::http
