// What the JSON mapping and the rules need to know of a message type, looked up once.
// For this folder's .cpp files alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <google/protobuf/descriptor.h>

namespace nightshift::detail {

struct MessageLayout;

struct FieldLayout {
  const google::protobuf::FieldDescriptor* field = nullptr;
  /// `"name":`
  std::string key;
  /// Numbers and words of an enum, in declaration order.
  std::vector<std::pair<int, std::string>> words;
  /// Of a sub-message, the entry of a map included; null for everything else.
  const MessageLayout* message = nullptr;
  bool repeated = false;
  bool map = false;
  /// Absence shows: sub-messages, `optional` fields, members of a oneof.
  bool presence = false;
  /// `FieldRules`.
  bool required = false;
  std::uint32_t bytes_max = 0;
  /// 0: no bound.
  std::uint64_t max = 0;

  std::string_view name() const { return field->name(); }
};

struct MessageLayout {
  const google::protobuf::Descriptor* descriptor = nullptr;
  bool timestamp = false;
  /// By `FieldDescriptor::index()`.
  std::vector<FieldLayout> fields;

  /// Null if there is none.
  const FieldLayout* find(std::string_view name) const;
};

/// Only for generated messages, which live as long as the program. The layout lives as long as the
/// calling thread.
const MessageLayout& layout_of(const google::protobuf::Descriptor* descriptor);

}  // namespace nightshift::detail
