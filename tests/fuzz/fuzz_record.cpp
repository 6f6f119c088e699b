// Replays stored records with damaged or hostile bytes: refused or folded, never worse.
#include <google/protobuf/stubs/logging.h>
#include <memory>

#include "messages/json.hpp"
#include "tests/fuzz/fuzzer.hpp"
#include "tests/fuzz/kinds.hpp"
#include "tests/fuzz/stream.pb.h"

namespace nightshift::fuzz {
namespace {

/// Everything that a reader of the state asks for.
void read_state(const kernel::Kind& kind, const kernel::Entity& entity) {
  static_cast<void>(to_json(*entity.view()));
  static_cast<void>(entity.index());
  static_cast<void>(entity.pending());
  Authority authority;
  entity.contribute(authority);
  std::string body;
  entity.encode(body);
  const auto again = kind.make();
  require(again->decode(entity.phase(), body).has_value(), "a state row is not readable");
  std::string same;
  again->encode(same);
  require(body == same, "a state row changes on its second way");
}

void replay(const kernel::Kind& kind, const Stream& stream) {
  const auto entity = kind.make();
  for (const auto& record : stream.records()) {
    // A failed fold leaves the state unusable, as `evolve` says.
    if (!entity->replay(record.type(), record.schema(), record.payload())) return;
    read_state(kind, *entity);
  }
}

void restore(const kernel::Kind& kind, const StateRow& row) {
  const auto entity = kind.make();
  if (entity->decode(row.phase(), row.body())) read_state(kind, *entity);
}

}  // namespace

void record(std::string_view input) {
  const google::protobuf::LogSilencer silent;  // it repeats texts that are not UTF-8
  Stream stream;
  if (!stream.ParseFromArray(input.data(), static_cast<int>(input.size()))) return;
  static_cast<void>(to_json(stream));
  for (const auto* kind : kinds().all()) {
    replay(*kind, stream);
    restore(*kind, stream.row());
  }
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(record)
