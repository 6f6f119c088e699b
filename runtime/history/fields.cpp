// Goes through a message by reflection.
#include "runtime/history/fields.hpp"

#include <google/protobuf/descriptor.h>

namespace nightshift::runtime::history {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void rewrite_texts(Message& message, const TextVisitor& visit) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    const auto count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        auto* below = field->is_repeated() ? reflection.MutableRepeatedMessage(&message, field, i)
                                           : reflection.MutableMessage(&message, field);
        rewrite_texts(*below, visit);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && field->is_repeated()) {
        reflection.SetRepeatedString(
            &message, field, i, visit(*field, reflection.GetRepeatedString(message, field, i)));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        reflection.SetString(&message, field, visit(*field, reflection.GetString(message, field)));
      }
    }
  }
}

}  // namespace nightshift::runtime::history
