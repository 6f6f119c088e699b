// Every text of a message, wherever it stands.
#pragma once

#include <functional>
#include <string>

#include <google/protobuf/message.h>

namespace nightshift::runtime::history {

/// Texts and bytes; the answer takes the place of `value`.
using TextVisitor = std::function<std::string(const google::protobuf::FieldDescriptor& field,
                                              const std::string& value)>;

/// Through all messages within, in the order of the schema.
void rewrite_texts(google::protobuf::Message& message, const TextVisitor& visit);

}  // namespace nightshift::runtime::history
