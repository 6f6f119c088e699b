// Where connections come in: listens, and gives each to a loop.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "bridges/http/loop.hpp"
#include "bridges/http/premises.hpp"

namespace nightshift::bridges::http {

class Front {
 public:
  /// Counts in `connections`; those that are the feed's stay in it.
  Front(Api& api, Feed& feed, Budget& memory, std::atomic<std::size_t>& connections,
        const HttpOptions& options);
  /// Stops, and waits until what is being answered has ended.
  ~Front();

  /// Listens and accepts. The port, or `io` where the address cannot be had.
  Result<int> start();
  /// From any thread, more than once: accepts no more, lets what is being answered end.
  void stop();

 private:
  std::atomic<bool> stopping_ = false;
  Pool workers_;
  const Premises premises_;
  Socket listener_;
  std::size_t next_ = 0;
  /// Last: they use the rest.
  std::vector<std::unique_ptr<Loop>> loops_;
};

}  // namespace nightshift::bridges::http
