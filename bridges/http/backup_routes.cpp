// Routes about backups.
#include "bridges/http/call.hpp"
#include "bridges/http/query.hpp"
#include "messages/time.hpp"
#include "runtime/json_writer.hpp"
#include "runtime/upkeep/backups.hpp"

namespace nightshift::bridges::http {
namespace {

using runtime::upkeep::Backup;
using runtime::upkeep::BackupRun;
using runtime::upkeep::Backups;

Result<Backups*> backups_of(const Call& call) {
  if (const auto& backups = call.services.options.backups) return backups.get();
  return fail(ErrorCode::not_found, "this node keeps no backups");
}

std::string_view word(BackupRun::State state) {
  switch (state) {
    case BackupRun::State::running: return "running";
    case BackupRun::State::done: return "done";
    case BackupRun::State::failed: return "failed";
  }
  return "";
}

void write_run(const BackupRun& run, runtime::JsonWriter& json) {
  json.begin_object().field("path", run.path.string()).field("state", word(run.state));
  if (run.state == BackupRun::State::failed) {
    json.field("code", info(run.error.code).name).field("error", run.error.message());
  }
  json.end_object();
}

void write_backup(const Backup& backup, runtime::JsonWriter& json) {
  json.begin_object()
      .field("path", backup.path.string())
      .field("node", backup.node)
      .field("made_at", to_rfc3339(backup.made_at))
      .field("log", backup.log_id)
      .field("offset", backup.offset)
      .field("head", backup.head)
      .field("files", backup.files)
      .field("bytes", backup.bytes);
  if (backup.rehearsal) {
    json.field("rehearsed_at", to_rfc3339(backup.rehearsal->at))
        .field("rehearsal", backup.rehearsal->error.empty() ? "passed" : "failed");
    if (!backup.rehearsal->error.empty()) json.field("error", backup.rehearsal->error);
  }
  json.end_object();
}

}  // namespace

Response get_backups(const Call& call) {
  const auto backups = backups_of(call);
  if (!backups) return call.refuse(backups.error());
  const auto view = (*backups)->view();
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object();
  if (!view.folder.empty()) json.field("folder", view.folder.string());
  if (view.next_at) json.field("next_at", to_rfc3339(*view.next_at));
  if (view.asked) write_run(*view.asked, json.key("asked"));
  if (view.scheduled) write_run(*view.scheduled, json.key("scheduled"));
  json.key("items").begin_array();
  for (const auto& backup : view.items) write_backup(backup, json);
  json.end_array().end_object();
  return out;
}

Response post_backup(const Call& call) {
  const auto path = parameter(call.target, "path");
  if (!path) return call.refuse(path.error());
  if (!*path || (*path)->empty()) {
    return call.refuse({ErrorCode::invalid, "say where: ?path=FOLDER", "path"});
  }
  const auto backups = backups_of(call);
  if (!backups) return call.refuse(backups.error());
  if (auto begun = (*backups)->begin(std::string(**path)); !begun) {
    return call.refuse(begun.error());
  }
  Response out;
  runtime::JsonWriter json(out.body);
  write_run({.path = std::string(**path), .state = BackupRun::State::running, .error = {}}, json);
  return out;
}

}  // namespace nightshift::bridges::http
