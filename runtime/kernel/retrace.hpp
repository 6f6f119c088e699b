// What was asked, as far as the answer tells: the journal holds events, not commands. For who
// decides a history anew, under another policy or by another program.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <google/protobuf/message.h>

#include "messages/time.hpp"
#include "runtime/kernel/calendar.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::kernel {

/// One decision, led back to what it came from.
struct Asked {
  /// The command; null where its events do not tell.
  std::unique_ptr<google::protobuf::Message> command;
  /// What the events show of the owner's configuration at that time, and nothing else of it.
  OwnersData data = {};
  std::map<std::string, Targets, std::less<>> executors = {};
  /// The calendar around the decision, where it had any part in it.
  std::optional<Calendar> calendar = {};
  /// False where the events show that no agent asked; unset where they do not say.
  std::optional<bool> agent = {};
};

/// Leads the decisions of one entity back, one after the other. What it answers, decided on the
/// state before, makes the same events again: but for fresh ids and what derives from them, and
/// hashes of commands that could be put in more than one way.
class Retrace {
 public:
  virtual ~Retrace() = default;
  /// Each decision of the entity in order, those of the host (`host.NAME`) left out. `events` are
  /// never empty and never null.
  virtual Asked step(std::span<const google::protobuf::Message* const> events, Time decided_at) = 0;
};

/// By kind. A kind that has none is not decided anew.
using Retraces = std::map<std::string, std::function<std::unique_ptr<Retrace>()>, std::less<>>;

}  // namespace nightshift::kernel
