// Keeps links and sessions.
#include "bridges/http/sessions.hpp"

#include <algorithm>

namespace nightshift::bridges::http {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t id_bytes = 8;

std::string fresh_secret() { return to_base64url(random_bytes(secret_bytes)); }

/// Where as many count as may be, drops the one whose time is earliest.
void make_room(auto& all, std::size_t most, const auto& counts, const auto& time_of) {
  auto least = all.end();
  std::size_t count = 0;
  for (auto at = all.begin(); at != all.end(); ++at) {
    if (!counts(at->second)) continue;
    ++count;
    if (least == all.end() || time_of(at->second) < time_of(least->second)) least = at;
  }
  if (count >= most) all.erase(least);
}

constexpr auto everyone = [](const auto&) { return true; };

auto of(const std::string& principal) {
  return [&principal](const auto& one) { return one.principal == principal; };
}

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
  const auto age = [](const Invitation& one) { return one.expires_at; };
  make_room(links_, bounds_.links_per_principal_max, of(principal), age);
  make_room(links_, bounds_.links_max, everyone, age);
  links_[sha256(link.code)] = {std::move(principal), token_hash, link.expires_at};
  return link;
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
  const auto use = [](const Session& one) { return one.used_at; };
  make_room(sessions_, bounds_.per_principal_max, of(opened.session.principal), use);
  make_room(sessions_, bounds_.sessions_max, everyone, use);
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
