// Reads a kind's lists from its schema, and words the refusals that all kinds share.
#include "runtime/kernel/described_kind.hpp"

#include <algorithm>
#include <cassert>
#include <cctype>

#include "messages/inbox.pb.h"
#include "messages/json.hpp"
#include "messages/options.pb.h"

namespace nightshift::kernel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// `SetBudget` -> `set_budget`.
std::string snake_case(std::string_view name) {
  std::string word;
  for (const char c : name) {
    if (std::isupper(static_cast<unsigned char>(c)) && !word.empty()) word += '_';
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return word;
}

CommandInfo describe_command(const Message& prototype) {
  const auto& descriptor = *prototype.GetDescriptor();
  assert(descriptor.options().HasExtension(nightshift::command));
  const auto& options = descriptor.options().GetExtension(nightshift::command);
  return {.name = descriptor.name(),
          .word = snake_case(descriptor.name()),
          .scope = options.scope() == SCOPE_UNSPECIFIED ? SCOPE_OPERATE : options.scope(),
          .summary = options.summary(),
          .signed_by_approver = options.signed_by_approver(),
          .descriptor = &descriptor,
          .prototype = &prototype};
}

PhaseInfo describe_phase(const Message& prototype) {
  const auto& descriptor = *prototype.GetDescriptor();
  assert(descriptor.options().HasExtension(nightshift::status));
  return {.name = descriptor.name(),
          .status = descriptor.options().GetExtension(nightshift::status),
          .awaits = descriptor.options().GetExtension(nightshift::awaits)};
}

EventInfo describe_event(const Message& prototype) {
  const auto& descriptor = *prototype.GetDescriptor();
  assert(descriptor.options().HasExtension(nightshift::event));
  return {.name = descriptor.name(),
          .sentence = descriptor.options().GetExtension(nightshift::event),
          .descriptor = &descriptor};
}

std::string text_of(const Message& view, const FieldDescriptor& field) {
  const auto& reflection = *view.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: return reflection.GetString(view, &field);
    case FieldDescriptor::CPPTYPE_ENUM: return enum_word(*reflection.GetEnum(view, &field));
    case FieldDescriptor::CPPTYPE_BOOL: return reflection.GetBool(view, &field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_UINT32: return std::to_string(reflection.GetUInt32(view, &field));
    case FieldDescriptor::CPPTYPE_UINT64: return std::to_string(reflection.GetUInt64(view, &field));
    case FieldDescriptor::CPPTYPE_INT32: return std::to_string(reflection.GetInt32(view, &field));
    case FieldDescriptor::CPPTYPE_INT64: return std::to_string(reflection.GetInt64(view, &field));
    default: assert(!"an indexed field is a text, an enum, a bool or a whole number"); return {};
  }
}

}  // namespace

DescribedKind::DescribedKind(const KindLists& lists)
    : options_(lists.view->GetDescriptor()->file()->options().GetExtension(nightshift::kind)),
      view_(lists.view->GetDescriptor()),
      decides_(lists.decides),
      evolves_(lists.evolves),
      ends_(lists.ends),
      evolver_(lists.evolver),
      derivation_(lists.derivation) {
  assert(!options_.name().empty());
  for (const auto* phase : lists.phases) phases_.push_back(describe_phase(*phase));
  for (const auto* command : lists.commands) commands_.push_back(describe_command(*command));
  for (const auto* event : lists.events) events_.push_back(describe_event(*event));
  for (const auto* event : lists.retired) retired_.push_back(describe_event(*event));
  for (const auto* command : lists.tells) tells_.push_back(command->GetDescriptor());
  for (int i = 0; i < view_->field_count(); ++i) {
    const auto* field = view_->field(i);
    if (!field->options().GetExtension(nightshift::rules).indexed()) continue;
    assert(!field->is_repeated() && field->name() != "status");
    indexed_.push_back(field);
  }
}

bool DescribedKind::decides(std::size_t phase, std::size_t command) const {
  return decides_.at(phase).at(command);
}

bool DescribedKind::evolves(std::size_t phase, std::size_t event) const {
  return evolves_.at(phase).at(event);
}

bool DescribedKind::ends_in(std::size_t phase) const { return ends_.at(phase); }

IndexValues DescribedKind::index_values(const Message* view, std::string_view status) const {
  IndexValues values{{"status", std::string(status)}};
  for (const auto* field : indexed_) {
    auto text = view == nullptr ? std::string() : text_of(*view, *field);
    if (!text.empty()) values.emplace_back(field->name(), index_value(text));
  }
  std::ranges::sort(values);
  return values;
}

Error DescribedKind::no_cell(std::size_t phase, std::string_view command,
                             std::string_view id) const {
  const auto entity = std::string(name()) + "/" + std::string(id);
  if (phase == 0) return {ErrorCode::not_found, "there is no " + entity, entity};
  std::string takes;
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    if (!decides(phase, i) || commands_[i].scope == SCOPE_HOST) continue;
    takes += (takes.empty() ? "" : ", ") + commands_[i].word;
  }
  auto detail = entity + " is " + phases_[phase].status + " and does not take " +
                snake_case(command) + "; it takes " + (takes.empty() ? "nothing" : takes);
  return {ErrorCode::wrong_phase, std::move(detail), entity};
}

Error DescribedKind::no_command(const Message& message) const {
  return {ErrorCode::unknown_command,
          message.GetDescriptor()->full_name() + " is no command of " + std::string(name()),
          std::string(name())};
}

Error DescribedKind::no_event(std::size_t phase, std::string_view event) const {
  return {ErrorCode::corrupt,
          "the event " + std::string(event) + " cannot follow on phase " + phases_[phase].name +
              " of " + std::string(name()) + "; the entity's events are not those of this kind",
          std::string(name())};
}

Error DescribedKind::unreadable(std::string_view what) const {
  return {
      ErrorCode::corrupt,
      "the stored bytes of " + std::string(name()) + "'s " + std::string(what) + " cannot be read",
      std::string(name())};
}

}  // namespace nightshift::kernel
