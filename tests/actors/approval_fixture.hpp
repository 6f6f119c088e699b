// A mail that waits for a decision, and the commands of the people around it.
#pragma once

#include "actors/all.hpp"
#include "messages/approval.pb.h"
#include "messages/host.pb.h"
#include "tests/support/story.hpp"

namespace nightshift::tests {

namespace pb = nightshift::approval;

struct ApprovalFixture {
  ApprovalFixture();

  runtime::Catalog catalog;
  const kernel::Kind& kind;
  Story story;

  pb::View view() const { return story.view<pb::View>(); }
  /// The one effect that is under way, with its gate.
  kernel::Effect effect() const;

  /// As `caller`, at the story's time.
  Story& as(const kernel::Caller& caller, const google::protobuf::Message& command);

  /// Signed by `approver` over what the view shows now.
  pb::Approve approve(const std::string& approver, unsigned n = 1,
                      const std::string& expiry = "") const;

  host::Dispatched dispatched() const;
  host::Ended ended(EffectState state, bool last = true) const;
};

/// A reply by mail, from an agent's draft.
pb::Propose mail();
pb::Reject reject(const std::string& reason);
pb::Withdraw withdraw(const std::string& reason);
pb::Resolve resolve(pb::Resolve::Outcome outcome);
pb::Edit edit_body(const std::string& body);

}  // namespace nightshift::tests
