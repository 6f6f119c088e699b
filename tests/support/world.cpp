// Makes the world of a test.
#include "tests/support/world.hpp"

#include "messages/canonical.hpp"
#include "messages/effects.pb.h"

namespace nightshift::tests {

World::World() : now(*from_rfc3339("2026-11-21T07:00:00Z")), caller(person("alice")) {
  node.name = "laptop";
  node.role = "local";
  const auto& effects = *effect::DeliverToOutbox::descriptor()->file();
  for (int i = 0; i < effects.message_type_count(); ++i) {
    node.executors.try_emplace(effects.message_type(i)->full_name());
  }
  auto& crm = node.executors[effect::CallWebhook::descriptor()->full_name()]["crm"];
  crm.add("url", "https://crm.example.org/hooks");
  crm.add("class", "keyed");
  for (const auto* name : {"alice", "bob", "carol"}) {
    const auto& [_, key] = *keys.emplace(name, SigningKey::generate()).first;
    auto& approver = *authority.add_approvers();
    approver.set_name(name);
    approver.set_public_key(key.public_key());
  }
}

void World::refresh() { fresh = std::string(as_bytes(sha256(fresh)).substr(0, 16)); }

std::string World::sign(const std::string& approver, const std::string& digest,
                        const std::string& decision, const std::string& nonce,
                        const std::string& expiry) const {
  const auto text = approval_text(digest, decision, nonce, expiry, node.name);
  return to_base64url(keys.at(approver).sign(text));
}

kernel::Caller person(std::string name, std::set<Scope> scopes) {
  return {.principal = std::move(name), .scopes = std::move(scopes)};
}

kernel::Caller agent(std::string name, std::set<Scope> scopes) {
  return {.principal = std::move(name), .scopes = std::move(scopes), .agent = true};
}

std::string nonce(unsigned n) {
  return to_base64url(as_bytes(sha256(std::to_string(n))).substr(0, 16));
}

}  // namespace nightshift::tests
