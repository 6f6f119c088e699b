// One look at whether something answers: a connection, or an HTTP request. Never blocks.
#pragma once

#include <chrono>
#include <string>

#include "messages/process_words.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

enum class ProbeState { under_way, holds, fails };

class Probe {
 public:
  /// `tcp` holds once the connection stands, `http` at a status of 200 to 399.
  Probe(const Check& check, std::chrono::microseconds deadline);

  ProbeState state() const { return state_; }
  /// What poll(2) shall wait for; negative once it is over.
  int descriptor() const { return state_ == ProbeState::under_way ? socket_.get() : -1; }
  short events() const;
  std::chrono::microseconds deadline() const { return deadline_; }

  /// Goes as far as it can; fails when its time is over.
  void go_on(std::chrono::microseconds now);

 private:
  void connect();
  void end(bool holds);
  bool is_connected();
  void send_request();
  void read_answer();

  Check check_;
  std::chrono::microseconds deadline_;
  runtime::Descriptor socket_;
  ProbeState state_ = ProbeState::under_way;
  bool connected_ = false;
  std::string unsent_;
  std::string answer_;
};

}  // namespace nightshift::bridges::process
