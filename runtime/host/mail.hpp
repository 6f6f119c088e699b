// What an entity's actor can receive.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "messages/host.pb.h"
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

/// A deadline has come. The next ones wait for `place` where many have.
struct Fire {
  storage::WorkKey key;
  WorkValue why;
  std::shared_ptr<void> place = nullptr;
  std::shared_ptr<Duty> duty = nullptr;
};

/// Hears once whether something was written; that it was not, if it is dropped.
class Receipt {
 public:
  using Give = std::move_only_function<void(bool written)>;

  explicit Receipt(Give give) : give_(std::move(give)) {}
  Receipt(Receipt&& other) noexcept : give_(std::exchange(other.give_, nullptr)) {}
  Receipt& operator=(Receipt&& other) noexcept {
    give(false);
    give_ = std::exchange(other.give_, nullptr);
    return *this;
  }
  ~Receipt() { give(false); }

  void give(bool written) {
    if (auto give = std::exchange(give_, nullptr)) give(written);
  }

 private:
  Give give_;
};

/// What became of what an entity told `target`: up to `up_to` all is decided there, and all but the
/// last of it was accepted.
struct Settle {
  EntityRef target;
  std::uint64_t up_to = 0;
  /// What the last one was, if it was refused.
  std::optional<::nightshift::host::TellRefused> refused;
  std::string correlation;
  Receipt receipt;
};

using Mail = std::variant<Deliver, Opened, Folded, Lost, Passivate, Dispatch, Report, Fire, Settle>;

/// Null for mails that nobody misses.
inline std::shared_ptr<Duty> duty_of(const Mail& mail) {
  if (const auto* dispatch = std::get_if<Dispatch>(&mail)) return dispatch->duty;
  if (const auto* report = std::get_if<Report>(&mail)) return report->duty;
  if (const auto* fire = std::get_if<Fire>(&mail)) return fire->duty;
  return nullptr;
}

}  // namespace nightshift::runtime::host
