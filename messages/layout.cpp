// Builds and keeps the layouts of message types.
#include "messages/layout.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <unordered_map>

#include "google/protobuf/timestamp.pb.h"
#include "messages/json.hpp"
#include "messages/options.pb.h"

namespace nightshift::detail {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

/// Fields that the rule `max` is for.
bool is_bounded(const FieldDescriptor& field) {
  const auto type = field.cpp_type();
  return !field.is_repeated() &&
         (type == FieldDescriptor::CPPTYPE_UINT32 || type == FieldDescriptor::CPPTYPE_UINT64);
}

class Layouts {
 public:
  const MessageLayout& find_or_make(const Descriptor* descriptor) {
    auto& slot = layouts_[descriptor];
    if (slot) return *slot;
    slot = std::make_unique<MessageLayout>();
    auto& layout = *slot;
    layout.descriptor = descriptor;
    layout.timestamp = descriptor == google::protobuf::Timestamp::descriptor();
    layout.fields.reserve(descriptor->field_count());
    for (int i = 0; i < descriptor->field_count(); ++i) {
      layout.fields.push_back(make_field(descriptor->field(i)));
    }
    return layout;
  }

 private:
  FieldLayout make_field(const FieldDescriptor* field) {
    FieldLayout layout;
    layout.field = field;
    layout.key = '"' + field->name() + "\":";
    layout.repeated = field->is_repeated();
    layout.map = field->is_map();
    layout.presence = field->has_presence();
    if (const auto* type = field->enum_type()) {
      for (int i = 0; i < type->value_count(); ++i) {
        layout.words.emplace_back(type->value(i)->number(), enum_word(*type->value(i)));
      }
    }
    if (const auto* type = field->message_type()) layout.message = &find_or_make(type);
    const auto& rules = field->options().GetExtension(nightshift::rules);
    layout.required = rules.required();
    layout.bytes_max = rules.bytes_max();
    layout.max = rules.max();
    assert(layout.max == 0 || is_bounded(*field));
    return layout;
  }

  std::unordered_map<const Descriptor*, std::unique_ptr<MessageLayout>> layouts_;
};

}  // namespace

const FieldLayout* MessageLayout::find(std::string_view name) const {
  // Messages have few fields: faster than hashing the name.
  const auto found = std::ranges::find(fields, name, &FieldLayout::name);
  return found == fields.end() ? nullptr : &*found;
}

const MessageLayout& layout_of(const Descriptor* descriptor) {
  assert(descriptor->file()->pool() == google::protobuf::DescriptorPool::generated_pool());
  // One set per thread: no lock on the way of every answer.
  thread_local Layouts layouts;
  return layouts.find_or_make(descriptor);
}

}  // namespace nightshift::detail
