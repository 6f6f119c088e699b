// A view that stays on the terminal and is looked at anew, until somebody quits.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bridges/cli/node_api.hpp"
#include "bridges/cli/session.hpp"
#include "bridges/cli/text.hpp"

namespace nightshift::bridges::cli {

class LiveView {
 public:
  virtual ~LiveView() = default;
  /// Asks the node again.
  virtual void look() = 0;
  virtual std::vector<std::string> lines(const Look& look, std::size_t rows) const = 0;
  /// A key other than q, which ends it.
  virtual void press(char) {}
};

using MakeLiveView = std::function<std::unique_ptr<LiveView>(NodeApi& api)>;

/// Returns once somebody quits; a signal that asks for the end is raised again then. False, and
/// nothing is done, where there is no terminal that can be drawn upon.
bool show_live(const Session& session, std::chrono::milliseconds every, const MakeLiveView& make);

}  // namespace nightshift::bridges::cli
