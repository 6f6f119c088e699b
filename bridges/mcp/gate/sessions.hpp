// The sessions that clients have opened.
#pragma once

#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "bridges/mcp/protocol/version.hpp"

namespace nightshift::bridges::mcp {

inline constexpr std::size_t sessions_max = 4096;
inline constexpr std::size_t sessions_per_token_max = 256;
inline constexpr std::chrono::hours session_idle_max{24};

/// A session belongs to the token that opened it: with another it is not there. In memory alone;
/// one that is gone is opened anew. Beyond the bounds the one that has been idle longest ends, of
/// the same token first. Thread-safe.
class Sessions {
 public:
  /// Its id, which nobody can guess.
  std::string open(const std::string& token, const Version& version, std::chrono::microseconds now);
  /// Null where there is none of this id and token.
  const Version* find(std::string_view id, std::string_view token, std::chrono::microseconds now);
  std::size_t count() const;

 private:
  struct Session {
    std::string id;
    std::string token;
    const Version* version;
    std::chrono::microseconds used;
  };

  void make_room(const std::string& token, std::chrono::microseconds now);

  mutable std::mutex mutex_;
  /// The one that was used last stands last.
  std::list<Session> sessions_;
};

}  // namespace nightshift::bridges::mcp
