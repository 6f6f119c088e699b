// Walks two messages side by side.
#include "runtime/history/changes.hpp"

#include <algorithm>

#include <google/protobuf/descriptor.h>

#include "messages/canonical.hpp"
#include "messages/json.hpp"
#include "messages/time.hpp"

namespace nightshift::runtime::history {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Timestamp;

constexpr std::size_t shown_bytes_max = 200;

std::string cut(std::string text) {
  if (text.size() <= shown_bytes_max) return text;
  auto end = shown_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

/// One element; `index` is negative where the field is not repeated.
struct Place {
  const Message& message;
  const FieldDescriptor& field;
  int index;

  template <class Get, class GetRepeated>
  auto read(Get get, GetRepeated get_repeated) const {
    const auto& reflection = *message.GetReflection();
    return index < 0 ? (reflection.*get)(message, &field)
                     : (reflection.*get_repeated)(message, &field, index);
  }
  const Message& sub() const {
    const auto& reflection = *message.GetReflection();
    return index < 0 ? reflection.GetMessage(message, &field)
                     : reflection.GetRepeatedMessage(message, &field, index);
  }
};

std::string text_of(const Place& at) {
  using R = google::protobuf::Reflection;
  switch (at.field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(at.read(&R::GetInt32, &R::GetRepeatedInt32));
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(at.read(&R::GetInt64, &R::GetRepeatedInt64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(at.read(&R::GetUInt32, &R::GetRepeatedUInt32));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(at.read(&R::GetUInt64, &R::GetRepeatedUInt64));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return std::to_string(at.read(&R::GetDouble, &R::GetRepeatedDouble));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return std::to_string(at.read(&R::GetFloat, &R::GetRepeatedFloat));
    case FieldDescriptor::CPPTYPE_BOOL:
      return at.read(&R::GetBool, &R::GetRepeatedBool) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto number = at.read(&R::GetEnumValue, &R::GetRepeatedEnumValue);
      const auto* value = at.field.enum_type()->FindValueByNumber(number);
      return value == nullptr ? std::to_string(number) : enum_word(*value);
    }
    case FieldDescriptor::CPPTYPE_STRING: return at.read(&R::GetString, &R::GetRepeatedString);
    case FieldDescriptor::CPPTYPE_MESSAGE: break;
  }
  if (at.field.message_type() == Timestamp::descriptor()) {
    Timestamp time;
    time.CopyFrom(at.sub());
    return to_rfc3339(from_proto(time));
  }
  return to_json(at.sub());
}

bool is_message(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type() != Timestamp::descriptor();
}

class Comparison {
 public:
  /// `each` is told the field, its path, and both values; it may be told of what is the same.
  template <class Each>
  static void walk(const Message& was, const Message& would, const std::string& before,
                   const Each& each) {
    const auto& type = *was.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const auto& field = *type.field(i);
      const auto path = before + field.name();
      if (field.is_repeated()) {
        walk_list(was, would, field, path, each);
      } else {
        walk_one(was, would, field, path, each);
      }
    }
  }

 private:
  template <class Each>
  static void walk_one(const Message& was, const Message& would, const FieldDescriptor& field,
                       const std::string& path, const Each& each) {
    const bool here = !field.has_presence() || was.GetReflection()->HasField(was, &field);
    const bool there = !field.has_presence() || would.GetReflection()->HasField(would, &field);
    if (!here && !there) return;
    const Place one{was, field, -1}, other{would, field, -1};
    if (is_message(field)) return walk(one.sub(), other.sub(), path + ".", each);
    each(field, path, here ? text_of(one) : "", there ? text_of(other) : "");
  }

  template <class Each>
  static void walk_list(const Message& was, const Message& would, const FieldDescriptor& field,
                        const std::string& path, const Each& each) {
    const auto here = was.GetReflection()->FieldSize(was, &field);
    const auto there = would.GetReflection()->FieldSize(would, &field);
    for (int i = 0; i < std::max(here, there); ++i) {
      const auto place = path + "[" + std::to_string(i) + "]";
      const Place one{was, field, i}, other{would, field, i};
      if (i < here && i < there && is_message(field)) {
        walk(one.sub(), other.sub(), place + ".", each);
      } else {
        each(field, place, i < here ? text_of(one) : "", i < there ? text_of(other) : "");
      }
    }
  }
};

/// What stands in canonical bytes, name by name.
std::map<std::string, std::string> fields_of(const Canonical& content) {
  std::map<std::string, std::string> fields;
  for (const auto& [name, value] : content.fields()) {
    auto& text = fields[name];
    text += (text.empty() ? "" : ", ") + value;
  }
  return fields;
}

void add_bytes(const std::string& path, const std::string& was, const std::string& would,
               std::vector<Change>& found) {
  const auto one = Canonical::decode(was), other = Canonical::decode(would);
  if (!one || !other) {
    found.push_back({path, cut(to_hex(was)), cut(to_hex(would))});
    return;
  }
  auto here = fields_of(*one), there = fields_of(*other);
  for (const auto& [name, value] : here) there.try_emplace(name);
  for (const auto& [name, value] : there) {
    if (here[name] != value) found.push_back({path + "." + name, cut(here[name]), cut(value)});
  }
}

void add_amounts_below(const Message& message, const std::string& path,
                       std::map<std::string, std::uint64_t>& sums) {
  const auto& reflection = *message.GetReflection();
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    if (field.is_repeated()) continue;
    if (field.type() == FieldDescriptor::TYPE_UINT64 && field.name() == "micro_usd") {
      sums[path + "." + field.name()] += reflection.GetUInt64(message, &field);
    } else if (is_message(field) && reflection.HasField(message, &field)) {
      add_amounts_below(reflection.GetMessage(message, &field), path + "." + field.name(), sums);
    }
  }
}

}  // namespace

std::vector<Change> changes(const Message& was, const Message& would) {
  std::vector<Change> found;
  Comparison::walk(was, would, "",
                   [&](const FieldDescriptor& field, const std::string& path,
                       const std::string& one, const std::string& other) {
                     if (one == other) return;
                     if (field.type() == FieldDescriptor::TYPE_BYTES) {
                       return add_bytes(path, one, other, found);
                     }
                     found.push_back({path, cut(one), cut(other)});
                   });
  return found;
}

bool alike(const Message& one, const Message& other) {
  if (one.GetDescriptor() != other.GetDescriptor()) return false;
  bool same = true;
  Comparison::walk(one, other, "",
                   [&](const FieldDescriptor& field, const std::string&, const std::string& here,
                       const std::string& there) {
                     const bool text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
                     same = same && (text || here == there);
                   });
  return same;
}

void add_amounts(const Message& event, std::map<std::string, std::uint64_t>& sums) {
  add_amounts_below(event, event.GetDescriptor()->name(), sums);
}

}  // namespace nightshift::runtime::history
