// What must hold when a simulated world is quiet.
#include "tests/simulation/checks.hpp"

#include <set>

#include "runtime/host/entity_state.hpp"
#include "storage/audit.hpp"
#include "tests/simulation/told.hpp"
#include "tests/support/kinds/errand.pb.h"
#include "tests/support/kinds/purse.pb.h"

namespace nightshift::tests {
namespace {

using runtime::host::EntityState;

/// The records of one command: of one entity, one after the other, in one batch.
struct Trace {
  EntityRef entity;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool whole = true;
};

std::map<std::string, Trace> traces_of(const storage::EventLog& log) {
  std::map<std::string, Trace> traces;
  (void)log.scan_log(1, [&](const storage::StoredRecord& stored) {
    Record record;
    record.ParseFromString(stored.bytes);
    if (record.principal() != "simulation") return true;
    auto& trace = traces[record.cause()];
    if (trace.first == 0) {
      trace = {{record.kind(), record.entity()}, record.sequence(), record.sequence()};
    } else {
      trace.whole = trace.whole && record.sequence() == trace.last + 1;
      trace.last = record.sequence();
    }
    return true;
  });
  return traces;
}

std::uint64_t events_of(const google::protobuf::Message& body) {
  if (const auto* note = dynamic_cast<const errand::Note*>(&body)) {
    return std::max(1u, note->copies());
  }
  // What is paid, and what is told of it.
  if (const auto* pay = dynamic_cast<const purse::Pay*>(&body)) return 2 * pay->times();
  return 1;
}

std::string check_commands(World& world) {
  const auto traces = traces_of(world.log());
  for (const auto& sent : world.sent()) {
    const auto found = traces.find(sent.key);
    if (found == traces.end()) {
      // A decision that changed nothing is accepted without a record.
      const bool may_be_empty = sent.body->GetDescriptor()->name() == "Reset";
      if (sent.outcome == Sent::accepted && !may_be_empty) return sent.key + " was lost";
      continue;
    }
    const auto& trace = found->second;
    if (sent.outcome == Sent::refused) return sent.key + " was refused and applied";
    if (!trace.whole || trace.last - trace.first + 1 != events_of(*sent.body)) {
      return sent.key + " was applied in part, or twice";
    }
    if (trace.entity != sent.entity) return sent.key + " was applied to another entity";
    if (sent.outcome == Sent::accepted && trace.last != sent.sequence) {
      return sent.key + " was answered with another sequence than that of its records";
    }
    if (sent.outcome == Sent::accepted && sent.created != (trace.first == 1)) {
      return sent.key + " was answered wrongly about who created the entity";
    }
  }
  return {};
}

std::string check_entity(World& world, const kernel::Kind& kind, const EntityRef& entity) {
  const auto name = to_string(entity);
  const auto live = world.node().get(entity);
  if (!live) return name + " cannot be read";
  auto replayed = EntityState::replay(world.log(), kind, entity, live->sequence);
  if (!replayed) return name + " cannot be replayed: " + replayed.error().detail;
  const auto folded = (*replayed)->answer(world.log().boot_epoch(), "");
  if (folded.view->SerializeAsString() != live->view->SerializeAsString() ||
      folded.status != live->status || folded.effects.size() != live->effects.size()) {
    return name + " is not what its records make of it";
  }
  for (const auto& [field, value] : (*replayed)->entity().index()) {
    runtime::ListQuery query;
    query.kind = entity.kind;
    query.where = {{field, value}};
    query.limit = 1000;
    const auto page = world.node().list(query);
    const auto here = [&](const runtime::Answer& item) { return item.entity == entity; };
    if (!page || std::ranges::none_of(page->items, here)) {
      return name + " is not found by " + field + "=" + value;
    }
  }
  if (!(*replayed)->entity().pending().deadlines.empty()) return name + " missed its deadline";
  return {};
}

std::string check_errand(World& world, const EntityRef& entity) {
  const auto answer = world.node().get(entity);
  const auto& view = static_cast<const errand::View&>(*answer->view);
  const auto name = to_string(entity);
  if (answer->status == "waiting" || answer->status == "moving") return name + " was left behind";
  for (const auto& effect : answer->effects) {
    const bool arrived = world.receiver().has(effect.id());
    if (effect.state() == EFFECT_STATE_COMMITTED && !arrived) return name + " never arrived";
    if (effect.state() == EFFECT_STATE_FAILED_BEFORE_EFFECT && arrived) {
      return name + " failed and arrived";
    }
    if (arrived && (view.how() == "cancelled" || view.how() == "expired")) {
      return name + " was " + view.how() + " and arrived";
    }
  }
  return {};
}

/// Every index row of the errands must be one that their program would write.
std::string check_index(World& world) {
  const auto& kind = *world.catalog().find("errand");
  for (const auto& [field, value] : {std::pair("how", "reserved"), std::pair("texts", "1"),
                                     std::pair("texts", "2"), std::pair("texts", "3")}) {
    const auto ids = world.log().scan_index("errand", field, value, {}, SIZE_MAX);
    if (!ids) return "an index cannot be read";
    for (const auto& id : *ids) {
      const auto state = EntityState::load(world.log(), kind, {"errand", id});
      if (!state) return "an index names errand/" + id + ", which cannot be read";
      const auto values = (*state)->entity().index();
      const auto row = std::pair<std::string, std::string>(field, value);
      if (std::ranges::find(values, row) != values.end()) continue;
      return "an index row of errand/" + id + " is stale: " + field + "=" + value;
    }
  }
  return {};
}

std::string check_work(const storage::EventLog& log) {
  std::string left;
  using storage::WorkKind;
  for (const auto kind : {WorkKind::effect, WorkKind::deadline, WorkKind::tell}) {
    storage::WorkKey first;
    first.kind = kind;
    first.due = Time::min();
    (void)log.scan_work(kind, first, [&](const storage::WorkRow& row) {
      left = "a row of work is left of " + to_string(row.key.entity);
      return false;
    });
  }
  return left;
}

}  // namespace

std::string check(World& world) {
  if (!world.complaint().empty()) return world.complaint();
  if (auto broken = check_commands(world); !broken.empty()) return broken;
  std::size_t delivered = 0;
  for (const auto* kind : world.catalog().all()) {
    std::vector<EntityRef> entities;
    (void)world.log().scan_states(kind->name(), {}, [&](std::string_view id, std::string_view) {
      entities.push_back({std::string(kind->name()), std::string(id)});
      return true;
    });
    for (const auto& entity : entities) {
      if (auto broken = check_entity(world, *kind, entity); !broken.empty()) return broken;
      if (kind->name() != "errand") continue;
      if (auto broken = check_errand(world, entity); !broken.empty()) return broken;
      ++delivered;
    }
  }
  if (world.receiver().most_often() > 1) return "an effect arrived more than once";
  if (world.receiver().arrived() > delivered) return "more arrived than there are errands";
  if (auto broken = check_index(world); !broken.empty()) return broken;
  if (auto broken = check_work(world.log()); !broken.empty()) return broken;
  if (auto broken = check_tells(world); !broken.empty()) return broken;
  const auto report = storage::verify(world.log(), {});
  if (!report) return "the log cannot be verified: " + report.error().detail;
  return report->findings.empty() ? "" : "the log is damaged: " + report->findings.front().what;
}

}  // namespace nightshift::tests
