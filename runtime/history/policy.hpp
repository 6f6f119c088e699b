// Another policy, in the terms of decisions; and what a history makes of it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/canonical.hpp"
#include "messages/ids.hpp"
#include "runtime/calendar.hpp"
#include "runtime/history/changes.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::runtime::history {

/// What it does not speak of stays as it was.
struct Policy {
  /// Turns what a decision saw of the node into what it would have seen.
  std::function<void(kernel::NodeFacts&)> apply = [](kernel::NodeFacts&) {};
  /// Where days begin; as recorded if unset.
  std::optional<Zone> zone = {};
  /// What the host orders before the first decision of that entity that counts.
  struct Order {
    EntityRef entity;
    std::shared_ptr<const google::protobuf::Message> command;
  };
  std::vector<Order> orders = {};
  /// True for a command that one of the orders takes the place of.
  std::function<bool(const EntityRef&, const google::protobuf::Message&)> overrules =
      [](const EntityRef&, const google::protobuf::Message&) { return false; };
  /// Why an executor would have turned approved content away; empty where it would not.
  std::function<std::string(std::string_view effect_type, const Canonical& content)> objection =
      [](std::string_view, const Canonical&) { return std::string(); };
};

enum class Sort {
  /// Accepted then; the kind would have refused it, with `code` and `detail`.
  refused,
  /// Accepted both ways; `changes` is how the first one differs.
  changed,
  /// Handed to an executor then; the node would not have.
  not_dispatched,
  /// Rests on one of the above: it would not have happened as it did.
  follows,
  /// An order of the policy stands in its place.
  overruled,
  /// It cannot be told; `detail` says why.
  untold,
};

/// `refused`, `not_dispatched`, ...
std::string_view word(Sort sort);

/// Decisions of one entity that differ in the same way.
struct Finding {
  static constexpr std::size_t places_max = 10;

  Sort sort = Sort::changed;
  /// Name of the event that was: `Reserved`, `host.Dispatched`.
  std::string event;
  /// Name of the error, where it would have been refused.
  std::string code = {};
  /// Of the first of them.
  std::string detail = {};
  std::vector<Change> changes = {};
  std::uint64_t count = 0;
  Time first{};
  Time last{};
  /// Sequences of the first `places_max`.
  std::vector<std::uint64_t> places = {};
};

/// Micro-dollars, both ways.
struct Amount {
  std::uint64_t was = 0;
  std::uint64_t would = 0;

  bool differs() const { return was != would; }
};

/// By event and field: `Recorded.call.micro_usd`.
using Amounts = std::map<std::string, Amount>;

struct EntityDifference {
  EntityRef entity;
  std::vector<Finding> findings;
  /// Of all its decisions that count.
  Amounts amounts;
};

}  // namespace nightshift::runtime::history
