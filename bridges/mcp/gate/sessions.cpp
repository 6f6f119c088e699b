// A short list, searched from its end.
#include "bridges/mcp/gate/sessions.hpp"

#include <algorithm>

#include "messages/crypto.hpp"

namespace nightshift::bridges::mcp {

std::string Sessions::open(const std::string& token, const Version& version,
                           std::chrono::microseconds now) {
  const std::lock_guard lock(mutex_);
  make_room(token, now);
  sessions_.push_back({to_hex(random_bytes(16)), token, &version, now});
  return sessions_.back().id;
}

const Version* Sessions::find(std::string_view id, std::string_view token,
                              std::chrono::microseconds now) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(sessions_, id, &Session::id);
  if (found == sessions_.end() || found->token != token || now - found->used > session_idle_max) {
    return nullptr;
  }
  found->used = now;
  sessions_.splice(sessions_.end(), sessions_, found);
  return found->version;
}

std::size_t Sessions::count() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

void Sessions::make_room(const std::string& token, std::chrono::microseconds now) {
  sessions_.remove_if(
      [&](const Session& session) { return now - session.used > session_idle_max; });
  const auto same = std::ranges::count(sessions_, token, &Session::token);
  if (static_cast<std::size_t>(same) >= sessions_per_token_max) {
    sessions_.erase(std::ranges::find(sessions_, token, &Session::token));
  } else if (sessions_.size() >= sessions_max) {
    sessions_.pop_front();
  }
}

}  // namespace nightshift::bridges::mcp
