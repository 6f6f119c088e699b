// Quarantine kept in the data folder.
#include "tools/nightshift/quarantine.hpp"

namespace nightshift::tools {

Result<std::vector<runtime::QuarantinedEntity>> read_quarantine(const runtime::DataFolder& folder) {
  const auto file = folder.read_quarantine();
  if (!file) return std::unexpected(file.error());
  std::vector<runtime::QuarantinedEntity> entities;
  for (const auto& entry : file->entities()) {
    const auto entity = parse_entity(entry.entity());
    if (!entity) {
      return fail(ErrorCode::corrupt,
                  folder.quarantine_file().string() + " names \"" + entry.entity() +
                      "\", which is not KIND/ID; mend it",
                  folder.quarantine_file().string());
    }
    entities.push_back({*entity, entry.cause(), from_proto(entry.since())});
  }
  return entities;
}

Result<void> write_quarantine(const runtime::DataFolder& folder,
                              const std::vector<runtime::QuarantinedEntity>& entities) {
  QuarantineFile file;
  for (const auto& [entity, cause, since] : entities) {
    auto& entry = *file.add_entities();
    entry.set_entity(to_string(entity));
    entry.set_cause(cause);
    *entry.mutable_since() = to_proto(since);
  }
  return folder.write_quarantine(file);
}

}  // namespace nightshift::tools
