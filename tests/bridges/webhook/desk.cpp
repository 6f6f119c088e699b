// Puts the parts together as the program does.
#include "tests/bridges/webhook/desk.hpp"

#include <poll.h>

#include <boost/test/unit_test.hpp>

#include "messages/principal.pb.h"
#include "tests/support/node/product_node.hpp"

namespace nightshift::bridges::webhook {
namespace {

constexpr std::chrono::seconds patience{60};
constexpr const char* approver = "mara";

using tests::must;

}  // namespace

runtime::WebhookSettings target(const std::string& url, const std::string& receiver_class) {
  runtime::WebhookSettings target;
  target.url = url;
  target.secret = {runtime::SecretReference::Source::env, "SECRET"};
  target.receiver_class = receiver_class;
  target.allow_private = true;
  return target;
}

Result<runtime::SecretText> test_resolver(const runtime::SecretReference& reference) {
  if (reference.name == "SECRET") return runtime::SecretText(test_secret);
  return fail(ErrorCode::not_found, "there is no variable " + reference.name);
}

Desk::Desk() : catalog_(tests::all_kinds()) {
  options.effect_backoff = std::chrono::milliseconds(10);
}

Desk::~Desk() { close(); }

void Desk::open(runtime::Webhooks targets, Probe probe) {
  auto webhook = must(Webhook::open({.targets = std::move(targets),
                                     .secret = test_resolver,
                                     .now = [clock = clock_] { return clock->now(); },
                                     .program = "nightshift/test",
                                     .probe = std::move(probe)}));
  node_ = must(runtime::start_node(tests::open_journal(folder_ / "journal", "laptop", clock_),
                                   catalog_, clock_, {webhook}, options));
  tests::ensure_approver(*node_, approver, key_);
}

void Desk::close() { node_.reset(); }

Result<runtime::Answer> Desk::command(const EntityRef& entity,
                                      std::shared_ptr<const google::protobuf::Message> body) {
  runtime::Command command;
  command.entity = entity;
  command.body = std::move(body);
  command.caller.principal = approver;
  command.caller.scopes = {SCOPE_READ, SCOPE_PROPOSE, SCOPE_OPERATE, SCOPE_APPROVE, SCOPE_ADMIN};
  return node_->call(std::move(command), patience);
}

Result<runtime::Answer> Desk::propose(const std::string& id, const std::string& target,
                                      const std::string& payload) {
  auto propose = std::make_shared<approval::Propose>();
  propose->set_title("Tell " + target);
  propose->set_category(approval::CATEGORY_SOCIAL);
  propose->mutable_action()->mutable_webhook()->set_target(target);
  propose->mutable_action()->mutable_webhook()->set_payload(payload);
  return command({"approval", id}, std::move(propose));
}

Result<runtime::Answer> Desk::approve(const std::string& id) {
  const auto seen = view(id);
  auto approve = std::make_shared<approval::Approve>();
  approve->set_digest(seen.digest());
  approve->set_approver(approver);
  approve->set_nonce(to_base64url(random_bytes(16)));
  approve->set_signature(to_base64url(
      key_.sign(approval_text(seen.digest(), "approve", approve->nonce(), "", seen.executor()))));
  return command({"approval", id}, std::move(approve));
}

Result<runtime::Answer> Desk::replace_key() {
  auto fresh = SigningKey::generate();
  auto enroll = std::make_shared<principal::Enroll>();
  enroll->set_public_key(to_base64url(fresh.public_key()));
  enroll->set_approver(approver);
  enroll->set_nonce(to_base64url(random_bytes(16)));
  enroll->set_signature(to_base64url(
      key_.sign(enrolment_text(approver, enroll->public_key(), enroll->nonce(), "laptop"))));
  key_ = std::move(fresh);
  return command({"principal", approver}, std::move(enroll));
}

std::string Desk::status(const std::string& id) const {
  const auto answer = node_->get({"approval", id});
  return answer ? answer->status : "";
}

approval::View Desk::view(const std::string& id) const {
  return dynamic_cast<const approval::View&>(*must(node_->get({"approval", id})).view);
}

EffectState Desk::effect_state(const std::string& id) const {
  const auto answer = must(node_->get({"approval", id}));
  return answer.effects.empty() ? EFFECT_STATE_UNSPECIFIED : answer.effects.front().state();
}

void Desk::await(const std::string& id, const std::string& wanted) const {
  await_that([&] { return status(id) == wanted; }, id + " is " + wanted);
}

void Desk::await_effect(const std::string& id, EffectState state) const {
  await_that([&] { return effect_state(id) == state; },
             "the effect of " + id + " is " + EffectState_Name(state));
}

void Desk::await_that(const std::function<bool()>& condition, const std::string& what) const {
  const auto deadline = clock_->elapsed() + patience;
  while (!condition()) {
    BOOST_REQUIRE_MESSAGE(clock_->elapsed() < deadline, "waited in vain: " << what);
    ::poll(nullptr, 0, 2);
  }
}

}  // namespace nightshift::bridges::webhook
