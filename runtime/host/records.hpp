// Makes records of events: serialised once, salted, with their leaves.
#pragma once

#include <string>

#include "messages/record.pb.h"
#include "runtime/kernel/kind.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::host {

/// What the records of one decision have in common.
struct Stamp {
  const kernel::Kind& kind;
  const EntityRef& entity;
  const std::string& home;
  Time decided_at{};
  std::string_view cause;
  std::string_view correlation;
  std::string_view principal;
};

/// `Approved`, or `host.Dispatched`: the type of an event in its record.
std::string record_type(const google::protobuf::Message& event);

storage::NewRecord make_record(const Stamp& stamp, std::uint64_t sequence,
                               const google::protobuf::Message& event);

}  // namespace nightshift::runtime::host
