// What an entity's actor can receive.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "messages/record.pb.h"
#include "runtime/executor.hpp"
#include "runtime/host/call.hpp"
#include "runtime/host/duty.hpp"
#include "runtime/host/entity_state.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::host {

/// A command to decide.
struct Deliver {
  std::unique_ptr<Call> call;
};

/// The log has opened the entity.
struct Opened {
  Result<storage::Opened> opened;
};

/// Its state has been folded from records, off the scheduler's threads.
struct Folded {
  Result<std::unique_ptr<EntityState>> state;
};

/// An append was refused: what the actor believes is no longer what the log has.
struct Lost {
  std::uint64_t epoch = 0;
  Error why;
};

/// Nobody has used the entity for a while: let go, if nothing is under way.
struct Passivate {};

/// An executor has a place free: may this effect be dispatched?
struct Dispatch {
  std::string effect_id;
  WorkValue why;
  std::shared_ptr<Duty> duty = nullptr;
};

/// What became of an attempt.
struct Report {
  std::string effect_id;
  std::uint32_t attempt = 1;
  Outcome outcome;
  /// Of an earlier run's attempt, learnt from the receiver after the node had stopped in the
  /// middle.
  bool recovered = false;
  WorkValue why;
  std::shared_ptr<Duty> duty = nullptr;
};

/// A deadline has come.
struct Fire {
  storage::WorkKey key;
  WorkValue why;
  std::shared_ptr<Duty> duty = nullptr;
};

using Mail = std::variant<Deliver, Opened, Folded, Lost, Passivate, Dispatch, Report, Fire>;

/// Null for mails that nobody misses.
inline std::shared_ptr<Duty> duty_of(const Mail& mail) {
  if (const auto* dispatch = std::get_if<Dispatch>(&mail)) return dispatch->duty;
  if (const auto* report = std::get_if<Report>(&mail)) return report->duty;
  if (const auto* fire = std::get_if<Fire>(&mail)) return fire->duty;
  return nullptr;
}

}  // namespace nightshift::runtime::host
