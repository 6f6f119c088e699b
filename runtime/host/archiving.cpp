// What stays of entities that went to an archive.
#include "runtime/host/archiving.hpp"

#include <cassert>

namespace nightshift::runtime::host {

std::unique_ptr<::nightshift::host::Archived> archived_event(const storage::Archival& archival) {
  assert(!archival.streams.empty());
  auto event = std::make_unique<::nightshift::host::Archived>();
  event->set_kind(archival.streams.front().entity.kind);
  event->set_archive(archival.tombstone.archive());
  event->set_digest(archival.tombstone.digest());
  for (const auto& stream : archival.streams) {
    assert(stream.entity.kind == event->kind());
    auto& noted = *event->add_streams();
    noted.set_id(stream.entity.id);
    for (const auto& leaf : stream.leaves) noted.add_offsets(leaf.offset);
  }
  return event;
}

Error archived_error(const EntityRef& entity, const Tombstone& tombstone) {
  const auto name = to_string(entity);
  return {ErrorCode::archived,
          name + " was archived on " + to_rfc3339(time_from_us(tombstone.archived_at_us())) +
              ", with " + std::to_string(tombstone.sequence()) + " events, to " +
              tombstone.archive() + " (SHA-256 " + to_hex(tombstone.digest()) +
              "); read it with \"nightshift audit show " + tombstone.archive() + " " + name +
              "\" where the archives lie",
          name};
}

std::unexpected<Error> absent_error(const storage::EventLog& log, const EntityRef& entity) {
  auto tombstone = log.archived(entity);
  if (!tombstone) return std::unexpected(std::move(tombstone.error()));
  if (*tombstone) return std::unexpected(archived_error(entity, **tombstone));
  return fail(ErrorCode::not_found, {}, to_string(entity));
}

}  // namespace nightshift::runtime::host
