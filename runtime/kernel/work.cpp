// Collects the effects and deadlines of a phase.
#include "runtime/kernel/work.hpp"

#include <algorithm>

namespace nightshift::kernel {

Work& Work::effect(std::string id, const google::protobuf::Message& message,
                   std::optional<Gate> gate) {
  effects.push_back({.id = std::move(id),
                     .type = message.GetDescriptor()->full_name(),
                     .payload = message.SerializeAsString(),
                     .gate = std::move(gate)});
  return *this;
}

Work& Work::deadline(std::string name, Time due, const google::protobuf::Message& command) {
  deadlines.push_back({.name = std::move(name),
                       .due = due,
                       .command = command.GetDescriptor()->name(),
                       .payload = command.SerializeAsString()});
  return *this;
}

const Effect* Work::find_effect(std::string_view id) const {
  const auto found = std::ranges::find(effects, id, &Effect::id);
  return found == effects.end() ? nullptr : &*found;
}

}  // namespace nightshift::kernel
