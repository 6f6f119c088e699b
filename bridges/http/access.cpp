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

Result<Known> Access::caller(const Head& head) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view credentials = head.find("authorization");
  if (credentials.empty()) {
    return fail(ErrorCode::unauthenticated,
                "a token is needed: send Authorization: Bearer TOKEN; the administrator's is in "
                "admin.token in the data folder");
  }
  if (credentials.size() <= scheme.size() ||
      !equal_ignoring_case(credentials.substr(0, scheme.size()), scheme)) {
    return fail(ErrorCode::unauthenticated, "the Authorization field must be Bearer TOKEN");
  }
  const auto tokens = table();
  auto found = tokens->find(sha256(credentials.substr(scheme.size())));
  if (!found) {
    return fail(ErrorCode::unauthenticated,
                "this token is not known here; ask for one with: nightshift token create");
  }
  return Known{std::move(found), tokens->authority()};
}

}  // namespace nightshift::bridges::http
