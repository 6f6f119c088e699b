// What the parts of one node share. Owned by the node and by what the log still has to answer, so
// that an answer never finds it gone.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/catalog.hpp"
#include "runtime/host/authority_directory.hpp"
#include "runtime/host/call.hpp"
#include "runtime/host/deadlines.hpp"
#include "runtime/host/effects.hpp"
#include "runtime/host/router.hpp"
#include "runtime/host/ticker.hpp"
#include "runtime/host/watchers.hpp"
#include "runtime/host/workers.hpp"
#include "runtime/node.hpp"

namespace nightshift::runtime::host {

struct Core {
  storage::EventLog& log;
  const Catalog& catalog;
  Clock& clock;
  NodeOptions options;
  kernel::NodeFacts facts;
  std::string log_id;
  std::uint64_t boot_epoch = 0;

  std::shared_ptr<CallCounters> calls = std::make_shared<CallCounters>();
  std::shared_ptr<Load> load = std::make_shared<Load>();
  std::atomic<std::uint64_t> restarts = 0;
  /// Appends and openings that the log has not answered yet.
  std::atomic<std::uint64_t> outstanding = 0;
  std::atomic<bool> failed = false;

  AuthorityDirectory authority;
  Watchers watchers;
  std::unique_ptr<Workers> readers;
  std::unique_ptr<Router> router;
  std::unique_ptr<Effects> effects;
  std::unique_ptr<Deadlines> deadlines;
  Ticker ticker{clock};

  /// A named point of a crash test.
  void point(std::string_view name) const {
    if (options.crash_point) options.crash_point(name);
  }
  /// One line for the operator.
  void report(std::string_view line) const {
    if (options.report) options.report(line);
  }
  /// The log has stopped: says so once.
  void log_failed(const Error& error) {
    if (!failed.exchange(true) && options.failed) options.failed(error);
  }
  void send(const EntityRef& entity, Mail mail) {
    router->send(entity, std::move(mail), clock.elapsed());
  }
};

}  // namespace nightshift::runtime::host
