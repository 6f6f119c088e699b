// From descriptors to JSON Schema.
#include "bridges/http/schema.hpp"

#include <set>
#include <vector>

#include "messages/json.hpp"
#include "messages/options.pb.h"

namespace nightshift::bridges::http {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

constexpr std::string_view timestamp = "google.protobuf.Timestamp";

/// `nightshift.approval.State.Pending` -> `approval.State.Pending`.
std::string component_name(const Descriptor& message) {
  constexpr std::string_view ours = "nightshift.";
  const std::string& name = message.full_name();
  return name.starts_with(ours) ? name.substr(ours.size()) : name;
}

/// Words of an enum but the one that means "not said".
std::vector<std::string> words_of(const EnumDescriptor& type) {
  std::vector<std::string> out;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) out.push_back(enum_word(*type.value(i)));
  }
  return out;
}

/// Beyond 53 bits a number is text.
void write_integer(bool wide, bool unsigned_type, runtime::JsonWriter& json) {
  if (wide) {
    json.key("type").raw(R"(["integer","string"])");
  } else {
    json.field("type", "integer");
  }
  if (unsigned_type) json.field("minimum", 0u);
}

void write_scalar_type(const FieldDescriptor& field, runtime::JsonWriter& json) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: json.field("type", "boolean"); return;
    case FieldDescriptor::CPPTYPE_INT32: write_integer(false, false, json); return;
    case FieldDescriptor::CPPTYPE_UINT32: write_integer(false, true, json); return;
    case FieldDescriptor::CPPTYPE_INT64: write_integer(true, false, json); return;
    case FieldDescriptor::CPPTYPE_UINT64: write_integer(true, true, json); return;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE: json.field("type", "number"); return;
    default: json.field("type", "string"); return;
  }
}

}  // namespace

void Schemas::refer(const Descriptor& message, runtime::JsonWriter& json) {
  const std::string name = component_name(message);
  wanted_.emplace(name, &message);
  json.begin_object().field("$ref", "#/components/schemas/" + name).end_object();
}

void Schemas::write_components(runtime::JsonWriter& json) {
  std::map<std::string, std::string> written;
  for (bool more = true; more;) {
    more = false;
    for (const auto& [name, message] : std::map(wanted_)) {
      if (written.contains(name)) continue;
      std::string text;
      runtime::JsonWriter inner(text);
      write_message(*message, inner);
      written.emplace(name, std::move(text));
      more = true;
    }
  }
  for (const auto& [name, text] : written) json.key(name).raw(text);
}

void Schemas::write_message(const Descriptor& message, runtime::JsonWriter& json) {
  json.begin_object().field("type", "object").field("additionalProperties", false);
  json.key("properties").begin_object();
  std::vector<std::string_view> required;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.options().GetExtension(rules).required()) required.push_back(field.name());
    json.key(field.name());
    write_field(field, json);
  }
  json.end_object();
  if (!required.empty()) {
    json.key("required").begin_array();
    for (const std::string_view name : required) json.text(name);
    json.end_array();
  }
  json.end_object();
}

void Schemas::write_field(const FieldDescriptor& field, runtime::JsonWriter& json) {
  if (!field.is_repeated()) return write_value(field, json);
  json.begin_object();
  if (field.is_map()) {
    json.field("type", "object").key("additionalProperties");
    write_value(*field.message_type()->map_value(), json);
  } else {
    json.field("type", "array").key("items");
    write_value(field, json);
  }
  json.end_object();
}

void Schemas::write_value(const FieldDescriptor& field, runtime::JsonWriter& json) {
  const FieldRules& rule = field.options().GetExtension(rules);
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    if (field.message_type()->full_name() != timestamp) return refer(*field.message_type(), json);
    json.begin_object().field("type", "string").field("format", "date-time").end_object();
    return;
  }
  json.begin_object();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    json.field("type", "string").key("enum").begin_array();
    for (const std::string& word : words_of(*field.enum_type())) json.text(word);
    if (!rule.required()) json.text("unspecified");
    json.end_array();
  } else {
    write_scalar_type(field, json);
    if (field.type() == FieldDescriptor::TYPE_BYTES) json.field("contentEncoding", "base64url");
    const bool text = field.type() == FieldDescriptor::TYPE_STRING;
    if (text && rule.required() && !field.is_repeated()) json.field("minLength", 1u);
    if (text && rule.bytes_max() > 0) json.field("maxLength", rule.bytes_max());
    if (rule.max() > 0) json.field("maximum", rule.max());
  }
  json.end_object();
}

namespace {

void write_example_value(const FieldDescriptor& field, runtime::JsonWriter& json) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: json.boolean(true); return;
    case FieldDescriptor::CPPTYPE_ENUM: json.text(words_of(*field.enum_type()).front()); return;
    case FieldDescriptor::CPPTYPE_STRING:
      json.text(field.type() == FieldDescriptor::TYPE_BYTES ? "AAEC" : "text");
      return;
    default: json.number(1); return;
  }
}

/// Optional sub-messages are left out: their forms are in their own schemas.
bool is_shown(const FieldDescriptor& field) {
  if (field.options().GetExtension(rules).required()) return true;
  return field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated();
}

}  // namespace

void write_example(const Descriptor& message, runtime::JsonWriter& json) {
  json.begin_object();
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (!is_shown(field)) continue;
    json.key(field.name());
    if (field.is_repeated()) json.begin_array();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      write_example(*field.message_type(), json);
    } else {
      write_example_value(field, json);
    }
    if (field.is_repeated()) json.end_array();
  }
  json.end_object();
}

}  // namespace nightshift::bridges::http
