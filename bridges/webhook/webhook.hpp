// The executor of `CallWebhook`: the exact bytes, posted to a configured receiver. Format:
// docs/formats/webhook.md.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "bridges/webhook/http_post.hpp"
#include "messages/time.hpp"
#include "runtime/executor.hpp"
#include "runtime/secrets/secret_text.hpp"
#include "runtime/settings_webhook.hpp"

namespace nightshift::bridges::webhook {

/// Reads a secret at the moment that it is needed.
using ResolveSecret =
    std::function<Result<runtime::SecretText>(const runtime::SecretReference& reference)>;

struct WebhookParts {
  runtime::Webhooks targets;
  ResolveSecret secret;
  std::function<Time()> now;
  /// `User-Agent`.
  std::string program;
  /// Crash points; may be empty.
  Probe probe;
};

/// Receiver class: that of the target, as approved. Acts on the verified content of the gate alone,
/// and only while the target is still what that content says. Thread-safe.
class Webhook final : public runtime::Executor {
 public:
  /// Error `config` where a target's address cannot be called.
  static Result<std::shared_ptr<Webhook>> open(WebhookParts parts);

  std::string effect_type() const override;
  kernel::Targets targets() const override;
  runtime::ReceiverClass receiver_class(const runtime::Permit& permit) const override;
  runtime::Outcome look(const runtime::Permit& permit) override;
  runtime::Outcome perform(const runtime::Permit& permit) override;

  /// `webhook-id` and `Idempotency-Key`: the same for every attempt, without full stops.
  static std::string message_id(std::string_view effect_id);

 private:
  explicit Webhook(WebhookParts parts) : parts_(std::move(parts)) {}

  /// The target's entry; refuses where the content is not for it as it is now.
  Result<const runtime::Webhooks::value_type*> target_of(const runtime::Permit& permit) const;
  Result<Post> request(const runtime::Permit& permit, const runtime::WebhookSettings& target) const;

  const WebhookParts parts_;
};

}  // namespace nightshift::bridges::webhook
