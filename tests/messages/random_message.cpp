// Fills messages with random values by reflection.
#include "tests/messages/random_message.hpp"

#include <string>

#include "google/protobuf/timestamp.pb.h"
#include "messages/time.hpp"
#include "messages/utf8.hpp"

namespace nightshift::tests {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string any_text() {
  const auto character = rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 0x80),
                                        rc::gen::inRange<std::uint32_t>(0x80, 0xD800),
                                        rc::gen::inRange<std::uint32_t>(0xE000, 0x110000));
  std::string text;
  for (const auto c : *rc::gen::container<std::vector<std::uint32_t>>(character)) {
    append_utf8(c, text);
  }
  return text;
}

template <class Number>
Number any_number() {
  return *rc::gen::oneOf(rc::gen::arbitrary<Number>(),
                         rc::gen::element(std::numeric_limits<Number>::min(),
                                          std::numeric_limits<Number>::max(), Number(0)));
}

int any_value_of(const google::protobuf::EnumDescriptor* type) {
  return type->value(*rc::gen::inRange(0, type->value_count()))->number();
}

void fill_message(Message& message, int depth) {
  if (message.GetDescriptor() != google::protobuf::Timestamp::descriptor()) {
    return fill_randomly(message, depth);
  }
  constexpr std::int64_t us_min = -62'135'596'800'000'000;
  constexpr std::int64_t us_max = 253'402'300'799'999'999;
  message.CopyFrom(to_proto(time_from_us(*rc::gen::inRange(us_min, us_max))));
}

void fill_single(Message& message, const Reflection& r, const FieldDescriptor* f, int depth) {
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return r.SetInt32(&message, f, any_number<int32_t>());
    case FieldDescriptor::CPPTYPE_INT64: return r.SetInt64(&message, f, any_number<int64_t>());
    case FieldDescriptor::CPPTYPE_UINT32: return r.SetUInt32(&message, f, any_number<uint32_t>());
    case FieldDescriptor::CPPTYPE_UINT64: return r.SetUInt64(&message, f, any_number<uint64_t>());
    case FieldDescriptor::CPPTYPE_DOUBLE: return r.SetDouble(&message, f, any_number<double>());
    case FieldDescriptor::CPPTYPE_FLOAT: return r.SetFloat(&message, f, any_number<float>());
    case FieldDescriptor::CPPTYPE_BOOL: return r.SetBool(&message, f, *rc::gen::arbitrary<bool>());
    case FieldDescriptor::CPPTYPE_ENUM:
      return r.SetEnumValue(&message, f, any_value_of(f->enum_type()));
    case FieldDescriptor::CPPTYPE_STRING:
      return r.SetString(&message, f,
                         f->type() == FieldDescriptor::TYPE_BYTES
                             ? *rc::gen::arbitrary<std::string>()
                             : any_text());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (depth > 0) fill_message(*r.MutableMessage(&message, f), depth - 1);
  }
}

void add_element(Message& message, const Reflection& r, const FieldDescriptor* f, int depth) {
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return r.AddInt32(&message, f, any_number<int32_t>());
    case FieldDescriptor::CPPTYPE_INT64: return r.AddInt64(&message, f, any_number<int64_t>());
    case FieldDescriptor::CPPTYPE_UINT32: return r.AddUInt32(&message, f, any_number<uint32_t>());
    case FieldDescriptor::CPPTYPE_UINT64: return r.AddUInt64(&message, f, any_number<uint64_t>());
    case FieldDescriptor::CPPTYPE_DOUBLE: return r.AddDouble(&message, f, any_number<double>());
    case FieldDescriptor::CPPTYPE_FLOAT: return r.AddFloat(&message, f, any_number<float>());
    case FieldDescriptor::CPPTYPE_BOOL: return r.AddBool(&message, f, *rc::gen::arbitrary<bool>());
    case FieldDescriptor::CPPTYPE_ENUM:
      return r.AddEnumValue(&message, f, any_value_of(f->enum_type()));
    case FieldDescriptor::CPPTYPE_STRING:
      return r.AddString(&message, f,
                         f->type() == FieldDescriptor::TYPE_BYTES
                             ? *rc::gen::arbitrary<std::string>()
                             : any_text());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (depth > 0) fill_message(*r.AddMessage(&message, f), depth - 1);
  }
}

}  // namespace

void fill_randomly(Message& message, int depth) {
  const auto& reflection = *message.GetReflection();
  const auto* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (field->is_map()) {
      // One entry: drawn keys could repeat, and which of them stays is not defined.
      if (*rc::gen::arbitrary<bool>()) add_element(message, reflection, field, depth);
    } else if (field->is_repeated()) {
      const auto elements = *rc::gen::inRange(0, 4);
      for (int n = 0; n < elements; ++n) add_element(message, reflection, field, depth);
    } else if (!field->has_presence() || *rc::gen::arbitrary<bool>()) {
      fill_single(message, reflection, field, depth);
    }
  }
}

}  // namespace nightshift::tests
