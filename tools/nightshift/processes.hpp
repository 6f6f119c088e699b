// The node's processes put together: those of the configuration, the bridge, the keeper.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "bridges/process/process_bridge.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/node.hpp"
#include "runtime/secrets/resolver.hpp"
#include "runtime/settings.hpp"

namespace nightshift::tools {

/// Defines what `[process.NAME]` says, as it says it now, and starts what is new. One that is
/// refused is reported, and the others go on.
void ensure_processes(runtime::Node& node, const runtime::Settings& settings);

/// The bridge as a part of the node that may be built anew, and whether the children stay.
class Processes {
 public:
  /// `zone`: the node's. `streams`: where those of children are offered that are spoken to.
  Processes(runtime::DataFolder folder, const runtime::Environment& environment, runtime::Zone zone,
            std::shared_ptr<const runtime::SecretResolver> secrets,
            std::shared_ptr<runtime::Streams> streams,
            std::function<void(std::string_view)> crash_point);

  runtime::supervision::Part part(runtime::Node& node);
  /// The node stops for good: its children end before it. Leaves what takes longer to the keeper.
  void end_children(std::chrono::milliseconds within);

 private:
  class Running;

  bridges::process::ProcessOptions options() const;

  const runtime::DataFolder folder_;
  const runtime::Environment& environment_;
  const runtime::Zone zone_;
  const std::shared_ptr<const runtime::SecretResolver> secrets_;
  const std::shared_ptr<runtime::Streams> streams_;
  const std::function<void(std::string_view)> crash_point_;
  std::mutex mutex_;
  bridges::process::ProcessBridge* bridge_ = nullptr;
};

}  // namespace nightshift::tools
