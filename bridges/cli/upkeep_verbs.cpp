// backup and restore.
#include <poll.h>

#include <ostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/table.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"
#include "runtime/clock.hpp"
#include "runtime/upkeep/backup.hpp"
#include "runtime/upkeep/restore.hpp"

namespace nightshift::bridges::cli {
namespace {

using runtime::upkeep::Backup;

constexpr int look_again_ms = 200;

Json json_of(const Backup& backup) {
  return {{"path", backup.path.string()},
          {"node", backup.node},
          {"made_at", to_rfc3339(backup.made_at)},
          {"log", backup.log_id},
          {"offset", backup.offset},
          {"head", backup.head},
          {"files", backup.files},
          {"bytes", backup.bytes}};
}

Result<void> show_made(Session& session, const Backup& backup) {
  if (session.json) {
    session.out << json_of(backup).dump() << "\n";
    return {};
  }
  session.out << "saved " << backup.files << " files, " << backup.bytes << " bytes, up to offset "
              << backup.offset << ", in " << backup.path.string() << "\n"
              << "keep elsewhere what is not in it: secrets/master.key, the configuration, the "
                 "vault\n";
  return {};
}

/// The error that a run ended with.
Error error_of_run(const Json& run) {
  const auto known = find_error(text_of(run, "code"));
  return {known ? known->code : ErrorCode::io, text_of(run, "error"), text_of(run, "path")};
}

/// Begun in the node; waits until it is done.
Result<void> backup_by_node(Session& session, const std::filesystem::path& target) {
  const auto begun = session.api.post("/v1/backup?path=" + query_escape(target.string()), "");
  if (!begun) return std::unexpected(begun.error());
  while (true) {
    const auto answer = session.api.get("/v1/backups");
    if (!answer) return std::unexpected(answer.error());
    const auto view = parse_json(answer->body);
    if (!view) return std::unexpected(view.error());
    const auto run = view->value("asked", Json::object());
    if (text_of(run, "path") != target.string()) {
      return fail(ErrorCode::unavailable,
                  "the node began anew, and the backup with it; look whether " + target.string() +
                      " is there, and ask again if it is not");
    }
    const auto state = text_of(run, "state");
    if (state == "failed") return std::unexpected(error_of_run(run));
    if (state == "done") break;
    ::poll(nullptr, 0, look_again_ms);
  }
  auto made = runtime::upkeep::read_backup(target);
  if (made) return show_made(session, *made);
  // On another machine.
  session.out << "saved in " << target.string() << ", on the node's machine\n";
  return {};
}

std::string rehearsal_of(const Json& backup) {
  const auto what = text_of(backup, "rehearsal");
  if (what.empty()) return "not yet";
  const auto error = text_of(backup, "error");
  return error.empty() ? what : what + ": " + error;
}

Result<void> list_backups(Session& session) {
  const auto answer = session.api.get("/v1/backups");
  if (!answer) return std::unexpected(answer.error());
  const auto view = parse_json(answer->body);
  if (!view) return std::unexpected(view.error());
  if (session.json) {
    session.out << view->dump() << "\n";
    return {};
  }
  const auto folder = text_of(*view, "folder");
  if (folder.empty()) {
    session.out << "no backups are scheduled; say where they go with [backup] path, or make one "
                   "with \"nightshift backup DIR\"\n";
    return {};
  }
  Table table({"MADE", "OFFSET", "BYTES", "PATH", "REHEARSAL"});
  for (const auto& backup : view->value("items", Json::array())) {
    table.add({local_time(text_of(backup, "made_at")), std::to_string(backup.value("offset", 0ULL)),
               std::to_string(backup.value("bytes", 0ULL)), text_of(backup, "path"),
               rehearsal_of(backup)});
  }
  const auto look = session.look();
  session.out << (table.empty() ? "none yet in " + sanitise(folder, Lines::escape) + "\n"
                                : table.render(look.columns, look.colour));
  const auto scheduled = view->value("scheduled", Json::object());
  if (text_of(scheduled, "state") == "failed") {
    session.out << "the last one failed: " << sanitise(text_of(scheduled, "error"), Lines::escape)
                << "\n";
  }
  if (const auto next = text_of(*view, "next_at"); !next.empty()) {
    session.out << "next: " << local_time(next) << "\n";
  }
  return {};
}

}  // namespace

Result<void> backup(Session& session, const BackupFlags& flags) {
  if (flags.target.empty()) return list_backups(session);
  auto target = std::filesystem::absolute(flags.target).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  if (session.api.is_elsewhere()) return backup_by_node(session, target);
  const auto made =
      runtime::upkeep::make_backup_offline(session.folder, target, runtime::SystemClock().now());
  if (made) return show_made(session, *made);
  if (made.error().code != ErrorCode::locked) return std::unexpected(made.error());
  return backup_by_node(session, target);
}

Result<void> restore(Session& session, const std::filesystem::path& from) {
  const auto restored =
      runtime::upkeep::restore_backup(from, session.folder.root(), runtime::SystemClock().now());
  if (!restored) return std::unexpected(restored.error());
  if (session.json) {
    session.out << Json{{"data", restored->data.string()}, {"log", restored->log_id},
                        {"head", restored->head},          {"records", restored->records},
                        {"doubtful", restored->doubtful},  {"backup", json_of(restored->backup)}}
                       .dump()
                << "\n";
    return {};
  }
  session.out << "restored node \"" << restored->backup.node << "\" as of "
              << local_time(to_rfc3339(restored->backup.made_at)) << ": " << restored->records
              << " records, verified up to offset " << restored->backup.offset << "\n"
              << "its log goes on as " << restored->log_id << "\n";
  if (restored->has_secrets) {
    session.out << "its sealed secrets open with their master key alone: put it to "
                << (restored->data / "secrets" / "master.key").string()
                << ", or refer to it with secrets.key\n";
  }
  for (const auto& entity : restored->doubtful) {
    session.out << entity
                << " was about to act, and may have done so after the backup was made: when the "
                   "node runs and the receiver does not say that it has it, it asks you, in "
                   "\"nightshift inbox\"\n";
  }
  return {};
}

}  // namespace nightshift::bridges::cli
