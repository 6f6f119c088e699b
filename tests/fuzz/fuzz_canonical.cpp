// Reads any bytes as canonical content, as a gate, and as each text form of a value: every form has
// one encoding, and no gate opens without a signature.
#include "messages/canonical.hpp"
#include "messages/gate.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"
#include "messages/utf8.hpp"
#include "tests/fuzz/fuzzer.hpp"

#include <google/protobuf/stubs/logging.h>

namespace nightshift::fuzz {
namespace {

void read_content(std::string_view input) {
  const auto content = Canonical::decode(input);
  if (!content) return require(content.error().code == ErrorCode::corrupt, "another error");
  require(content->encode() == input, "content has two encodings");
}

/// The authority knows the very keys that the gate names: only the signatures are missing.
void read_gate(std::string_view input) {
  Gate gate;
  if (!gate.ParseFromArray(input.data(), static_cast<int>(input.size()))) return;
  Authority authority;
  for (const auto& decision : gate.decisions()) {
    auto& approver = *authority.add_approvers();
    approver.set_name(decision.approver());
    approver.set_public_key(decision.public_key());
  }
  gate.set_digest(std::string(as_bytes(content_digest(gate.content()))));
  require(!open_gate(gate, authority, "laptop", Time{}).has_value(), "an unsigned gate opened");
}

void read_texts(std::string_view input) {
  if (const auto bytes = from_base64url(input)) {
    require(to_base64url(*bytes) == input, "bytes have two base64url texts");
  }
  if (const auto bytes = from_hex(input)) {
    require(from_hex(to_hex(*bytes)) == bytes, "hex changes on its second way");
    require(bytes->size() * 2 == input.size(), "hex is read only in part");
  }
  if (const auto entity = parse_entity(input)) {
    require(to_string(*entity) == input, "an entity has two texts");
  }
  if (const auto time = from_rfc3339(input)) {
    require(from_rfc3339(to_rfc3339(*time)) == time, "a time changes on its second way");
    require(from_proto(to_proto(*time)) == *time, "a time changes on its way through Protobuf");
  }
  require(utf8_cut(input, 7).size() <= 7, "a cut text is too long");
}

}  // namespace

void canonical(std::string_view input) {
  const google::protobuf::LogSilencer silent;  // it repeats texts that are not UTF-8
  read_content(input);
  read_gate(input);
  read_texts(input);
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(canonical)
