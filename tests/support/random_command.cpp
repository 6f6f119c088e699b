// Fills commands by reflection.
#include "tests/support/random_command.hpp"

#include <google/protobuf/timestamp.pb.h>

#include "messages/crypto.hpp"

namespace nightshift::tests {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// Per cent of the fields with words of their own that get one: a message has many, and is to be
/// a good one now and then.
constexpr int usual = 95;

std::string random_text(const World& world, Dice& dice) {
  const auto bytes = [&dice](std::size_t count) {
    return std::string(as_bytes(sha256(std::to_string(dice.roll(16)))).substr(0, count));
  };
  switch (dice.roll(16)) {
    case 0: return "";
    case 1: return std::string(dice.roll(300), 'x');
    case 2: return "two\r\nlines";
    case 3: return "\x1b[2K\u202Eover\u202Cthere";
    case 4: return "Grüße an 世界 🌙";
    case 5: return to_rfc3339(world.now + std::chrono::hours(dice.roll(4)) - std::chrono::hours(1));
    case 6: return to_hex(bytes(32));
    case 7:
    case 8: return to_base64url(bytes(16));
    case 9:
    case 10: return to_base64url(bytes(32));
    case 11: return dice.pick<std::string>({"alice", "bob", "carol", "scribe", "host", "admin"});
    case 12:
    case 13: return "\"Doe, John\" <john@example.org>";
    default: return dice.pick<std::string>({"jane@example.org", "alice@example.org"});
  }
}

/// A place that an executor of the world's node knows; empty where none does.
std::string random_target(const World& world, Dice& dice) {
  std::vector<std::string> names;
  for (const auto& [effect, targets] : world.node.executors) {
    for (const auto& [name, facts] : targets) names.push_back(name);
  }
  return names.empty() ? "" : dice.pick(names);
}

std::string random_word(const std::string& field, const World& world, Dice& dice) {
  if (field == "target" && dice.chance(80)) return random_target(world, dice);
  const auto words = world.words.find(field);
  if (words != world.words.end() && dice.chance(usual)) return dice.pick(words->second);
  return random_text(world, dice);
}

/// Mostly one of the world's words for it, where there are any.
std::uint64_t random_number(const std::string& field, std::uint64_t otherwise, const World& world,
                            Dice& dice) {
  const auto words = world.words.find(field);
  if (words == world.words.end() || !dice.chance(usual)) return otherwise;
  return std::stoull(dice.pick(words->second));
}

/// What the view says about a field of the same name and type.
const FieldDescriptor* shown_field(const FieldDescriptor& field, const Message* view) {
  if (view == nullptr) return nullptr;
  const auto* shown = view->GetDescriptor()->FindFieldByName(field.name());
  const bool same = shown != nullptr && shown->type() == field.type() && !shown->is_repeated();
  return same && shown->cpp_type() == FieldDescriptor::CPPTYPE_STRING ? shown : nullptr;
}

void fill(Message& message, const Message* view, const World& world, Dice& dice);

void set_time(Message& message, const World& world, Dice& dice) {
  const auto by = std::chrono::minutes(dice.roll(48 * 60)) - std::chrono::hours(6);
  message.CopyFrom(to_proto(world.now + by));
}

void fill_message(Message& child, const World& world, Dice& dice) {
  if (child.GetDescriptor()->full_name() == "google.protobuf.Timestamp") {
    set_time(child, world, dice);
  } else {
    fill(child, nullptr, world, dice);
  }
}

void add_repeated(Message& message, const FieldDescriptor& field, const World& world, Dice& dice) {
  const auto& reflection = *message.GetReflection();
  for (auto n = dice.roll(3); n > 0; --n) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        reflection.AddString(&message, &field, random_word(field.name(), world, dice));
        break;
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto& type = *field.enum_type();
        reflection.AddEnum(&message, &field,
                           type.value(static_cast<int>(dice.roll(type.value_count()))));
        break;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        fill_message(*reflection.AddMessage(&message, &field), world, dice);
        break;
      default: break;
    }
  }
}

void set_one(Message& message, const FieldDescriptor& field, const World& world, Dice& dice) {
  const auto& reflection = *message.GetReflection();
  const auto number = static_cast<std::int64_t>(dice.chance(90) ? dice.roll(40) - 20 : dice.roll());
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, &field, random_word(field.name(), world, dice));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, dice.chance(40));
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, &field, static_cast<std::int32_t>(number));
    case FieldDescriptor::CPPTYPE_INT64: return reflection.SetInt64(&message, &field, number);
    case FieldDescriptor::CPPTYPE_UINT32: {
      const auto small = dice.chance(usual) ? dice.roll(20) : static_cast<std::uint64_t>(number);
      return reflection.SetUInt32(
          &message, &field,
          static_cast<std::uint32_t>(random_number(field.name(), small, world, dice)));
    }
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(
          &message, &field,
          random_number(field.name(), static_cast<std::uint64_t>(number), world, dice));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto& type = *field.enum_type();
      return reflection.SetEnum(&message, &field,
                                type.value(static_cast<int>(dice.roll(type.value_count()))));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (!dice.chance(field.options().GetExtension(rules).required() ? 90 : 30)) return;
      return fill_message(*reflection.MutableMessage(&message, &field), world, dice);
    default: return;
  }
}

void fill(Message& message, const Message* view, const World& world, Dice& dice) {
  const auto& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const auto& field = *descriptor.field(i);
    const auto* shown = shown_field(field, view);
    if (field.is_repeated()) {
      add_repeated(message, field, world, dice);
    } else if (shown != nullptr && dice.chance(70)) {
      message.GetReflection()->SetString(&message, &field,
                                         view->GetReflection()->GetString(*view, shown));
    } else if (dice.chance(85)) {
      set_one(message, field, world, dice);
    }
  }
}

void set_text(Message& message, const char* name, const std::string& value) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  message.GetReflection()->SetString(&message, field, value);
}

/// Fills `approver`, `nonce`, `expiry`, `signature` as the CLI does.
void sign(Message& message, const std::string& word, const World& world, Dice& dice) {
  const auto* digest = message.GetDescriptor()->FindFieldByName("digest");
  const auto approver = dice.pick<std::string>({"alice", "bob", "carol"});
  const auto chosen = nonce(static_cast<unsigned>(dice.roll(1000)));
  const auto hours = std::chrono::hours(dice.roll(8));
  const auto expiry = dice.chance(60) ? "" : to_rfc3339(world.now + hours);
  set_text(message, "approver", approver);
  set_text(message, "nonce", chosen);
  set_text(message, "expiry", expiry);
  set_text(message, "signature",
           world.sign(approver, message.GetReflection()->GetString(message, digest), word, chosen,
                      expiry));
}

}  // namespace

std::unique_ptr<Message> random_command(const kernel::CommandInfo& command, const Message* view,
                                        const World& world, Dice& dice) {
  std::unique_ptr<Message> message(command.prototype->New());
  fill(*message, view, world, dice);
  if (command.signed_by_approver && dice.chance(90)) sign(*message, command.word, world, dice);
  return message;
}

kernel::Caller random_caller(Scope scope, Dice& dice) {
  if (scope == SCOPE_HOST || dice.chance(5)) return kernel::Caller::of_host();
  std::set<Scope> scopes{SCOPE_READ, scope};
  if (dice.chance(50)) scopes.insert({SCOPE_OPERATE, SCOPE_PROPOSE});
  if (scope != SCOPE_APPROVE && scope != SCOPE_ADMIN && dice.chance(30)) {
    return agent("scribe", std::move(scopes));
  }
  return person(dice.pick<std::string>({"alice", "bob", "carol", "dave"}), std::move(scopes));
}

}  // namespace nightshift::tests
