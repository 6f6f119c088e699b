// The node of a contest.
#include "tests/contest/arena.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <thread>

#include "tests/support/node/product_node.hpp"
#include "tests/support/world.hpp"

namespace nightshift::tests {
namespace {

const EntityRef meter{"usage", "m"};

/// The command was not decided, or nobody knows: the same is asked again.
bool is_no_answer(ErrorCode code) {
  constexpr std::array codes{ErrorCode::conflict, ErrorCode::unavailable, ErrorCode::stopping,
                             ErrorCode::overloaded, ErrorCode::timed_out};
  return std::ranges::find(codes, code) != codes.end();
}

}  // namespace

Arena::Arena(Time start_at) : clock_(std::make_shared<runtime::ManualClock>(start_at)) { start(); }

void Arena::start() {
  log_ = open_journal(folder_ / "journal", "arena", clock_);
  runtime::NodeOptions options;
  options.data = World().node.data;
  // Killed on purpose: nobody gives up.
  options.intensity = {1000, std::chrono::seconds(10)};
  node_ = must(runtime::start_node(log_, all_kinds(), clock_, {}, std::move(options)));
}

Result<runtime::Answer> Arena::ask(const std::string& command_id,
                                   const google::protobuf::Message& message) {
  const std::shared_ptr<google::protobuf::Message> body(message.New());
  body->CopyFrom(message);
  while (true) {
    const auto promise = std::make_shared<std::promise<Result<runtime::Answer>>>();
    auto future = promise->get_future();
    {
      const std::shared_lock lock(mutex_);
      runtime::Command command;
      command.entity = meter;
      command.body = body;
      command.key = command_id;
      command.caller = person("alice", {SCOPE_OPERATE, SCOPE_ADMIN});
      node_->submit(std::move(command), [promise](auto answer) { promise->set_value(answer); });
    }
    auto answer = future.get();
    if (answer || !is_no_answer(answer.error().code)) {
      ++answered_;
      return answer;
    }
    std::this_thread::yield();
  }
}

void Arena::restart() {
  const std::unique_lock lock(mutex_);
  node_.reset();
  log_.reset();
  start();
}

void Arena::kill(const std::string& path) {
  const std::shared_lock lock(mutex_);
  // An entity that is not active just now cannot be killed.
  (void)node_->tree().kill(path);
}

std::vector<std::shared_ptr<const google::protobuf::Message>> Arena::history() {
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<const google::protobuf::Message>> all;
  while (true) {
    const auto page = must(node_->events(meter, all.size(), 1000));
    for (const auto& view : page) all.push_back(view.event);
    if (page.empty()) return all;
  }
}

}  // namespace nightshift::tests
