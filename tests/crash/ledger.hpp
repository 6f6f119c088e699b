// What was asked of a node that is killed all the time, and what it acknowledged.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace nightshift::tests {

/// One command that was answered.
struct Acknowledged {
  std::string id;
  std::string command;
  std::string body;
  /// The idempotency key.
  std::string key;
  /// The first answer.
  std::string answer;
};

/// How an approval must be found at the end.
struct Expected {
  std::string status = "pending";
  /// Events of its kind, one for each command.
  int commands = 0;
  /// What must lie in the outbox, or reach the webhook; empty unless it was approved.
  std::string message;
  std::string webhook;
};

/// Thread-safe. Paces the clients: beyond the allowance they wait, so that commands and kills keep
/// step.
class Ledger {
 public:
  /// Blocks until one more command may be asked; false once `target` commands were acknowledged.
  bool may_ask();
  void acknowledged(const Acknowledged& entry, const Expected& now);

  void set_target(std::size_t commands) { target_ = commands; }
  void allow(std::size_t commands);
  /// Blocks until so many were acknowledged or the time has passed.
  void await(std::size_t commands, std::chrono::milliseconds time);
  /// Where the node is now: `http://HOST:PORT`.
  void set_base(std::string base);
  std::string base();

  /// Something that must not be; the first such stands in the test's result.
  void wrong(const std::string& what);
  std::vector<std::string> wrongs();

  std::size_t count();
  std::vector<Acknowledged> entries();
  std::map<std::string, Expected> expected();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t target_ = 0;
  std::size_t allowed_ = 0;
  std::string base_;
  std::vector<Acknowledged> entries_;
  std::map<std::string, Expected> expected_;
  std::vector<std::string> wrongs_;
};

}  // namespace nightshift::tests
