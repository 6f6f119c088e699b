// Restores a backup and replays all of it.
#include "runtime/upkeep/rehearsal.hpp"

#include <google/protobuf/util/message_differencer.h>

#include "runtime/host/entity_state.hpp"
#include "runtime/upkeep/backup.hpp"
#include "runtime/upkeep/restore.hpp"
#include "runtime/upkeep/staging.hpp"
#include "storage/rocks.hpp"

namespace nightshift::runtime::upkeep {
namespace {

using google::protobuf::util::MessageDifferencer;
using host::EntityState;

constexpr std::size_t ids_at_once = 256;

// What is wrong with one entity; empty if nothing is.
std::string compare(const storage::EventLog& log, const kernel::Kind& kind,
                    const EntityRef& entity) {
  const auto stored = EntityState::load(log, kind, entity);
  if (!stored) return to_string(entity) + ": " + std::string(stored.error().message());
  const auto replayed = EntityState::replay(log, kind, entity, (*stored)->sequence());
  if (!replayed) return to_string(entity) + ": " + std::string(replayed.error().message());
  const auto is = (*stored)->answer(log.boot_epoch(), {});
  const auto should_be = (*replayed)->answer(log.boot_epoch(), {});
  const bool same = is.sequence == should_be.sequence && is.status == should_be.status &&
                    (*stored)->entity().index() == (*replayed)->entity().index() &&
                    MessageDifferencer::Equals(*is.view, *should_be.view);
  return same ? "" : to_string(entity) + " is not what its records say";
}

Result<std::string> compare_all(const storage::EventLog& log, const kernel::Kind& kind,
                                const std::function<bool()>& stopping) {
  std::string after;
  while (true) {
    std::vector<std::string> ids;
    const auto scanned = log.scan_states(kind.name(), after, [&](std::string_view id, auto) {
      ids.emplace_back(id);
      return ids.size() < ids_at_once;
    });
    if (!scanned) return std::string(scanned.error().message());
    for (const auto& id : ids) {
      if (stopping()) return fail(ErrorCode::stopping, "the rehearsal of a backup was cut off");
      auto wrong = compare(log, kind, {std::string(kind.name()), id});
      if (!wrong.empty()) return wrong;
    }
    if (ids.size() < ids_at_once) return std::string();
    after = ids.back();
  }
}

// What is wrong; empty if nothing is.
Result<std::string> look(const std::filesystem::path& backup, const std::filesystem::path& scratch,
                         const Catalog& catalog, Time now, const std::function<bool()>& stopping) {
  const auto restored = restore_backup(backup, scratch, now);
  if (!restored) return std::string(restored.error().message());
  const auto log = storage::open_rocks_for_reading(scratch / "journal");
  if (!log) return std::string(log.error().message());
  for (const auto* kind : catalog.all()) {
    auto wrong = compare_all(**log, *kind, stopping);
    if (!wrong || !wrong->empty()) return wrong;
  }
  return std::string();
}

}  // namespace

Result<Rehearsal> rehearse(const std::filesystem::path& backup,
                           const std::filesystem::path& scratch, const Catalog& catalog,
                           const Clock& clock, const std::function<bool()>& stopping) {
  auto wrong = look(backup, scratch, catalog, clock.now(), stopping);
  std::error_code ignored;
  std::filesystem::remove_all(scratch, ignored);
  if (!wrong) return std::unexpected(wrong.error());
  Rehearsal rehearsal{clock.now(), std::move(*wrong)};
  if (auto kept = write_rehearsal(backup, rehearsal); !kept) return std::unexpected(kept.error());
  return rehearsal;
}

}  // namespace nightshift::runtime::upkeep
