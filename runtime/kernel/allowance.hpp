// Whether a node may run an effect at all, and by what right. What a gate says about one effect is
// checked beside it (messages/gate.hpp).
#pragma once

#include <string_view>

#include "messages/effect_options.pb.h"
#include "messages/error.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::kernel {

/// Checked when an effect is proposed, for an early answer, and again right before it is
/// dispatched. `gated`: behind an approval; a cloud node runs none of these, whatever its
/// capabilities. Without a gate the standing grant of the effect is returned, and one that has none
/// is `forbidden`. `no_executor` where the node lacks the capability, or may not use it.
/// `effect_type` is the full name of an effect message; one that says nothing about itself (option
/// `outside`) never runs.
Result<StandingGrant> right_to_act(const NodeFacts& node, std::string_view effect_type, bool gated);

/// True if the node was not restricted to some capabilities, or holds this one.
bool holds(const NodeFacts& node, std::string_view capability);

}  // namespace nightshift::kernel
