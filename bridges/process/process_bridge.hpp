// The process bridge: makes what runs agree with what the journal says is to run, and writes down
// what became of it. Why it is so: docs/decisions/processes.md.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bridges/process/keeper_client.hpp"
#include "bridges/process/launch.hpp"
#include "runtime/calendar.hpp"
#include "runtime/node.hpp"
#include "runtime/streams/streams.hpp"

namespace nightshift::bridges::process {

struct ProcessOptions {
  /// Where the keeper is met.
  std::filesystem::path run_folder;
  KeeperCommand keeper;
  /// `mark` is filled in here.
  LaunchPlaces places;
  ResolveSecret secret;
  /// Where the streams of those are offered that are spoken to; may be empty.
  std::shared_ptr<runtime::Streams> streams;
  /// Where `cron_restart` counts, unless a configuration names another.
  runtime::Zone zone;
  /// After a failure of the keeper or of the journal it is tried again after so long.
  std::chrono::milliseconds retry_every{1'000};
  /// Told what people should hear, one line each; may be empty. Called on the bridge's thread.
  std::function<void(std::string_view)> log;
  /// Called on the bridge's thread if that cannot go on; may be empty.
  std::function<void(std::string why)> failed;
  /// Named points where a crash test ends the process; may be empty.
  std::function<void(std::string_view)> crash_point;
};

/// One thread of its own, from `start` to destruction, which leaves the children running. The node
/// must outlive it.
class ProcessBridge {
 public:
  static Result<std::unique_ptr<ProcessBridge>> start(runtime::Node& node, ProcessOptions options);

  ProcessBridge(const ProcessBridge&) = delete;
  ProcessBridge& operator=(const ProcessBridge&) = delete;
  ~ProcessBridge();

  /// The node stops, and takes its children along: ends them, what comes after others first, and
  /// the keeper. They come back with the node. False where that took longer than `within`.
  bool end_children(std::chrono::milliseconds within);

  /// How many processes have a run.
  std::size_t active() const;

 private:
  class Impl;
  explicit ProcessBridge(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace nightshift::bridges::process
