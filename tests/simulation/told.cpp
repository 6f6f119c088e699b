// Counts what was told, received and refused, from the records alone.
#include "tests/simulation/told.hpp"

#include "messages/host.pb.h"
#include "runtime/host/tells.hpp"
#include "tests/support/kinds/purse.pb.h"

namespace nightshift::tests {
namespace {

using runtime::host::TellLine;

struct Ledger {
  /// How many were told, per line, and how often each was accepted or refused.
  std::map<TellLine, std::uint64_t> told;
  std::map<std::string, int> accepted;
  std::map<std::string, int> refused;
  std::int64_t filled = 0;
  std::string broken;

  void add(const Record& record) {
    const EntityRef entity{record.kind(), record.entity()};
    const auto is = [&](std::string_view type) { return record.type() == type; };
    if (is("host.Told")) {
      host::Told event;
      event.ParseFromString(record.payload());
      const TellLine line{entity, {event.kind(), event.id()}};
      if (event.n() != ++told[line]) broken = to_string(entity) + " counts with gaps";
    } else if (is("host.TellRefused")) {
      host::TellRefused event;
      event.ParseFromString(record.payload());
      ++refused[runtime::host::tell_id({entity, {event.kind(), event.id()}}, event.n())];
    } else if (is("Received")) {
      ++accepted[record.cause()];
    } else if (record.kind() == "purse" && is("Filled")) {
      purse::Filled event;
      event.ParseFromString(record.payload());
      filled += event.amount();
    }
  }
};

}  // namespace

std::string check_tells(World& world) {
  Ledger ledger;
  (void)world.log().scan_log(1, [&](const storage::StoredRecord& stored) {
    Record record;
    record.ParseFromString(stored.bytes);
    ledger.add(record);
    return true;
  });
  if (!ledger.broken.empty()) return ledger.broken;
  std::size_t all = 0;
  for (const auto& [line, count] : ledger.told) {
    for (std::uint64_t n = 1; n <= count; ++n, ++all) {
      const auto id = runtime::host::tell_id(line, n);
      const auto times = ledger.accepted[id] + ledger.refused[id];
      if (times == 0) return id + " was lost";
      if (times > 1) return id + " was decided twice";
    }
  }
  if (ledger.accepted.size() > all || ledger.refused.size() > all) return "more came than was told";
  std::int64_t balance = 0;
  std::string broken;
  (void)world.log().scan_states("purse", {}, [&](std::string_view id, std::string_view) {
    const auto answer = world.node().get({"purse", std::string(id)});
    const auto& view = static_cast<const purse::View&>(*answer->view);
    balance += view.balance();
    if (view.disorder() > 0) broken = "purse/" + std::string(id) + " heard a Tell out of turn";
    return true;
  });
  if (!broken.empty()) return broken;
  return balance == ledger.filled ? "" : "money was lost or made";
}

}  // namespace nightshift::tests
