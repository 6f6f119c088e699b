// A node under attack.
#include "tests/siege/fort.hpp"

#include "messages/crypto.hpp"
#include "messages/effects.pb.h"
#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::tests {
namespace {

constexpr auto node_name = "fort";

EntityRef approval(const std::string& id) { return {"approval", id}; }

}  // namespace

// ---- the executor

std::string Witness::effect_type() const {
  return effect::DeliverToOutbox::descriptor()->full_name();
}

runtime::ReceiverClass Witness::receiver_class(const runtime::Permit&) const {
  return runtime::ReceiverClass::queryable;
}

runtime::Outcome Witness::look(const runtime::Permit& permit) {
  const std::lock_guard lock(mutex_);
  const auto digest = to_hex(as_bytes(content_digest(permit.content.encode())));
  return {executed_.contains(digest) ? EFFECT_STATE_COMMITTED : EFFECT_STATE_FAILED_BEFORE_EFFECT,
          "looked"};
}

runtime::Outcome Witness::perform(const runtime::Permit& permit) {
  std::unique_lock lock(mutex_);
  ++executed_[to_hex(as_bytes(content_digest(permit.content.encode())))];
  held_now_ = hold_;
  released_.wait(lock, [this] { return !hold_; });
  held_now_ = false;
  return {EFFECT_STATE_COMMITTED, "taken"};
}

void Witness::hold() {
  const std::lock_guard lock(mutex_);
  hold_ = true;
}

void Witness::release() {
  {
    const std::lock_guard lock(mutex_);
    hold_ = false;
  }
  released_.notify_all();
}

std::map<std::string, int> Witness::executed() const {
  const std::lock_guard lock(mutex_);
  return executed_;
}

// ---- the node and its people

Fort::Fort(std::uint64_t seed)
    : dice_(seed),
      clock_(std::make_shared<runtime::ManualClock>(*from_rfc3339("2026-11-21T07:00:00Z"))),
      witness_(std::make_shared<Witness>()) {
  runtime::NodeOptions options;
  options.effect_threads = 1;
  options.report = [](std::string_view) {};
  node_ = must(runtime::start_node(open_journal(folder_ / "journal", node_name, clock_),
                                   all_kinds(), clock_, {witness_}, options));
  for (const auto* name : {"alice", "bob", "mallory"}) keys.emplace(name, SigningKey::generate());
  ensure_approver(*node_, "alice", keys.at("alice"));
  BOOST_REQUIRE(as(person("admin", {SCOPE_ADMIN}), "principal/bob",
                   enrolment("bob", "bob", "alice", "alice")));
}

Fort::~Fort() { witness_->release(); }

Result<runtime::Answer> Fort::as(const kernel::Caller& caller, const std::string& entity,
                                 const google::protobuf::Message& body) {
  runtime::Command command;
  command.entity = *parse_entity(entity);
  std::shared_ptr<google::protobuf::Message> copy(body.New());
  copy->CopyFrom(body);
  command.body = std::move(copy);
  command.caller = caller;
  return node_->call(std::move(command), std::chrono::minutes(1));
}

std::string Fort::propose(bool four_eyes) {
  pb::Propose command;
  command.set_title("Offer " + std::to_string(dice_.roll(1000)));
  command.set_category(pb::CATEGORY_EMAIL);
  command.set_body("The price is " + std::to_string(dice_.roll(100000)) + ".\n");
  command.add_to("john@example.org");
  command.set_account("jane@example.org");
  command.set_four_eyes(four_eyes);
  const auto id = "m" + std::to_string(++names_);
  const auto made = as(agent("scribe"), "approval/" + id, command);
  BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().message()));
  return id;
}

pb::View Fort::view(const std::string& id) {
  const auto answer = node_->get(approval(id));
  BOOST_REQUIRE(answer);
  pb::View view;
  view.CopyFrom(*answer->view);
  return view;
}

std::string Fort::status(const std::string& id) {
  const auto answer = node_->get(approval(id));
  return answer ? answer->status : "";
}

void Fort::await(const std::string& id, const std::string& wanted) {
  eventually([&] { return status(id) == wanted; }, id + " is " + wanted);
}

pb::Approve Fort::signed_by(const std::string& key, const std::string& name, const pb::View& view,
                            const std::string& expiry, const std::string& executor) {
  pb::Approve command;
  command.set_digest(view.digest());
  command.set_approver(name);
  command.set_nonce(fresh_nonce());
  command.set_expiry(expiry);
  const auto text = approval_text(view.digest(), "approve", command.nonce(), expiry, executor);
  command.set_signature(to_base64url(keys.at(key).sign(text)));
  return command;
}

pb::Approve Fort::honest(const std::string& name, const pb::View& view, const std::string& expiry) {
  wanted_.insert(view.digest());
  return signed_by(name, name, view, expiry);
}

principal::Enroll Fort::enrolment(const std::string& newcomer, const std::string& key,
                                  const std::string& voucher, const std::string& voucher_key) {
  principal::Enroll command;
  command.set_public_key(to_base64url(keys.at(key).public_key()));
  command.set_approver(voucher);
  command.set_nonce(fresh_nonce());
  const auto text = enrolment_text(newcomer, command.public_key(), command.nonce(), node_name);
  command.set_signature(to_base64url(keys.at(voucher_key).sign(text)));
  return command;
}

std::string Fort::newcomer() {
  const auto name = "p" + std::to_string(++names_);
  keys.emplace(name, SigningKey::generate());
  BOOST_REQUIRE(as(person("admin", {SCOPE_ADMIN}), "principal/" + name,
                   enrolment(name, name, "alice", "alice")));
  return name;
}

std::string Fort::fresh_nonce() { return nonce(++nonces_); }

}  // namespace nightshift::tests
