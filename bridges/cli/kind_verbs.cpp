// KIND COMMAND ID [field=value ...]: any command of any kind, from its descriptors.
#include <algorithm>
#include <iostream>
#include <set>

#include <nlohmann/json.hpp>

#include "bridges/cli/verbs.hpp"
#include "messages/crypto.hpp"
#include "messages/ids.hpp"
#include "messages/json.hpp"
#include "messages/nearest.hpp"

namespace nightshift::bridges::cli {
namespace {

using google::protobuf::FieldDescriptor;

Result<const kernel::CommandInfo*> find_command(const kernel::Kind& kind, std::string_view word) {
  std::vector<std::string_view> words;
  for (const auto& command : kind.commands()) {
    if (command.scope == SCOPE_HOST) continue;
    if (command.word == word) return &command;
    words.push_back(command.word);
  }
  return fail(ErrorCode::unknown_command,
              std::string(kind.name()) + " has no command \"" + std::string(word) +
                  "\"; did you mean " + nearest(word, words) + "?",
              std::string(word));
}

/// The value of `field=@FILE`: the file's bytes, as base64url where the field is bytes.
Result<std::string> value_from_file(const google::protobuf::Descriptor* message,
                                    const std::string& name, const std::string& file) {
  auto bytes = runtime::read_small_file(file);
  if (!bytes) return bytes;
  const auto* field = message->FindFieldByName(name);
  if (field != nullptr && field->type() == FieldDescriptor::TYPE_BYTES) {
    return to_base64url(*bytes);
  }
  return bytes;
}

/// Only what was said: defaults would be values that nobody gave.
std::string json_of_set_fields(const google::protobuf::Message& message) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  const auto all = Json::parse(to_json(message));
  Json said = Json::object();
  for (const auto* field : set) said[field->name()] = all.at(field->name());
  return said.dump();
}

void print_answer(Session& session, const NodeAnswer& answer) {
  if (session.json) {
    session.out << answer.body << "\n";
  } else if (const auto json = parse_json(answer.body)) {
    session.out << show_outcome(*json);
  }
}

}  // namespace

Result<std::string> command_body(const kernel::CommandInfo& command,
                                 const std::vector<std::string>& fields) {
  const std::unique_ptr<google::protobuf::Message> message(command.prototype->New());
  for (const auto& text : fields) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorCode::usage, "\"" + text + "\" is not field=value", text);
    }
    const auto name = text.substr(0, equals);
    auto value = text.substr(equals + 1);
    if (value.starts_with('@')) {
      auto bytes = value_from_file(command.descriptor, name, value.substr(1));
      if (!bytes) return std::unexpected(bytes.error());
      value = std::move(*bytes);
    }
    if (auto set = set_field(*message, name, value); !set) return std::unexpected(set.error());
  }
  if (auto checked = check_rules(*message); !checked) return std::unexpected(checked.error());
  return json_of_set_fields(*message);
}

Result<void> command(Session& session, const CommandFlags& flags) {
  const auto kind = session.kind(flags.kind);
  if (!kind) return std::unexpected(kind.error());
  const auto found = find_command(**kind, flags.command);
  if (!found) return std::unexpected(found.error());
  if (!is_id(flags.id)) {
    return fail(ErrorCode::invalid,
                "\"" + flags.id +
                    "\" is not an id: 1 to 128 letters, digits, "
                    "dots, underscores or hyphens",
                "id");
  }
  auto fields = flags.fields;
  if ((*found)->signed_by_approver) {
    auto complete = sign_decision(session, **kind, flags);
    if (!complete) return std::unexpected(complete.error());
    fields = std::move(*complete);
  } else if ((*found)->scope == SCOPE_APPROVE) {
    prefer_approver(session);
  }
  auto body = command_body(**found, fields);
  if (!body) return std::unexpected(body.error());
  const auto answer = session.api.post("/v1/" + flags.kind + "/" + flags.id + "/" + flags.command,
                                       std::move(*body));
  if (!answer) return std::unexpected(answer.error());
  print_answer(session, *answer);
  return {};
}

}  // namespace nightshift::bridges::cli
