// What is checked of a command before its entity hears of it.
#include "runtime/host/inspection.hpp"

#include "messages/json.hpp"
#include "messages/utf8.hpp"

namespace nightshift::runtime::host {

Result<void> inspect(const Catalog& catalog, const Command& command) {
  const auto& entity = command.entity;
  const auto* kind = catalog.find(entity.kind);
  if (kind == nullptr) {
    return fail(ErrorCode::unknown_kind, "there is no kind " + entity.kind, entity.kind);
  }
  if (!is_id(entity.id)) {
    return fail(ErrorCode::invalid,
                "an id is 1 to 128 of the characters A-Z a-z 0-9 . _ -, not '" + entity.id + "'",
                "id");
  }
  if (utf8_prefix_bytes(command.key) != command.key.size()) {
    return fail(ErrorCode::invalid, "a command id must be UTF-8", "key");
  }
  const auto* descriptor = command.body->GetDescriptor();
  const auto* info = kind->find_command(descriptor->name());
  if (info == nullptr || info->descriptor != descriptor) {
    return fail(ErrorCode::unknown_command, entity.kind + " has no command " + descriptor->name(),
                descriptor->name());
  }
  if (!command.caller.may(info->scope)) {
    return fail(ErrorCode::forbidden,
                command.caller.principal + " may not " + info->word + " " + entity.kind +
                    ": its token lacks the scope " +
                    enum_word(*Scope_descriptor()->FindValueByNumber(info->scope)),
                to_string(entity));
  }
  return check_rules(*command.body);
}

}  // namespace nightshift::runtime::host
