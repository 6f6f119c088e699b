// Reads any bytes as JSON of a message with a field of every shape, beside another reader.
#include "messages/json.hpp"
#include "tests/fuzz/fuzzer.hpp"
#include "tests/messages/json_oracle.hpp"
#include "tests/messages/sample.pb.h"

namespace nightshift::fuzz {

void json(std::string_view input) {
  tests::Sample sample;
  const auto read = from_json(input, sample);
  tests::check_against_oracle(input, read);
  if (!read) return;
  const auto text = to_json(sample);
  tests::Sample again;
  require(from_json(text, again).has_value(), "our own JSON is refused");
  require(to_json(again) == text, "JSON changes on its second way");
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(json)
