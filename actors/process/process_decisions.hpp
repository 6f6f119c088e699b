// What the decisions of a process are made of: the events of starts, stops, ends and signals.
#pragma once

#include <chrono>
#include <string>

#include "actors/process/process.hpp"

namespace nightshift::actors::process_decisions {

using Events = Process::Events;

// ---- starting

process_pb::Launched launched(const kernel::Context& context, std::string detail);
/// It ran, and runs again without a person's start.
process_pb::Launched again(const kernel::Context& context, std::string detail);
/// A person wants it to run: first what it comes after.
Events started(const process_pb::Subject& subject, const kernel::Context& context);
process_pb::Started started_event(const process_pb::ReportStarted& command);
process_pb::BecameOnline online(const kernel::Context& context, std::string detail);

// ---- definitions

/// `before`: null where there is none yet.
Result<Events> define(const process_pb::Subject* before, const process_pb::Define& command,
                      const kernel::Context& context);

// ---- stopping

process_pb::StopBegun stop_begun(process_pb::Then then, const kernel::Context& context,
                                 std::string detail);
/// By a person.
Events stop(process_pb::Then then, const kernel::Context& context);
/// It is being stopped already: what follows may still change.
Result<Events> turn(const Process::Stopping& phase, process_pb::Then then,
                    const kernel::Context& context);

// ---- ends

bool is_this_run(const process_pb::Run& run, const std::string& reported);
process_pb::Exited exited(const process_pb::Exit& exit, std::string detail);

/// Why it is started again: `after` exit code 1, `as` it is not well.
struct Reason {
  std::string link;
  std::string what;
};
/// It failed, or was ended because it was not well.
Events failed(const process_pb::Subject& subject, const process_pb::Run& run,
              const process_pb::Exit& exit, const Reason& reason, const kernel::Context& context);
/// Its files had changed.
Events changed(const process_pb::Subject& subject, const process_pb::Exit& exit,
               const kernel::Context& context);
/// Nobody asked it to end.
Events ended(const process_pb::Subject& subject, const process_pb::Run& run,
             const process_pb::Exit& exit, const kernel::Context& context);
/// It could not be started.
Result<Events> refused(const process_pb::Subject& subject, const process_pb::ReportRefused& command,
                       const kernel::Context& context);
/// `uptime`: for how long it has been online.
Result<Events> trouble(const process_pb::Subject& subject, const process_pb::Run& run,
                       const process_pb::ReportTrouble& command, std::chrono::microseconds uptime,
                       const kernel::Context& context);

// ---- signals

Result<Events> ask_signal(const process_pb::Run& run, const process_pb::Signal& command,
                          const kernel::Context& context);
Result<Events> signalled(const process_pb::Run& run, const process_pb::ReportSignalled& command);

}  // namespace nightshift::actors::process_decisions
