// All that a decision may look at besides the entity's own phase. No clock, no randomness, no I/O:
// what varies is handed in, already decided.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>

#include "messages/authority.pb.h"
#include "messages/canonical.hpp"
#include "messages/ids.hpp"
#include "messages/options.pb.h"
#include "messages/time.hpp"
#include "runtime/kernel/calendar.hpp"

namespace nightshift::kernel {

/// Who sent a command, as the edge authenticated it.
struct Caller {
  std::string principal;
  std::set<Scope> scopes;
  /// No human: it can never approve.
  bool agent = false;
  /// The host itself: deadlines, initialisation.
  bool host = false;

  /// `admin` implies all but `approve`; any scope implies nothing else. The host may do anything.
  bool may(Scope scope) const;

  static Caller of_host();
  /// An entity that tells: whoever was behind its decision, it is no human, and no administrator.
  static Caller of_entity(const EntityRef& source);
};

/// The places where one executor can act, by name, and what an approver has to see of each: its
/// address, its account, the hash of its schema. Goes into the digest of what is sent there.
using Targets = std::map<std::string, Canonical, std::less<>>;

/// What the owner configured for kinds to decide by, one message of a type, by its full name. The
/// host hands it on unread.
using OwnersData =
    std::map<std::string, std::shared_ptr<const google::protobuf::Message>, std::less<>>;

/// What is fixed about the node, and what its executors can do.
struct NodeFacts {
  std::string name;
  /// `cloud` or `local`.
  std::string role;
  std::vector<std::string> capabilities;
  std::uint64_t policy_version = 0;
  /// By the full name of the effect message that has an executor here. An executor with one place
  /// alone, the outbox say, has no targets.
  std::map<std::string, Targets, std::less<>> executors;
  OwnersData data = {};

  /// What the owner configured of this type; an empty one where that is nothing.
  template <class Message>
  const Message& owners() const {
    const auto found = data.find(Message::descriptor()->full_name());
    return found == data.end() ? Message::default_instance()
                               : static_cast<const Message&>(*found->second);
  }
};

/// Lives for one decision.
struct Context {
  /// The decided time: it is in the record, inside the leaf.
  Time now{};
  const Caller& caller;
  /// The entity's id.
  std::string_view id;
  /// The sequence that the decision stands on; 0 if the entity does not exist.
  std::uint64_t sequence = 0;
  const NodeFacts& node;
  const Authority& authority;
  /// 16 random bytes for this decision.
  std::string_view fresh;
  /// Around `now`. What is decided by it goes into the event.
  Calendar calendar = {};

  /// The `n`-th fresh id of this decision: 32 hex digits.
  std::string fresh_id(unsigned n) const;
};

}  // namespace nightshift::kernel
