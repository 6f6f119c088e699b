// An archive: the records of some entities as a file that can be checked without the journal.
// Format: docs/formats/export.md.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "messages/crypto.hpp"
#include "messages/error.hpp"
#include "messages/ids.hpp"
#include "runtime/catalog.hpp"
#include "runtime/node.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::upkeep {

/// What archives are called: `KIND-TIME-HEX` and this.
inline constexpr std::string_view archive_suffix = ".archive";

/// A name that no archive has had.
std::string archive_name(std::string_view kind, Time now);

/// Writes the records with these offsets (sorted, not none) to `file`, durably, and makes sure that
/// it holds them: read again from the file, its chain recomputed and compared with the log's.
/// Returns the SHA-256 of all its bytes. `probe` is called when the file is in its place, for
/// tests. Errors: `invalid` where there is such a file; `corrupt` where it is not what was written,
/// `no_space`, `io`: nothing is left at `file` then.
Result<Digest> make_archive(const storage::EventLog& log, const std::vector<std::uint64_t>& offsets,
                            const std::filesystem::path& file,
                            const std::function<void()>& probe = {});

struct ArchivedEvents {
  /// Of the log that their offsets belong to.
  std::string log_id;
  /// In the order of offsets.
  std::vector<EventView> events;
};

/// The events in an archive or an export, of one entity or (nothing) of all; checked as a whole
/// before any is returned. Errors: `not_found` where there is no such file, or no such entity in
/// it; `corrupt` where it is not what was written.
Result<ArchivedEvents> read_archive(const std::filesystem::path& file, const Catalog& catalog,
                                    const std::optional<EntityRef>& entity);

}  // namespace nightshift::runtime::upkeep
