// Commands of one entity that are not durable yet, so that a repeat gets the same answer.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "messages/crypto.hpp"
#include "runtime/node.hpp"

namespace nightshift::runtime::host {

struct RecentCommand {
  std::string principal;
  std::string key;
  Digest request_hash{};
  /// Which of the lane's appends carries it.
  std::uint64_t append = 0;
  std::shared_ptr<Answer> answer;
};

/// In the order of appends. Searched one by one: only for commands that bring a key, and it holds
/// only what the log has not answered.
class Recent {
 public:
  void add(RecentCommand command) { commands_.push_back(std::move(command)); }
  /// What the log has answered is found in the log from now on.
  void forget_until(std::uint64_t answered) {
    while (!commands_.empty() && commands_.front().append <= answered) commands_.pop_front();
  }
  const RecentCommand* find(std::string_view principal, std::string_view key) const {
    for (const auto& command : commands_) {
      if (command.key == key && command.principal == principal) return &command;
    }
    return nullptr;
  }
  void clear() { commands_.clear(); }

 private:
  std::deque<RecentCommand> commands_;
};

}  // namespace nightshift::runtime::host
