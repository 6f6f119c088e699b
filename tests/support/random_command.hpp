// Commands for any kind, made from its schema: some valid, some nearly, some hostile.
#pragma once

#include <memory>

#include "runtime/kernel/kind.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/world.hpp"

namespace nightshift::tests {

/// Fills every field by its type and name. A field that the view has too often takes its value from
/// there (a digest, a revision); a command that an approver signs is mostly signed.
std::unique_ptr<google::protobuf::Message> random_command(const kernel::CommandInfo& command,
                                                          const google::protobuf::Message* view,
                                                          const World& world, Dice& dice);

/// A person, an agent or the host, mostly with the scope that the command needs.
kernel::Caller random_caller(Scope scope, Dice& dice);

}  // namespace nightshift::tests
