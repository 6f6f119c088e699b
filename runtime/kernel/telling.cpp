// Makes the event of a Tell.
#include "runtime/kernel/telling.hpp"

#include <cassert>

#include "messages/options.pb.h"

namespace nightshift::kernel {

host::Told told(std::string id, const google::protobuf::Message& command) {
  const auto& descriptor = *command.GetDescriptor();
  const auto& kind = descriptor.file()->options().GetExtension(nightshift::kind).name();
  assert(!kind.empty() && "a command belongs to the kind of its file");
  host::Told event;
  event.set_kind(kind);
  event.set_id(std::move(id));
  event.set_command(descriptor.name());
  event.set_body(command.SerializeAsString());
  return event;
}

}  // namespace nightshift::kernel
