// A data folder and its node.
#include "tests/runtime/upkeep/kept_folder.hpp"

#include "actors/custody/custody.hpp"
#include "runtime/kernel/lift.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/kinds/counter.hpp"
#include "tests/support/kinds/counter.pb.h"
#include "tests/support/kinds/errand.hpp"
#include "tests/support/kinds/errand.pb.h"

namespace nightshift::tests {
namespace {

kernel::Caller anyone() {
  kernel::Caller caller;
  caller.principal = "anyone";
  caller.scopes = {SCOPE_READ, SCOPE_OPERATE};
  return caller;
}

template <class Message>
Result<runtime::Answer> call(runtime::Node& node, const std::string& entity,
                             const Message& message) {
  runtime::Command command;
  command.entity = *parse_entity(entity);
  command.body = std::make_shared<Message>(message);
  command.caller = anyone();
  return node.call(std::move(command), std::chrono::minutes(1));
}

}  // namespace

KeptFolder::KeptFolder()
    : clock(std::make_shared<runtime::ManualClock>(*from_rfc3339("2026-11-22T01:30:00Z"))) {
  auto kinds = std::make_shared<runtime::Catalog>();
  kinds->add(counter_kind());
  kinds->add(errand_kind());
  kinds->add(kernel::lift<actors::Custody>());
  catalog = std::move(kinds);
  options.threads = 2;
  BOOST_REQUIRE(data.create());
  must(data.ensure_admin_token());
  must(data.ensure_node_key());
  std::filesystem::create_directories(data.secrets());
  for (const auto* name : {"secrets/master.key", "secrets/sealed", "secrets/lock",
                           "approvers/anna.key", "approvers/anna.pub", "approvers/anna.token",
                           "node.json", "nightshift.log", "quarantine.json"})
    write_file(data.root() / name, name);
}

void KeptFolder::start_on(const runtime::DataFolder& folder) {
  open_log(folder);
  node = must(runtime::start_node(log, catalog, clock, executors, options));
}

void KeptFolder::open_log(const runtime::DataFolder& folder) {
  storage::RocksOptions rocks;
  rocks.path = folder.journal();
  rocks.identity.emplace();
  rocks.identity->set_node("here");
  rocks.identity->set_role("local");
  rocks.identity->set_log_id(to_hex(random_bytes(16)));
  rocks.identity->set_created_at_us(to_us(clock->now()));
  rocks.now = [clock = clock] { return clock->now(); };
  rocks.reserve_bytes = 0;
  log = must(storage::open_rocks(std::move(rocks)));
}

void KeptFolder::stop() {
  node.reset();
  log.reset();
}

std::uint64_t KeptFolder::add(const std::string& counter, std::int64_t by) const {
  counter_pb::Add command;
  command.set_by(by);
  return must(call(*node, counter, command)).sequence;
}

void KeptFolder::order(const std::string& errand, bool gated) const {
  errand::Order command;
  command.set_gated(gated);
  must(call(*node, errand, command));
}

Result<runtime::Answer> KeptFolder::reserve(const std::string& errand) const {
  errand::Reserve command;
  *command.mutable_until() = to_proto(*from_rfc3339("2126-01-01T00:00:00Z"));
  return call(*node, errand, command);
}

void KeptFolder::finish(const std::string& errand) const {
  must(reserve(errand));
  must(call(*node, errand, errand::Cancel()));
}

Result<runtime::Answer> KeptFolder::get(const std::string& entity) const {
  return node->get(*parse_entity(entity));
}

}  // namespace nightshift::tests
