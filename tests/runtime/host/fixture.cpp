// A node on a real RocksDB folder.
#include "tests/runtime/host/fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "messages/json.hpp"
#include "tests/support/kinds/counter.hpp"
#include "tests/support/kinds/errand.hpp"
#include "tests/support/kinds/purse.hpp"

namespace nightshift::tests {

kernel::Caller anyone() {
  kernel::Caller caller;
  caller.principal = "anyone";
  caller.scopes = {SCOPE_READ, SCOPE_OPERATE, SCOPE_PROPOSE, SCOPE_APPROVE, SCOPE_ADMIN};
  return caller;
}

NodeFixture::NodeFixture()
    : clock(std::make_shared<runtime::ManualClock>(*from_rfc3339("2026-11-21T07:00:00Z"))),
      errand_kind(tests::errand_kind),
      purse_kind(tests::purse_kind) {
  options.threads = 2;
  options.effect_backoff = std::chrono::milliseconds(1);
  options.report = [](std::string_view line) { BOOST_TEST_MESSAGE("report: " << line); };
}

void NodeFixture::start(std::vector<std::shared_ptr<runtime::Executor>> executors) {
  const auto started = try_start(std::move(executors));
  BOOST_REQUIRE_MESSAGE(started, (started ? "" : started.error().message()));
}

Result<void> NodeFixture::try_start(std::vector<std::shared_ptr<runtime::Executor>> executors) {
  stop();
  auto catalog = std::make_shared<runtime::Catalog>();
  catalog->add(counter_kind());
  catalog->add(errand_kind());
  catalog->add(purse_kind());
  storage::RocksOptions rocks;
  rocks.path = folder_ / "journal";
  if (!std::filesystem::exists(rocks.path)) {
    rocks.identity.emplace();
    rocks.identity->set_node("here");
    rocks.identity->set_role(role);
    for (const auto& word : capabilities) rocks.identity->add_capabilities(word);
    rocks.identity->set_log_id(to_hex(random_bytes(16)));
    rocks.identity->set_created_at_us(to_us(clock->now()));
  }
  rocks.now = [clock = clock] { return clock->now(); };
  rocks.reserve_bytes = reserve_bytes;
  auto log = storage::open_rocks(std::move(rocks));
  if (!log) return std::unexpected(log.error());
  auto node = runtime::start_node(std::move(*log), catalog, clock, std::move(executors), options);
  if (!node) return std::unexpected(node.error());
  node_ = std::move(*node);
  return {};
}

void NodeFixture::stop() { node_.reset(); }

std::unique_ptr<storage::EventLog> NodeFixture::rows() const {
  auto log = storage::open_rocks_for_reading(folder_ / "journal");
  BOOST_REQUIRE_MESSAGE(log, (log ? "" : log.error().message()));
  return std::move(*log);
}

void NodeFixture::keep_image() const {
  // It says how far the journal reaches, which goes on meanwhile.
  std::filesystem::copy_file(folder_ / "journal" / "head", folder_ / "head",
                             std::filesystem::copy_options::overwrite_existing);
  copy_in_use(folder_ / "journal", folder_ / "image");
  std::filesystem::rename(folder_ / "head", folder_ / "image" / "head");
}

void NodeFixture::start_from_image(std::vector<std::shared_ptr<runtime::Executor>> executors) {
  stop();
  std::filesystem::remove_all(folder_ / "journal");
  std::filesystem::rename(folder_ / "image", folder_ / "journal");
  start(std::move(executors));
}

runtime::Command NodeFixture::command(const std::string& entity,
                                      const google::protobuf::Message& body) const {
  runtime::Command command;
  command.entity = *parse_entity(entity);
  std::shared_ptr<google::protobuf::Message> copy(body.New());
  copy->CopyFrom(body);
  command.body = std::move(copy);
  command.caller = anyone();
  return command;
}

Result<runtime::Answer> NodeFixture::call(const std::string& entity,
                                          const google::protobuf::Message& body) {
  return call(command(entity, body));
}

Result<runtime::Answer> NodeFixture::call(runtime::Command command) {
  return node_->call(std::move(command), std::chrono::minutes(1));
}

std::string NodeFixture::view(const std::string& entity) {
  auto answer = node_->get(*parse_entity(entity));
  if (!answer) return std::string(info(answer.error().code).name);
  return to_json(*answer->view);
}

std::string NodeFixture::status(const std::string& entity) {
  auto answer = node_->get(*parse_entity(entity));
  return answer ? answer->status : std::string(info(answer.error().code).name);
}

std::string NodeFixture::story(const std::string& entity) {
  auto events = node_->events(*parse_entity(entity), 0, SIZE_MAX);
  BOOST_REQUIRE(events);
  std::string types;
  for (const auto& event : *events) types += (types.empty() ? "" : " ") + event.record.type();
  return types;
}

}  // namespace nightshift::tests
