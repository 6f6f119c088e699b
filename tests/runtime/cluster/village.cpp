// Nodes with their journals and their post.
#include "tests/runtime/cluster/village.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/effects.pb.h"
#include "messages/placement.pb.h"
#include "runtime/settings.hpp"
#include "storage/rocks_side.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::tests {
namespace {

/// What approvals go to: says yes.
class Receiver final : public runtime::Executor {
 public:
  std::string effect_type() const override {
    return effect::DeliverToOutbox::descriptor()->full_name();
  }
  runtime::ReceiverClass receiver_class(const runtime::Permit&) const override {
    return runtime::ReceiverClass::queryable;
  }
  runtime::Outcome look(const runtime::Permit&) override {
    return {EFFECT_STATE_COMMITTED, "here"};
  }
  runtime::Outcome perform(const runtime::Permit&) override {
    return {EFFECT_STATE_COMMITTED, "here"};
  }
};

}  // namespace

using runtime::cluster::Courier;
using runtime::cluster::CourierOptions;
using runtime::cluster::PostStore;
using runtime::cluster::Wire;

bool Came::there() {
  const std::lock_guard lock(mutex);
  return sent.has_value();
}

runtime::Answer Came::answer() {
  eventually([this] { return there(); }, "an answer came");
  if (!*sent) BOOST_FAIL("refused: " << sent->error().message());
  BOOST_TEST_REQUIRE(std::holds_alternative<runtime::Answer>(**sent));
  return std::get<runtime::Answer>(**sent);
}

bool Came::waits() {
  eventually([this] { return there(); }, "an answer came");
  return *sent && std::holds_alternative<runtime::Waiting>(**sent);
}

ErrorCode Came::refused() {
  eventually([this] { return there(); }, "an answer came");
  BOOST_TEST_REQUIRE(!sent->has_value());
  return sent->error().code;
}

bool Came::failed() {
  eventually([this] { return there(); }, "an answer came");
  return !sent->has_value();
}

Villager::Villager(std::string name, std::string role, std::map<std::string, std::string> homes,
                   std::uint64_t items_max)
    : name_(std::move(name)),
      role_(std::move(role)),
      homes_(std::move(homes)),
      items_max_(items_max),
      catalog_(all_kinds()) {
  start();
}

void Villager::start() {
  const auto log = open_journal(folder_ / "journal", name_, clock_, role_);
  log_ = log;
  CourierOptions options;
  options.node = name_;
  options.role = role_;
  options.homes = homes_;
  options.log = log;
  options.catalog = catalog_;
  options.clock = clock_;
  options.items_max = items_max_;
  options.patience = std::chrono::milliseconds(60'000);
  options.store = must(PostStore::open(must(storage::open_side_store(folder_ / "post"))));
  courier_ = must(Courier::make(std::move(options)));
  runtime::NodeOptions node;
  node.effect_backoff = std::chrono::milliseconds(10);
  auto placement = std::make_shared<Placement>();
  for (const auto& [kind, home] : homes_) (*placement->mutable_homes())[kind] = home;
  auto prices = std::make_shared<PriceTable>(must(runtime::load_settings({})).prices);
  node.data = {{Placement::descriptor()->full_name(), std::move(placement)},
               {PriceTable::descriptor()->full_name(), std::move(prices)}};
  std::vector<std::shared_ptr<runtime::Executor>> hands;
  if (role_ == "local") hands.push_back(std::make_shared<Receiver>());
  node_ =
      must(runtime::start_node(log, catalog_, clock_, std::move(hands), std::move(node), courier_));
}

void Villager::stop() {
  node_.reset();
  courier_.reset();
  log_.reset();
}

std::shared_ptr<Came> Villager::send(const EntityRef& entity,
                                     std::shared_ptr<const google::protobuf::Message> body,
                                     const std::string& key) {
  runtime::Command command;
  command.entity = entity;
  command.body = std::move(body);
  command.key = key;
  command.caller.principal = "admin";
  command.caller.scopes = {SCOPE_ADMIN};
  auto came = std::make_shared<Came>();
  const auto done = [came](auto result) {
    const std::lock_guard lock(came->mutex);
    came->sent = std::move(result);
  };
  if (const auto home = courier_->home_of(entity)) {
    courier_->submit(*home, std::move(command), false, done);
    return came;
  }
  node_->submit(std::move(command), [done](Result<runtime::Answer> answer) {
    if (!answer)
      return done(
          Result<std::variant<runtime::Answer, runtime::Waiting>>(std::unexpected(answer.error())));
    done(Result<std::variant<runtime::Answer, runtime::Waiting>>(std::move(*answer)));
  });
  return came;
}

std::string Villager::status(const EntityRef& entity) const {
  const auto answer = node_->get(entity);
  return answer ? answer->status : std::string();
}

std::uint64_t Villager::sequence(const EntityRef& entity) const {
  const auto answer = node_->get(entity);
  return answer ? answer->sequence : 0;
}

Wire Line::wire(Villager& from, Villager& to) {
  return {.send =
              [this, &from, &to](const std::string& node, std::string body) {
                const std::lock_guard lock(mutex_);
                if (!up_ || node != to.name()) return false;
                sent_.emplace_back(from.name(), body);
                to.courier().delivered(from.name(), std::move(body));
                return true;
              },
          .consumed = [](const std::string&, std::uint64_t) {}};
}

void Line::up() {
  {
    const std::lock_guard lock(mutex_);
    if (up_) return;
  }
  // As sessions do: both know of it before anything comes.
  one_.courier().connect(wire(one_, other_));
  other_.courier().connect(wire(other_, one_));
  one_.courier().up(other_.name(), other_.role());
  other_.courier().up(one_.name(), one_.role());
  {
    const std::lock_guard lock(mutex_);
    up_ = true;
  }
  one_.courier().credited(other_.name());
  other_.courier().credited(one_.name());
}

void Line::down() {
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(up_, false)) return;
  }
  if (one_.runs()) one_.courier().down(other_.name());
  if (other_.runs()) other_.courier().down(one_.name());
}

std::vector<std::pair<std::string, std::string>> Line::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

}  // namespace nightshift::tests
