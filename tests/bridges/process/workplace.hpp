// A node with its process bridge, in the process of a test; its keeper is the program's.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "bridges/process/process_bridge.hpp"
#include "messages/process.pb.h"
#include "runtime/node.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

namespace bridge = bridges::process;
namespace process_pb = nightshift::process;

/// The system's clock, and a time of day that a test may choose.
class ShiftedClock final : public runtime::SystemClock {
 public:
  Time now() const override {
    return SystemClock::now() + std::chrono::microseconds(ahead_us_.load());
  }
  /// It is so late now, and goes on from there.
  void set(Time time) { ahead_us_ = (time - SystemClock::now()).count(); }

 private:
  std::atomic<std::int64_t> ahead_us_ = 0;
};

class Workplace {
 public:
  Workplace();
  /// Ends all children.
  ~Workplace();

  void open();
  /// As when the node is killed: the children go on.
  void close();
  runtime::Node& node() { return *node_; }
  ShiftedClock& clock() { return *clock_; }
  bridge::ProcessBridge& bridge() { return *bridge_; }

  /// A shell script under this name, started.
  void run(const std::string& name, const std::string& script, ProcessConfig config = {});
  /// As `config` has it, started.
  void define(const std::string& name, const ProcessConfig& config);
  template <class Message>
  Result<runtime::Answer> tell(const std::string& name, const Message& message) {
    return command(name, std::make_shared<Message>(message));
  }
  std::string status(const std::string& name) const;
  process_pb::View view(const std::string& name) const;
  void await(const std::string& name, const std::string& status) const;
  /// Until another run than `before` is online.
  void await_another(const std::string& name, const std::string& before) const;
  std::string output(const std::string& name) const;
  /// What has happened to it, a sentence each.
  std::vector<std::string> story(const std::string& name) const;
  /// How many events of this type it had.
  std::size_t count(const std::string& name, const std::string& type) const;

  TemporaryFolder folder;

 private:
  Result<runtime::Answer> command(const std::string& name,
                                  std::shared_ptr<const google::protobuf::Message> body);

  std::shared_ptr<ShiftedClock> clock_;
  std::unique_ptr<runtime::Node> node_;
  std::unique_ptr<bridge::ProcessBridge> bridge_;
};

}  // namespace nightshift::tests
