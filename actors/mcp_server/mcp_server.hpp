// The life of an MCP server: defined, well or not, with tools that people have accepted.
#pragma once

#include <concepts>

#include "messages/mcp_server.pb.h"
#include "runtime/kernel/cells.hpp"

namespace nightshift::actors {

namespace mcp_server_pb = nightshift::mcp_server;

/// How it is doing follows from its last three calls (CONTRACTS.md, defaults), and which phase that
/// is from `phase_of`: so the known phases have the same cells.
struct McpServer {
  using Absent = mcp_server_pb::State::Absent;
  using Starting = mcp_server_pb::State::Starting;
  using Online = mcp_server_pb::State::Online;
  using Degraded = mcp_server_pb::State::Degraded;
  using Offline = mcp_server_pb::State::Offline;
  using Unauthenticated = mcp_server_pb::State::Unauthenticated;
  using Changed = mcp_server_pb::State::Changed;
  using Deleted = mcp_server_pb::State::Deleted;

  using Phases =
      kernel::Types<Absent, Starting, Online, Degraded, Offline, Unauthenticated, Changed, Deleted>;
  using State = Phases::Variant;
  using Commands = kernel::Types<mcp_server_pb::Define, mcp_server_pb::Accept,
                                 mcp_server_pb::Delete, mcp_server_pb::ReportOpened,
                                 mcp_server_pb::ReportCall, mcp_server_pb::ReportTools>;
  using Events =
      kernel::Events<mcp_server_pb::Defined, mcp_server_pb::Opened, mcp_server_pb::Called,
                     mcp_server_pb::ToolsListed, mcp_server_pb::Accepted, mcp_server_pb::Deleted>;
  using View = mcp_server_pb::View;
  using Context = kernel::Context;

 private:
  using Subject = mcp_server_pb::Subject;
  template <class Phase>
  static constexpr bool is_known = requires(const Phase& phase) { phase.subject(); };
  /// Where it is well, nothing waits to be accepted.
  template <class Phase>
  static constexpr bool may_wait =
      is_known<Phase> && !std::same_as<Phase, Online> && !std::same_as<Phase, Degraded>;

  static Result<Events> define(const Subject&, const mcp_server_pb::Define&, const Context&);
  static Result<Events> accept(const Subject&, const mcp_server_pb::Accept&, const Context&);
  static Result<Events> opened(const Subject&, const mcp_server_pb::ReportOpened&);
  static Result<Events> called(const Subject&, const mcp_server_pb::ReportCall&, const Context&);
  static Result<Events> tools_listed(const Subject&, const mcp_server_pb::ReportTools&);

  static void apply(Subject&, const mcp_server_pb::Defined&);
  static void apply(Subject&, const mcp_server_pb::Opened&);
  static void apply(Subject&, const mcp_server_pb::Called&);
  static void apply(Subject&, const mcp_server_pb::ToolsListed&);
  static void apply(Subject&, const mcp_server_pb::Accepted&);

  static State phase_of(Subject&& subject);
  static View subject_view(const Subject& subject);

 public:
  static Result<Events> decide(const Absent&, const mcp_server_pb::Define&, const Context&);
  static Result<Events> decide(const Deleted&, const mcp_server_pb::Define&, const Context&);
  static Result<Events> decide(const Deleted&, const mcp_server_pb::Delete&, const Context&);

  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase& phase, const mcp_server_pb::Define& command,
                               const Context& context) {
    return define(phase.subject(), command, context);
  }
  template <class Phase>
    requires may_wait<Phase>
  static Result<Events> decide(const Phase& phase, const mcp_server_pb::Accept& command,
                               const Context& context) {
    return accept(phase.subject(), command, context);
  }
  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase&, const mcp_server_pb::Delete&, const Context&) {
    return mcp_server_pb::Deleted();
  }
  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase& phase, const mcp_server_pb::ReportOpened& command,
                               const Context&) {
    return opened(phase.subject(), command);
  }
  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase& phase, const mcp_server_pb::ReportCall& command,
                               const Context& context) {
    return called(phase.subject(), command, context);
  }
  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase& phase, const mcp_server_pb::ReportTools& command,
                               const Context&) {
    return tools_listed(phase.subject(), command);
  }

  static State evolve(Absent&&, const mcp_server_pb::Defined&);   // -> Starting
  static State evolve(Deleted&&, const mcp_server_pb::Defined&);  // -> Starting

  /// -> any known phase, or Deleted
  template <class Phase, class Event>
    requires is_known<Phase> &&
             (may_wait<Phase> || !std::same_as<Event, mcp_server_pb::Accepted>) &&
             requires(Subject& subject, const Event& event) { apply(subject, event); }
  static State evolve(Phase&& phase, const Event& event) {
    auto subject = std::move(*phase.mutable_subject());
    apply(subject, event);
    return phase_of(std::move(subject));
  }
  template <class Phase>
    requires is_known<Phase>
  static State evolve(Phase&&, const mcp_server_pb::Deleted&) {
    return Deleted();
  }

  template <class Phase>
    requires is_known<Phase>
  static View view(const Phase& phase) {
    return subject_view(phase.subject());
  }
  static View view(const Deleted&) { return {}; }
};

}  // namespace nightshift::actors
