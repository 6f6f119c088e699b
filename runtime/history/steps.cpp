// Parts a stream of records where one decision ends and another begins.
#include "runtime/history/steps.hpp"

#include <algorithm>

#include "runtime/event_view.hpp"

namespace nightshift::runtime::history {
namespace {

/// What is told belongs to the decision that tells it.
bool is_bookkeeping(const Record& record) {
  return record.type().starts_with("host.") && record.type() != "host.Told";
}

bool belongs(const Step& step, const Record& next) {
  const auto& first = step.first();
  return !is_bookkeeping(first) && !is_bookkeeping(next) && next.cause() == first.cause() &&
         next.decided_at_us() == first.decided_at_us() && next.principal() == first.principal();
}

}  // namespace

bool Step::of_host() const { return is_bookkeeping(first()); }

bool Step::readable() const {
  return std::ranges::all_of(records, [](const EventView& view) { return view.event != nullptr; });
}

std::vector<const google::protobuf::Message*> Step::events() const {
  std::vector<const google::protobuf::Message*> events;
  for (const auto& record : records) events.push_back(record.event.get());
  return events;
}

Result<void> walk(const storage::EventLog& log, const Catalog& catalog, const EntityRef& entity,
                  const StepVisitor& visit) {
  Step step;
  Result<void> read;
  bool wanted = true;
  auto scanned = log.scan_entity(entity, 1, [&](const storage::StoredRecord& stored) {
    auto view = view_of(stored, catalog);
    if (!view) {
      read = std::unexpected(std::move(view.error()));
      return false;
    }
    if (!step.records.empty() && !belongs(step, view->record)) {
      wanted = visit(step);
      step.records.clear();
    }
    step.records.push_back(std::move(*view));
    return wanted;
  });
  if (!read) return read;
  if (!scanned) return scanned;
  if (wanted && !step.records.empty()) visit(step);
  return {};
}

}  // namespace nightshift::runtime::history
