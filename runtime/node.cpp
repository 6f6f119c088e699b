// The waiting form of a command, the host's start, and who keeps it from ending.
#include "runtime/node.hpp"

#include <future>

#include "runtime/abroad.hpp"
#include "runtime/host/call.hpp"
#include "runtime/host/host.hpp"
#include "runtime/host/turns.hpp"

namespace nightshift::runtime {

Result<Answer> Node::call(Command command, std::chrono::milliseconds timeout) {
  // Known here, so that a caller who has waited long enough can ask again.
  if (command.key.empty()) command.key = host::fresh_command_id();
  const auto id = command.key;
  auto promise = std::make_shared<std::promise<Result<Answer>>>();
  auto answered = promise->get_future();
  submit(std::move(command),
         [promise](Result<Answer> answer) { promise->set_value(std::move(answer)); });
  if (answered.wait_for(timeout) == std::future_status::ready) return answered.get();
  return fail(ErrorCode::timed_out, {}, id);
}

std::vector<std::string> running_steps() {
  std::vector<std::string> steps;
  for (const auto& [entity, what] : host::running_turns()) {
    steps.push_back(to_string(entity) + ": " + what);
  }
  return steps;
}

Result<std::unique_ptr<Node>> start_node(std::shared_ptr<storage::EventLog> log,
                                         std::shared_ptr<const Catalog> catalog,
                                         std::shared_ptr<Clock> clock,
                                         std::vector<std::shared_ptr<Executor>> executors,
                                         NodeOptions options) {
  return start_node(std::move(log), std::move(catalog), std::move(clock), std::move(executors),
                    std::move(options), nullptr);
}

Result<std::unique_ptr<Node>> start_node(std::shared_ptr<storage::EventLog> log,
                                         std::shared_ptr<const Catalog> catalog,
                                         std::shared_ptr<Clock> clock,
                                         std::vector<std::shared_ptr<Executor>> executors,
                                         NodeOptions options, std::shared_ptr<Abroad> abroad) {
  host::HostMode mode;
  mode.abroad = std::move(abroad);
  auto host = host::start(std::move(log), std::move(catalog), std::move(clock),
                          std::move(executors), std::move(options), std::move(mode));
  if (!host) return std::unexpected(host.error());
  return std::move(*host);
}

}  // namespace nightshift::runtime
