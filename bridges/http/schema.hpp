// JSON Schemas (2020-12, as OpenAPI 3.1 takes them) and examples of messages, in the JSON mapping.
#pragma once

#include <map>
#include <string>

#include <google/protobuf/descriptor.h>

#include "runtime/json_writer.hpp"

namespace nightshift::bridges::http {

/// Collects the messages that schemas refer to, so that each is written once.
class Schemas {
 public:
  /// Writes `{"$ref": ...}` to a message, which will be among the components.
  void refer(const google::protobuf::Descriptor& message, runtime::JsonWriter& json);
  /// Writes the members of `components.schemas`: every message that was referred to, and those that
  /// they refer to.
  void write_components(runtime::JsonWriter& json);

 private:
  void write_message(const google::protobuf::Descriptor& message, runtime::JsonWriter& json);
  void write_field(const google::protobuf::FieldDescriptor& field, runtime::JsonWriter& json);
  void write_value(const google::protobuf::FieldDescriptor& field, runtime::JsonWriter& json);

  std::map<std::string, const google::protobuf::Descriptor*> wanted_;
};

/// One instance that the schema admits: required fields, and scalars to show the form of each.
void write_example(const google::protobuf::Descriptor& message, runtime::JsonWriter& json);

}  // namespace nightshift::bridges::http
