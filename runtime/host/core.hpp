// What the parts of one node share. Owned by the node and by what the log still has to answer, so
// that an answer never finds it gone.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/abroad.hpp"
#include "runtime/catalog.hpp"
#include "runtime/host/authority_directory.hpp"
#include "runtime/host/call.hpp"
#include "runtime/host/completion.hpp"
#include "runtime/host/deadlines.hpp"
#include "runtime/host/effects.hpp"
#include "runtime/host/quarantine.hpp"
#include "runtime/host/router.hpp"
#include "runtime/host/slot.hpp"
#include "runtime/host/tells.hpp"
#include "runtime/host/ticker.hpp"
#include "runtime/host/watchers.hpp"
#include "runtime/host/workers.hpp"
#include "runtime/node.hpp"

namespace nightshift::runtime::host {

struct Core {
  Core(storage::EventLog& its_log, const Catalog& its_catalog, Clock& its_clock,
       NodeOptions its_options)
      : log(its_log),
        catalog(its_catalog),
        clock(its_clock),
        options(std::move(its_options)),
        quarantine(clock, options.quarantined, options.keep_quarantine) {}

  storage::EventLog& log;
  const Catalog& catalog;
  Clock& clock;
  NodeOptions options;
  kernel::NodeFacts facts;
  /// Null where the node is in no cluster.
  std::shared_ptr<Abroad> abroad;
  std::string log_id;
  std::uint64_t boot_epoch = 0;

  std::shared_ptr<CallCounters> calls = std::make_shared<CallCounters>();
  std::shared_ptr<Load> load = std::make_shared<Load>();
  std::atomic<std::uint64_t> restarts = 0;
  /// Appends and openings that the log has not answered yet.
  std::atomic<std::uint64_t> outstanding = 0;
  std::atomic<bool> failed = false;

  Completion completion;
  AuthorityDirectory authority;
  Quarantine quarantine;
  Watchers watchers;
  std::unique_ptr<Workers> readers;
  std::unique_ptr<Router> router;
  /// Replaced when they are built anew.
  Slot<Effects> effects;
  Slot<Deadlines> deadlines;
  Slot<Tells> tells;
  EffectCounters effect_counters;
  TellCounters tell_counters;
  /// By those that were replaced.
  std::atomic<std::uint64_t> deadlines_fired = 0;
  Ticker ticker{clock};

  /// A named point of a crash test.
  void point(std::string_view name) const {
    if (options.crash_point) options.crash_point(name);
  }
  /// One line for the operator.
  void report(std::string_view line) const {
    if (options.report) options.report(line);
  }
  /// The process must begin anew: says so once.
  void end_process(ProcessEnd end, const Error& error) {
    if (!failed.exchange(true) && options.failed) options.failed(end, error);
  }
  /// The log has stopped.
  void log_failed(const Error& error) { end_process(ProcessEnd::failed, error); }
  void send(const EntityRef& entity, Mail mail) {
    router->send(entity, std::move(mail), clock.elapsed());
  }
};

}  // namespace nightshift::runtime::host
