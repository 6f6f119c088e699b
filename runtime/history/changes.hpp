// In what two events differ, field by field.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

namespace nightshift::runtime::history {

/// One field. A text is cut where it is long; what is not there is empty.
struct Change {
  /// `call.micro_usd`, `proposal.content.url`: canonical bytes are looked into.
  std::string path;
  std::string was;
  std::string would;
};

/// All fields in which two messages of one type differ, in the order of the schema.
std::vector<Change> changes(const google::protobuf::Message& was,
                            const google::protobuf::Message& would);

/// True if they differ at most in texts and bytes: fresh ids, and what was rendered or hashed from
/// them. Numbers, times and words are the same.
bool alike(const google::protobuf::Message& one, const google::protobuf::Message& other);

/// Adds up every field `micro_usd`, by event and path: `Recorded.call.micro_usd`.
void add_amounts(const google::protobuf::Message& event,
                 std::map<std::string, std::uint64_t>& sums);

}  // namespace nightshift::runtime::history
