// What surrounds an entity in a test: time, callers, a node, people who can sign.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "messages/crypto.hpp"
#include "runtime/calendar.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::tests {

/// A day in November, in UTC; `alice`, `bob` and `carol` are approvers; every effect has an
/// executor; the models `opus` (dearer since the first of November) and `haiku` have prices.
struct World {
  World();

  Time now;
  kernel::Caller caller;
  std::string id = "x1";
  std::uint64_t sequence = 0;
  kernel::NodeFacts node;
  Authority authority;
  std::string fresh = std::string(16, 'f');
  std::map<std::string, SigningKey> keys;
  /// What fields of these names are mostly filled with at random.
  std::map<std::string, std::vector<std::string>, std::less<>> words;
  runtime::Zone zone;

  kernel::Context context() const {
    return {.now = now,
            .caller = caller,
            .id = id,
            .sequence = sequence,
            .node = node,
            .authority = authority,
            .fresh = fresh,
            .calendar = zone.calendar(now)};
  }
  /// As the host: every decision has fresh bytes of its own.
  void refresh();

  /// base64url of the approver's signature over a decision, as the CLI makes it.
  std::string sign(const std::string& approver, const std::string& digest,
                   const std::string& decision, const std::string& nonce,
                   const std::string& expiry) const;
};

kernel::Caller person(std::string name, std::set<Scope> scopes = {SCOPE_READ, SCOPE_OPERATE,
                                                                  SCOPE_PROPOSE, SCOPE_APPROVE});
kernel::Caller agent(std::string name,
                     std::set<Scope> scopes = {SCOPE_READ, SCOPE_OPERATE, SCOPE_PROPOSE});

/// base64url of 16 bytes that differ by `n`.
std::string nonce(unsigned n);

}  // namespace nightshift::tests
