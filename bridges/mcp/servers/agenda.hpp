// What other threads have for the bridge's thread.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "runtime/descriptor.hpp"

namespace nightshift::bridges::mcp {

/// Thread-safe; outlives the bridge, as connections and commands may answer late.
class Agenda {
 public:
  using Deed = std::move_only_function<void()>;

  Agenda();

  void add(Deed deed);
  void wake();

  /// Readable while there is something.
  int descriptor() const { return wakes_.get(); }
  std::vector<Deed> take();

 private:
  runtime::Descriptor wakes_;
  std::mutex mutex_;
  std::vector<Deed> deeds_;
};

}  // namespace nightshift::bridges::mcp
