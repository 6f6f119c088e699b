// Gives events that were decided again the ids that they had the first time.
#pragma once

#include "runtime/kernel/events.hpp"

namespace nightshift::runtime::history {

/// `fresh` are the ids that the decision was handed, in their order. Where an event has one of them
/// and `expected` another of the same form, it takes that, everywhere: in texts, in bytes that were
/// rendered, and digests of such bytes are taken again.
void take_ids(kernel::AnyEvents& events,
              const std::vector<const google::protobuf::Message*>& expected,
              const std::vector<std::string>& fresh);

}  // namespace nightshift::runtime::history
