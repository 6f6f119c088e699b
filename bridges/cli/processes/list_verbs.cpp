// ps, describe, env, jlist, prettylist: processes as they are now.
#include <poll.h>

#include <ostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/processes/jlist.hpp"
#include "bridges/cli/processes/show.hpp"
#include "bridges/cli/processes/verbs.hpp"
#include "bridges/cli/text.hpp"
#include "runtime/clock.hpp"

namespace nightshift::bridges::cli {
namespace {

/// Between the two looks that tell how much of a processor is used.
constexpr int look_ms = 100;

Machine observed(const std::vector<Process>& processes) {
  Machine machine;
  machine.look(processes);
  if (!processes.empty()) ::poll(nullptr, 0, look_ms);
  machine.look(processes);
  return machine;
}

Result<void> print_jlist(Session& session, int indent) {
  const auto processes = Roster(session.api).all();
  if (!processes) return std::unexpected(processes.error());
  const auto list = jlist_of(*processes, observed(*processes));
  session.out << list.dump(indent, ' ', false, Json::error_handler_t::replace) << "\n";
  return {};
}

}  // namespace

void show_processes(Session& session, const std::vector<Process>& processes) {
  const auto machine = observed(processes);
  if (session.json) {
    session.out << jlist_of(processes, machine).dump(-1, ' ', false, Json::error_handler_t::replace)
                << "\n";
    return;
  }
  session.out << process_table(processes, machine, session.look(), runtime::SystemClock().now());
}

Result<void> ps(Session& session) {
  const auto processes = Roster(session.api).all();
  if (!processes) return std::unexpected(processes.error());
  if (processes->empty() && !session.json) {
    session.out << "there is no process; nightshift start and nightshift import make some\n";
    return {};
  }
  show_processes(session, *processes);
  return {};
}

Result<void> jlist(Session& session) { return print_jlist(session, -1); }
Result<void> prettylist(Session& session) { return print_jlist(session, 2); }

Result<void> describe(Session& session, const SelectFlags& flags) {
  const auto chosen = Roster(session.api).select(flags.words);
  if (!chosen) return std::unexpected(chosen.error());
  const auto machine = observed(*chosen);
  if (session.json) {
    session.out << jlist_of(*chosen, machine).dump(-1, ' ', false, Json::error_handler_t::replace)
                << "\n";
    return {};
  }
  const auto now = runtime::SystemClock().now();
  for (const auto& process : *chosen) {
    session.out << (&process == &chosen->front() ? "" : "\n")
                << process_page(process, machine, session.look(), now);
  }
  return {};
}

Result<void> show_environment(Session& session, const SelectFlags& flags) {
  const auto chosen = Roster(session.api).select(flags.words);
  if (!chosen) return std::unexpected(chosen.error());
  Json all = Json::object();
  for (const auto& process : *chosen) {
    Json& one = all[process.id] = Json::object();
    for (const auto& [name, value] : shown_environment(process.config())) {
      one[name] = value;
      if (session.json) continue;
      session.out << (chosen->size() > 1 ? process.id + "  " : "")
                  << sanitise(name + ": " + value, Lines::escape) << "\n";
    }
  }
  if (session.json) session.out << all.dump() << "\n";
  return {};
}

}  // namespace nightshift::bridges::cli
