// What a bridge implements to act outside: one executor per type of effect.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "messages/canonical.hpp"
#include "messages/error.hpp"
#include "messages/record.pb.h"
#include "messages/time.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::runtime {

/// What the receiver can do about repeats; decides what happens to a dispatch without an end.
enum class ReceiverClass {
  /// It recognises a repeat by its key: the same is sent again.
  keyed,
  /// It can be asked whether it happened: look first.
  queryable,
  /// Neither (mail, WhatsApp): the outcome stands as unknown until a human resolves it.
  neither,
};

/// Permission to act once, after the dispatch is durable and the gate was checked.
struct Permit {
  std::string effect_id;
  std::uint32_t attempt = 1;
  /// The effect message's bytes.
  std::string payload;
  /// The verified content of the gate: the only source of what is sent. Empty without a gate.
  Canonical content;
  bool gated = false;
  /// When this attempt was dispatched; a repeat of it keeps that time.
  Time dispatched_at{};
};

struct Outcome {
  /// EFFECT_STATE_COMMITTED, FAILED_BEFORE_EFFECT or UNKNOWN_AFTER_DISPATCH.
  EffectState state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH;
  /// For people: where it lies, what the receiver said. UTF-8.
  std::string evidence;
  /// Of FAILED_BEFORE_EFFECT: the same would be refused again, so the host tries no more.
  bool refused = false;
  /// Where the host tries once more: not before so much time has passed (HTTP's Retry-After).
  std::chrono::seconds retry_after{0};
};

/// How long a keyed receiver is trusted to know a key, unless the executor knows better.
inline constexpr std::chrono::hours key_life_default{24};

/// Called on a worker thread of the host; may block within its own time-outs. A throw counts as
/// UNKNOWN_AFTER_DISPATCH.
class Executor {
 public:
  virtual ~Executor() = default;

  /// Full name of the effect message, e.g. `nightshift.effect.DeliverToOutbox`.
  virtual std::string effect_type() const = 0;
  /// Only asked of what is to happen without a gate, right before it is dispatched: does the
  /// standing grant cover exactly this (the owner's configured number, the configured remote, what
  /// the budget has left)? An error says why not. Must not block.
  virtual Result<void> covered(const Permit&) const {
    return fail(ErrorCode::forbidden,
                effect_type() + " has no approval, and its executor acts on no standing grant");
  }
  /// Fixed while the executor lives.
  virtual kernel::Targets targets() const { return {}; }
  /// How many may run at once, beside all other executors: for what takes minutes, so that nothing
  /// else waits for it. 0: it shares the host's threads with the rest. Fixed while it lives.
  virtual std::size_t places() const { return 0; }
  virtual ReceiverClass receiver_class(const Permit& permit) const = 0;
  /// Only asked of keyed receivers: for so long after the dispatch a repeat is known as one.
  virtual std::chrono::seconds key_life(const Permit&) const { return key_life_default; }
  /// Only asked of queryable receivers: COMMITTED if it happened, FAILED_BEFORE_EFFECT if it
  /// provably did not, UNKNOWN_AFTER_DISPATCH if that cannot be told now.
  virtual Outcome look(const Permit& permit) = 0;
  virtual Outcome perform(const Permit& permit) = 0;
};

}  // namespace nightshift::runtime
