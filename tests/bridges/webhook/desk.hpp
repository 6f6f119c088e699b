// A node on a real journal with one approver and the executor of webhooks, restarted as a test
// needs.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "bridges/webhook/webhook.hpp"
#include "messages/approval.pb.h"
#include "runtime/clock.hpp"
#include "runtime/node.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/web/receiver.hpp"

namespace nightshift::bridges::webhook {

inline const std::string test_secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// A target that may be called here, signed with `test_secret`.
runtime::WebhookSettings target(const std::string& url, const std::string& receiver_class);
/// Resolves `env:SECRET` to `test_secret`, and nothing else.
Result<runtime::SecretText> test_resolver(const runtime::SecretReference& reference);

class Desk {
 public:
  Desk();
  ~Desk();

  /// Starts the node with these targets, or anew on what the last one left. A `probe` that never
  /// returns is a crash.
  void open(runtime::Webhooks targets, Probe probe = {});
  void close();
  runtime::Node& node() { return *node_; }

  Result<runtime::Answer> propose(const std::string& id, const std::string& target,
                                  const std::string& payload);
  Result<runtime::Answer> approve(const std::string& id);
  /// The approver gets another key, and vouches for it with the old one.
  Result<runtime::Answer> replace_key();
  Result<runtime::Answer> command(const EntityRef& entity,
                                  std::shared_ptr<const google::protobuf::Message> body);

  std::string status(const std::string& id) const;
  approval::View view(const std::string& id) const;
  EffectState effect_state(const std::string& id) const;
  /// Waits for a status, or a state of the effect, at most a minute; fails the test if it does not
  /// come.
  void await(const std::string& id, const std::string& status) const;
  void await_effect(const std::string& id, EffectState state) const;

  runtime::NodeOptions options;

 private:
  void await_that(const std::function<bool()>& condition, const std::string& what) const;

  tests::TemporaryFolder folder_;
  std::shared_ptr<runtime::Clock> clock_ = std::make_shared<runtime::SystemClock>();
  std::shared_ptr<const runtime::Catalog> catalog_;
  SigningKey key_ = SigningKey::generate();
  std::unique_ptr<runtime::Node> node_;
};

}  // namespace nightshift::bridges::webhook
