// Keeps links and sessions.
#include "bridges/http/sessions.hpp"

#include <algorithm>

namespace nightshift::bridges::http {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t id_bytes = 8;

std::string fresh_secret() { return to_base64url(random_bytes(secret_bytes)); }

}  // namespace

void Sessions::forget_old(Time now) {
  std::erase_if(links_, [&](const auto& link) { return link.second.expires_at <= now; });
  std::erase_if(sessions_, [&](const auto& entry) {
    const Session& session = entry.second;
    return session.expires_at <= now || session.used_at + bounds_.idle_life <= now;
  });
}

Sessions::Link Sessions::make_link(std::string principal, const Digest& token_hash) {
  const Time now = now_();
  Link link{fresh_secret(), now + bounds_.link_life};
  const std::scoped_lock lock(mutex_);
  forget_old(now);
  if (links_.size() >= bounds_.links_max) {
    links_.erase(std::ranges::min_element(
        links_, {}, [](const auto& other) { return other.second.expires_at; }));
  }
  links_[sha256(link.code)] = {std::move(principal), token_hash, link.expires_at};
  return link;
}

void Sessions::make_room(const std::string& principal) {
  const auto drop_least_used = [&](auto counts, std::size_t most) {
    if (static_cast<std::size_t>(std::ranges::count_if(sessions_, counts)) < most) return;
    auto least = sessions_.end();
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
      if (!counts(*at)) continue;
      if (least == sessions_.end() || at->second.used_at < least->second.used_at) least = at;
    }
    sessions_.erase(least);
  };
  drop_least_used([&](const auto& entry) { return entry.second.principal == principal; },
                  bounds_.per_principal_max);
  drop_least_used([](const auto&) { return true; }, bounds_.sessions_max);
}

Result<Sessions::Opened> Sessions::open(std::string_view code) {
  const Time now = now_();
  const std::scoped_lock lock(mutex_);
  forget_old(now);
  const auto link = links_.find(sha256(code));
  if (link == links_.end()) {
    return fail(ErrorCode::unauthenticated,
                "this link was used already, or is too old; get another with: nightshift login");
  }
  Opened opened;
  opened.cookie = fresh_secret();
  opened.session = {to_hex(random_bytes(id_bytes)),
                    std::move(link->second.principal),
                    link->second.token_hash,
                    fresh_secret(),
                    now,
                    now,
                    now + bounds_.life};
  links_.erase(link);
  make_room(opened.session.principal);
  sessions_[sha256(opened.cookie)] = opened.session;
  return opened;
}

std::optional<Session> Sessions::find(std::string_view cookie) {
  const Time now = now_();
  const std::scoped_lock lock(mutex_);
  forget_old(now);
  const auto found = sessions_.find(sha256(cookie));
  if (found == sessions_.end()) return std::nullopt;
  found->second.used_at = now;
  return found->second;
}

std::vector<Session> Sessions::list(std::string_view principal) {
  const Time now = now_();
  const std::scoped_lock lock(mutex_);
  forget_old(now);
  std::vector<Session> all;
  for (const auto& [hash, session] : sessions_) {
    if (principal.empty() || session.principal == principal) all.push_back(session);
  }
  std::ranges::sort(all, {}, [](const Session& one) { return std::pair(one.created_at, one.id); });
  return all;
}

bool Sessions::end(std::string_view id, std::string_view principal) {
  const std::scoped_lock lock(mutex_);
  return std::erase_if(sessions_, [&](const auto& entry) {
           return entry.second.id == id &&
                  (principal.empty() || entry.second.principal == principal);
         }) > 0;
}

}  // namespace nightshift::bridges::http
