// The node's end of its keeper: finds one or starts it, and knows what it keeps.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridges/process/channel.hpp"
#include "bridges/process/keeper.pb.h"
#include "bridges/process/place.hpp"

namespace nightshift::bridges::process {

/// How a keeper is started: a program and its arguments, to which nothing is added.
struct KeeperCommand {
  std::string program;
  std::vector<std::string> arguments;
};

/// A run as the keeper has it.
struct KeptChild {
  keeper::Started started;
  /// Set once it has ended.
  std::optional<keeper::Exited> exited;
};

/// Not thread-safe.
class KeeperClient {
 public:
  KeeperClient(Place place, KeeperCommand command)
      : place_(std::move(place)), command_(std::move(command)) {}

  /// Greets a keeper, and starts one where there is none and `start` says so. Blocks for as long as
  /// that takes. False where there is none.
  Result<bool> connect(bool start);
  bool is_connected() const { return channel_.has_value(); }
  int descriptor() const { return channel_ ? channel_->descriptor() : -1; }
  bool has_unsent() const { return channel_ && channel_->has_unsent(); }

  void send(const keeper::ToKeeper& asked);
  /// Reads what has come; false once the keeper is gone. What changed is told after it is known
  /// here.
  bool hear(const std::function<void(const keeper::FromKeeper&)>& news);

  /// By run.
  const std::map<std::string, KeptChild, std::less<>>& children() const { return children_; }
  const std::string& boot_id() const { return boot_id_; }
  void forget(const std::string& run);
  /// Waits until what was sent is on its way, unless the keeper takes nothing for too long.
  void finish_sending();
  void disconnect();

 private:
  Result<void> start_keeper();
  Result<void> greet();
  void note(const keeper::FromKeeper& news);

  Place place_;
  KeeperCommand command_;
  std::optional<Channel> channel_;
  std::map<std::string, KeptChild, std::less<>> children_;
  std::string boot_id_;
  bool greeted_ = false;
};

}  // namespace nightshift::bridges::process
