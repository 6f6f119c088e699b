// JSON, appended.
#include "runtime/json_writer.hpp"

#include <array>
#include <charconv>

#include "messages/json.hpp"

namespace nightshift::runtime {

void JsonWriter::separate() {
  if (comma_) out_.push_back(',');
  comma_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_.push_back(bracket);
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_.push_back(bracket);
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(name, out_);
  out_.push_back(':');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  append_json_string(value, out_);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  constexpr std::uint64_t exact_max = (1ull << 53) - 1;
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  const std::string_view shown(digits.data(), end);
  return value <= exact_max ? raw(shown) : text(shown);
}

JsonWriter& JsonWriter::boolean(bool value) { return raw(value ? "true" : "false"); }

JsonWriter& JsonWriter::message(const google::protobuf::Message& value) {
  separate();
  append_json(value, out_);
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

}  // namespace nightshift::runtime
