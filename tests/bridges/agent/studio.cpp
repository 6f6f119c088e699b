// Puts the parts together as the program does.
#include "tests/bridges/agent/studio.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "messages/canonical.hpp"
#include "messages/effects.pb.h"
#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::bridges::agent {
namespace {

using tests::must;

constexpr const char* owner = "mara";

/// An outbox that takes everything.
class Sink final : public runtime::Executor {
 public:
  std::string effect_type() const override {
    return effect::DeliverToOutbox::descriptor()->full_name();
  }
  runtime::ReceiverClass receiver_class(const runtime::Permit&) const override {
    return runtime::ReceiverClass::neither;
  }
  runtime::Outcome look(const runtime::Permit&) override { return {}; }
  runtime::Outcome perform(const runtime::Permit&) override {
    return {.state = EFFECT_STATE_COMMITTED, .evidence = "sent"};
  }
};

template <class View>
View view_of(const runtime::Node& node, const EntityRef& entity) {
  const auto answer = must(node.get(entity));
  return dynamic_cast<const View&>(*answer.view);
}

}  // namespace

Studio::Studio() : catalog_(tests::all_kinds()) {}

Studio::~Studio() { close(); }

void Studio::open(runtime::Agents agents) {
  runtime::Routing routing;
  runtime::add_builtin_agents(agents, routing);
  runtime::NodeOptions options;
  options.effect_backoff = std::chrono::milliseconds(10);
  options.data.emplace(
      RoutingTable::descriptor()->full_name(),
      std::make_shared<RoutingTable>(must(runtime::routing_table(agents, routing))));
  composer_ = must(Composer::open({.agents = std::move(agents),
                                   .hidden = {folder_ / "journal"},
                                   .secret = [](const auto&) -> Result<runtime::SecretText> {
                                     return fail(ErrorCode::not_found, "there are no secrets");
                                   }}));
  node_ =
      must(runtime::start_node(tests::open_journal(folder_ / "journal", "laptop", clock_), catalog_,
                               clock_, {composer_, std::make_shared<Sink>()}, std::move(options)));
  composer_->attach(*node_);
  tests::ensure_approver(*node_, owner, key_);
}

void Studio::close() {
  if (composer_) composer_->stop();
  node_.reset();
}

Result<runtime::Answer> Studio::command(const EntityRef& entity,
                                        std::shared_ptr<const google::protobuf::Message> body) {
  runtime::Command command;
  command.entity = entity;
  command.body = std::move(body);
  command.caller.principal = owner;
  command.caller.scopes = {SCOPE_READ, SCOPE_PROPOSE, SCOPE_OPERATE, SCOPE_APPROVE, SCOPE_ADMIN};
  return node_->call(std::move(command), std::chrono::minutes(1));
}

void Studio::arrive(const std::string& id, const std::string& title, const std::string& from) {
  auto body = std::make_shared<nightshift::task::Arrive>();
  body->set_title(title);
  body->set_text("Where is my order?");
  body->set_from(from);
  must(command({"task", id}, std::move(body)));
}

void Studio::approve(const std::string& id) {
  const auto seen = approval_view(id);
  auto approve = std::make_shared<nightshift::approval::Approve>();
  approve->set_digest(seen.digest());
  approve->set_approver(owner);
  approve->set_nonce(to_base64url(random_bytes(16)));
  approve->set_signature(to_base64url(
      key_.sign(approval_text(seen.digest(), "approve", approve->nonce(), "", seen.executor()))));
  must(command({"approval", id}, std::move(approve)));
}

std::string Studio::status(const std::string& entity) const {
  const auto answer = node_->get(*parse_entity(entity));
  return answer ? answer->status : "";
}

void Studio::await(const std::string& entity, const std::string& status) const {
  tests::eventually([&] { return this->status(entity) == status; }, entity + " is " + status);
}

void Studio::await_event(const std::string& entity, const std::string& type) const {
  const auto is_there = [&] {
    const auto events = node_->events(*parse_entity(entity), 0, 1'000);
    return events && std::ranges::any_of(*events, [&](const auto& event) {
             return event.record.type().ends_with(type);
           });
  };
  tests::eventually(is_there, entity + " has " + type);
}

task::View Studio::task_view(const std::string& id) const {
  return view_of<nightshift::task::View>(*node_, {"task", id});
}

draft::View Studio::draft_view(const std::string& id) const {
  return view_of<nightshift::draft::View>(*node_, {"draft", id});
}

approval::View Studio::approval_view(const std::string& id) const {
  return view_of<nightshift::approval::View>(*node_, {"approval", id});
}

std::size_t Studio::count(const std::string& kind, const std::string& status) const {
  return must(node_->count(kind, status, 1'000'000));
}

}  // namespace nightshift::bridges::agent
