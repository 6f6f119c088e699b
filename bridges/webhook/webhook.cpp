// From an approved content to a request, and from its answer to an outcome.
#include "bridges/webhook/webhook.hpp"

#include <algorithm>

#include "bridges/webhook/signature.hpp"
#include "bridges/webhook/target.hpp"
#include "bridges/webhook/verdict.hpp"
#include "messages/crypto.hpp"
#include "messages/effects.pb.h"

namespace nightshift::bridges::webhook {
namespace {

using runtime::Outcome;
using runtime::Permit;

constexpr std::size_t id_bytes_max = 120;

Outcome not_sent(const Error& error) {
  return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT,
          .evidence = std::string(error.message()) + "; nothing was sent",
          .refused = true};
}

std::string seconds_since_1970(Time time) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

}  // namespace

Result<std::shared_ptr<Webhook>> Webhook::open(WebhookParts parts) {
  for (const auto& [name, target] : parts.targets) {
    if (auto checked = check_url(name, target.url); !checked) {
      return std::unexpected(checked.error());
    }
  }
  return std::shared_ptr<Webhook>(new Webhook(std::move(parts)));
}

std::string Webhook::effect_type() const { return effect::CallWebhook::descriptor()->full_name(); }

kernel::Targets Webhook::targets() const {
  kernel::Targets all;
  for (const auto& [name, target] : parts_.targets) all.emplace(name, facts_of(target));
  return all;
}

runtime::ReceiverClass Webhook::receiver_class(const Permit& permit) const {
  return permit.content.find("class") == "keyed" ? runtime::ReceiverClass::keyed
                                                 : runtime::ReceiverClass::neither;
}

Outcome Webhook::look(const Permit&) {
  return {.state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, .evidence = "a webhook cannot be asked"};
}

std::string Webhook::message_id(std::string_view effect_id) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  if (!effect_id.empty() && effect_id.size() <= id_bytes_max &&
      std::ranges::all_of(effect_id, fits)) {
    return "msg_" + std::string(effect_id);
  }
  return "msg_" + to_hex(as_bytes(sha256(effect_id)));
}

Result<const runtime::Webhooks::value_type*> Webhook::target_of(const Permit& permit) const {
  const auto& content = permit.content;
  const auto name = content.find("target");
  const bool whole = permit.gated && content.find("action") == effect_type() &&
                     content.find("effect_id") == permit.effect_id && name &&
                     content.find("content_type") && content.find("payload");
  if (!whole) return fail(ErrorCode::forbidden, "there is no approved call of a webhook");
  const auto found = parts_.targets.find(*name);
  if (found == parts_.targets.end()) {
    return fail(ErrorCode::no_executor,
                "this node has no [webhook." + std::string(*name) + "] any more");
  }
  if (const auto changed = difference(content, found->second); !changed.empty()) {
    return fail(ErrorCode::digest_mismatch, "[webhook." + found->first +
                                                "] is not what was approved: " + changed +
                                                ". Retry, and decide on it as it is now");
  }
  return &*found;
}

Result<Post> Webhook::request(const Permit& permit, const runtime::WebhookSettings& target) const {
  auto secret = parts_.secret(target.secret);
  if (!secret) return std::unexpected(secret.error());
  const auto key = signing_key(*secret);
  if (!key) return std::unexpected(key.error());
  const auto id = message_id(permit.effect_id);
  const auto timestamp = seconds_since_1970(parts_.now());
  const auto payload = *permit.content.find("payload");
  return Post{.url = target.url,
              .headers = {"Content-Type: " + std::string(*permit.content.find("content_type")),
                          "User-Agent: " + parts_.program, "Idempotency-Key: " + id,
                          "webhook-id: " + id, "webhook-timestamp: " + timestamp,
                          "webhook-signature: " + sign(*key, id, timestamp, payload)},
              .body = payload,
              .timeout = target.timeout,
              .allow_private = target.allow_private,
              .ca_file = target.ca_file};
}

Outcome Webhook::perform(const Permit& permit) {
  const auto target = target_of(permit);
  if (!target) return not_sent(target.error());
  const auto& [name, settings] = **target;
  const auto ready = request(permit, settings);
  if (!ready) return not_sent(ready.error());
  return verdict(post(*ready, parts_.probe), name);
}

}  // namespace nightshift::bridges::webhook
