// Tokens to callers.
#include "bridges/http/access.hpp"

#include <algorithm>
#include <cstring>

namespace nightshift::bridges::http {
namespace {

bool equal_in_constant_time(const Digest& a, const Digest& b) {
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= a[i] ^ b[i];
  return difference == 0;
}

/// The value of a cookie (RFC 6265 section 4.2.1); empty where it is absent or there twice.
std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  std::string_view found;
  while (!cookies.empty()) {
    std::string_view pair = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(pair.size() + 1, cookies.size()));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (!pair.starts_with(name) || !pair.substr(name.size()).starts_with('=')) continue;
    if (!found.empty()) return {};
    found = pair.substr(name.size() + 1);
  }
  return found;
}

CallerPtr caller_of(const Credential& credential) {
  auto caller = std::make_shared<kernel::Caller>();
  caller->principal = credential.principal();
  caller->agent = credential.agent();
  for (const int scope : credential.scopes()) {
    // An agent never approves, whatever was written down for it.
    if (credential.agent() && scope == SCOPE_APPROVE) continue;
    caller->scopes.insert(static_cast<Scope>(scope));
  }
  return caller;
}

}  // namespace

TokenTable::TokenTable(std::shared_ptr<const Authority> authority)
    : authority_(std::move(authority)) {
  for (const Credential& credential : authority_->credentials()) {
    Entry entry;
    if (credential.token_hash().size() != entry.hash.size()) continue;
    std::memcpy(entry.hash.data(), credential.token_hash().data(), entry.hash.size());
    entry.caller = caller_of(credential);
    entries_.push_back(std::move(entry));
  }
  std::ranges::sort(entries_, {}, &Entry::hash);
}

CallerPtr TokenTable::find(const Digest& token_hash) const {
  const auto found = std::ranges::lower_bound(entries_, token_hash, {}, &Entry::hash);
  if (found == entries_.end() || !equal_in_constant_time(found->hash, token_hash)) return nullptr;
  return found->caller;
}

std::shared_ptr<const TokenTable> Access::table() {
  auto authority = node_.authority();
  const std::scoped_lock lock(mutex_);
  if (!table_ || table_->authority() != authority) {
    table_ = std::make_shared<const TokenTable>(std::move(authority));
  }
  return table_;
}

Access::Access(const runtime::Node& node, Sessions& sessions)
    : node_(node),
      sessions_(sessions),
      cookie_name_("nightshift_" +
                   to_hex(as_bytes(sha256(node.identity().log_id()))).substr(0, 8)) {}

Result<Known> Access::caller(const Head& head) {
  const std::string_view credentials = head.find("authorization");
  if (!credentials.empty()) return by_token(credentials);
  const std::string_view cookies = head.find("cookie");
  if (cookies.contains(cookie_name_)) return by_cookie(cookies);
  return fail(ErrorCode::unauthenticated,
              "a token is needed: send Authorization: Bearer TOKEN; the administrator's is in "
              "admin.token in the data folder");
}

Result<Known> Access::by_token(std::string_view credentials) {
  constexpr std::string_view scheme = "Bearer ";
  if (credentials.size() <= scheme.size() ||
      !equal_ignoring_case(credentials.substr(0, scheme.size()), scheme)) {
    return fail(ErrorCode::unauthenticated, "the Authorization field must be Bearer TOKEN");
  }
  const auto tokens = table();
  const Digest hash = sha256(credentials.substr(scheme.size()));
  auto found = tokens->find(hash);
  if (!found) {
    return fail(ErrorCode::unauthenticated,
                "this token is not known here; ask for one with: nightshift token create");
  }
  return Known{std::move(found), tokens->authority(), hash, std::nullopt};
}

Result<Known> Access::by_cookie(std::string_view cookies) {
  auto session = sessions_.find(cookie_value(cookies, cookie_name_));
  const auto tokens = table();
  auto found = session ? tokens->find(session->token_hash) : nullptr;
  if (!found) {
    return fail(ErrorCode::unauthenticated,
                "this browser is not signed in any more; open a link of: nightshift login");
  }
  const Digest hash = session->token_hash;
  return Known{std::move(found), tokens->authority(), hash, std::move(session)};
}

Result<void> Access::check_intent(const Known& known, const Head& head) {
  if (!known.session) return {};
  const std::string_view shown = head.find(csrf_field);
  // Of hashes, so that time tells nothing of the token.
  if (sha256(shown) == sha256(known.session->csrf)) return {};
  return fail(ErrorCode::forbidden,
              "a browser's request that changes something needs the session's csrf_token, as GET "
              "/v1/session has it, in X-CSRF-Token",
              "X-CSRF-Token");
}

}  // namespace nightshift::bridges::http
