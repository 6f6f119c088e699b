// Makes records of events.
#include "runtime/host/records.hpp"

#include "messages/host.pb.h"
#include "runtime/host/entropy.hpp"

namespace nightshift::runtime::host {

std::string record_type(const google::protobuf::Message& event) {
  const auto* descriptor = event.GetDescriptor();
  if (descriptor->file() == ::nightshift::host::Dispatched::descriptor()->file()) {
    return "host." + descriptor->name();
  }
  return descriptor->name();
}

storage::NewRecord make_record(const Stamp& stamp, std::uint64_t sequence,
                               const google::protobuf::Message& event) {
  std::array<char, 16 + sizeof(Salt)> random;
  fill_random(random);
  Record record;
  record.set_event_id(random.data(), 16);
  record.set_kind(stamp.entity.kind);
  record.set_entity(stamp.entity.id);
  record.set_sequence(sequence);
  record.set_type(record_type(event));
  record.set_schema(kernel::event_schema);
  record.set_codec(CODEC_PLAIN);
  event.SerializePartialToString(record.mutable_payload());
  record.set_decided_at_us(to_us(stamp.decided_at));
  record.set_cause(stamp.cause.data(), stamp.cause.size());
  record.set_correlation(stamp.correlation.data(), stamp.correlation.size());
  record.set_principal(stamp.principal.data(), stamp.principal.size());
  record.set_home(stamp.home);
  record.set_audience(stamp.kind.audience());

  storage::NewRecord made;
  std::copy_n(random.begin() + 16, made.salt.size(), made.salt.begin());
  record.SerializeToString(&made.bytes);
  made.leaf = storage::leaf_of(made.salt, made.bytes);
  return made;
}

}  // namespace nightshift::runtime::host
