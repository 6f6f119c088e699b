// One look at whether something answers: a connection, or an HTTP request. Never blocks.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "messages/process_words.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

/// Of a clock that never goes back.
using Moment = std::chrono::microseconds;

enum class ProbeState { under_way, holds, fails };

/// A check `tcp` holds once a connection stands, `http` at a status of 200 to 399. `localhost` is
/// 127.0.0.1 and, where nothing takes the connection there, ::1.
class Probe {
 public:
  Probe(const Check& check, Moment now, std::chrono::milliseconds timeout);

  ProbeState state() const { return state_; }
  /// Why it fails: `tcp:8080 refused the connection`.
  const std::string& reason() const { return reason_; }
  /// What poll(2) shall wait for; negative once it is over.
  int descriptor() const { return state_ == ProbeState::under_way ? socket_.get() : -1; }
  short events() const;
  Moment deadline() const { return deadline_; }

  /// Goes as far as it can; fails when its time is over.
  void go_on(Moment now);

 private:
  void connect();
  void hold();
  void fail(const std::string& why);
  void step();
  void see_connection();
  void send_request();
  void read_answer();

  Check check_;
  Moment deadline_;
  std::chrono::milliseconds timeout_;
  /// Still to be tried, the next one last.
  std::vector<std::string> addresses_;
  runtime::Descriptor socket_;
  ProbeState state_ = ProbeState::under_way;
  std::string reason_;
  bool connected_ = false;
  std::string unsent_;
  std::string answer_;
};

}  // namespace nightshift::bridges::process
