// Makes a `Kind` from the static overloads of one struct:
//
//   struct Approval {
//     using Phases = Types<pb::State::Absent, pb::State::Pending, ...>;   // the first is "nothing yet"
//     using State = std::variant<...the same...>;
//     using Commands = Types<pb::Propose, ...>;
//     using Events = kernel::Events<pb::Proposed, ...>;
//     using View = pb::View;
//     static Result<Events> decide(const Phase&, const Command&, const Context&);   // cells
//     static State evolve(Phase&&, const Event&);
//     static Work pending(const Phase&);                                  // where work is open
//     static View view(const Phase&);
//     static void contribute(const Phase&, Authority&);                   // optional
//     using Retired = Types<pb::ProposedV1>;                              // optional, with
//     static pb::Proposed upcast(const pb::ProposedV1&);
//     static constexpr std::uint32_t evolver = 1, derivation = 1;         // optional
//   };
#pragma once

#include <memory>

#include "runtime/kernel/kind.hpp"

namespace nightshift::kernel {

template <class K>
std::unique_ptr<const Kind> lift();

}  // namespace nightshift::kernel

#include "runtime/kernel/lift_impl.hpp"
