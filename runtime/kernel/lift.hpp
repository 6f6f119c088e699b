// Makes a `Kind` from the static overloads of one struct:
//
//   struct Approval {
//     using Phases = Types<pb::State::Absent, pb::State::Pending, ...>;   // first: "nothing yet"
//     using State = Phases::Variant;
//     using Commands = Types<pb::Propose, ...>;
//     using Events = kernel::Events<pb::Proposed, ...>;  // or Telling<Events<...>, commands...>
//     using View = pb::View;
//     static Result<Events> decide(const Phase&, const Command&, const Context&);   // cells
//     static State evolve(Phase&&, const Event&);                                   // cells
//     static View view(const Phase&);                            // every phase but the first
//     static View indexed(const Phase&);                         // optional, where `view` is dear
//     static Work pending(const Phase&);                         // optional, where work is open
//     static void contribute(const Phase&, Authority&);          // optional
//     static Result<std::string> preview(std::string_view content);   // optional, for approvers
//     using Retired = Types<pb::ProposedV1>;                     // optional, with
//     static pb::Proposed upcast(const pb::ProposedV1&);
//     static constexpr std::uint32_t evolver = 1, derivation = 1;         // optional
//   };
//
// A cell exists only where an overload has exactly these types; one that is callable but inexact or
// ambiguous does not compile. The host's own events (`Dispatched`, `Ended`, `Told`, `TellRefused`)
// are folded where a cell takes them, and leave the phase as it is elsewhere; a kind that tells
// takes `TellRefused` in every phase but the first. `indexed` fills the indexed fields alone.
#pragma once

#include <memory>

#include "runtime/kernel/kind.hpp"

namespace nightshift::kernel {

template <class K>
std::unique_ptr<const Kind> lift();

}  // namespace nightshift::kernel

#include "runtime/kernel/lift_impl.hpp"
