// What must be under way in a phase: effects and deadlines. Derived from the state alone, so that
// the host finds it again after a crash, and compares old with new to know what begins and ends.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "messages/authority.pb.h"
#include "messages/time.hpp"

namespace nightshift::kernel {

/// Something to be done outside, at most once per id.
struct Effect {
  /// From the deciding event, never from the attempt.
  std::string id;
  /// Full name of the effect message, and its bytes.
  std::string type;
  std::string payload;
  /// Who allowed it; none for standing grants (CONTRACTS.md).
  std::optional<Gate> gate;
};

/// A command of the same entity that the host sends when `due` has come.
struct Deadline {
  std::string name;
  Time due{};
  /// Name of the command message (`Expire`), and its bytes.
  std::string command;
  std::string payload;

  bool operator==(const Deadline&) const = default;
};

struct Work {
  std::vector<Effect> effects;
  std::vector<Deadline> deadlines;

  Work& effect(std::string id, const google::protobuf::Message& message,
               std::optional<Gate> gate = std::nullopt);
  Work& deadline(std::string name, Time due, const google::protobuf::Message& command);

  const Effect* find_effect(std::string_view id) const;
};

}  // namespace nightshift::kernel
