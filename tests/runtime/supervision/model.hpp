// OTP's supervisor as its documentation tells it, synchronous and without thought of speed: it
// calls the world where the engine gives orders.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "runtime/supervision/engine.hpp"

namespace nightshift::tests {

/// What children do; the answers may depend on how often was asked.
struct ModelWorld {
  /// True if the child starts.
  std::function<bool(std::size_t child)> starts;
  /// Called while an order is carried out: tells which children end by themselves meanwhile.
  std::function<std::vector<std::pair<std::size_t, runtime::supervision::Exit>>()> meanwhile;
};

class Model {
 public:
  Model(runtime::supervision::Rules rules, std::vector<runtime::supervision::Child> children,
        ModelWorld world);

  /// `+2` for a start, `-2` for a stop, `end`.
  const std::string& story() const { return story_; }
  bool running(std::size_t child) const { return members_[child].running; }
  bool ended() const { return ended_; }

  void begin();
  void child_ends(std::size_t child, runtime::supervision::Exit exit,
                  std::chrono::microseconds now);
  void shut_down();

 private:
  struct Member {
    runtime::supervision::Child rule;
    bool running = false;
    bool deleted = false;
  };
  struct Signal {
    std::size_t child;
    runtime::supervision::Exit exit;
  };

  bool start(std::size_t child);
  void stop(std::size_t child);
  void hear();
  void handle(Signal signal);
  void restart(std::size_t child, bool counts);
  bool start_from(std::size_t first, std::size_t& failed);
  void terminate();

  runtime::supervision::Rules rules_;
  std::vector<Member> members_;
  ModelWorld world_;
  std::vector<std::chrono::microseconds> restarts_;
  std::deque<Signal> inbox_;
  std::chrono::microseconds now_{};
  bool ended_ = false;
  std::string story_;
};

}  // namespace nightshift::tests
