// replay and audit: the journal itself, beside a running node or without one.
#include <iostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/verbs.hpp"
#include "messages/ids.hpp"
#include "runtime/audit.hpp"
#include "runtime/replay.hpp"
#include "runtime/shapes.hpp"

namespace nightshift::bridges::cli {
namespace {

std::string json_of(const runtime::Answer& answer) {
  std::string text;
  runtime::JsonWriter json(text);
  runtime::write_answer(answer, json);
  return text;
}

std::string json_of(const runtime::EventView& event, const std::string& log_id) {
  std::string text;
  runtime::JsonWriter json(text);
  runtime::write_event(event, log_id, json);
  return text;
}

Result<EntityRef> entity_of(const std::string& text) {
  if (auto entity = parse_entity(text)) return std::move(*entity);
  return fail(ErrorCode::usage, "\"" + text + "\" is not KIND/ID", text);
}

Result<void> replay_get(Session& session, const runtime::Replay& past, const std::string& name) {
  const auto entity = entity_of(name);
  if (!entity) return std::unexpected(entity.error());
  const auto answer = past.get(*entity);
  if (!answer) return std::unexpected(answer.error());
  const auto text = json_of(*answer);
  if (session.json)
    session.out << text << "\n";
  else
    session.out << show_entity(Json::parse(text), session.catalog().find(entity->kind));
  return {};
}

Result<void> replay_list(Session& session, const runtime::Replay& past, const ReplayFlags& flags) {
  const auto kind = session.kind(flags.argument);
  if (!kind) return std::unexpected(kind.error());
  std::vector<std::pair<std::string, std::string>> where;
  for (const auto& condition : flags.where) {
    const auto equals = condition.find('=');
    if (equals == std::string::npos) {
      return fail(ErrorCode::usage, "--where takes FIELD=VALUE, not \"" + condition + "\"",
                  "--where");
    }
    where.emplace_back(condition.substr(0, equals), condition.substr(equals + 1));
  }
  const auto answers = past.list(flags.argument, where);
  if (!answers) return std::unexpected(answers.error());
  if (session.json) {
    session.out << "{\"items\":[";
    for (const auto& answer : *answers) {
      session.out << (&answer == &answers->front() ? "" : ",") << json_of(answer);
    }
    session.out << "]}\n";
    return {};
  }
  std::vector<Json> entities;
  for (const auto& answer : *answers) entities.push_back(Json::parse(json_of(answer)));
  if (entities.empty())
    session.out << "nothing found\n";
  else
    session.out << show_list(entities, **kind, session.look());
  return {};
}

Result<void> replay_why(Session& session, const runtime::Replay& past, const std::string& name) {
  const auto entity = entity_of(name);
  if (!entity) return std::unexpected(entity.error());
  const auto answer = past.get(*entity);
  if (!answer) return std::unexpected(answer.error());
  const auto events = past.events(*entity);
  if (!events) return std::unexpected(events.error());
  std::vector<Json> chain;
  for (const auto& event : *events) {
    chain.push_back(Json::parse(json_of(event, past.identity().log_id())));
  }
  auto now = Json::parse(json_of(*answer));
  if (session.json) {
    now["chain"] = chain;
    session.out << now.dump() << "\n";
  } else {
    session.out << show_chain(now, chain, session.look());
  }
  return {};
}

std::filesystem::path audited(const Session& session, const AuditFlags& flags) {
  return flags.path.empty() ? session.folder.root() : flags.path;
}

Json json_of(const runtime::Audit& audit) {
  Json json;
  json["what"] = audit.what;
  json["whole"] = audit.findings.empty();
  json["head"] = audit.head.text;
  json["records"] = audit.records;
  json["batches"] = audit.batches;
  json["archived"] = audit.part_behind ? 0 : audit.withheld;
  if (audit.part_behind) json["part_behind"] = *audit.part_behind;
  json["findings"] = Json::array();
  for (const auto& finding : audit.findings) {
    json["findings"].push_back({{"offset", finding.offset}, {"what", finding.what}});
  }
  return json;
}

void show_audit(Session& session, const runtime::Audit& audit, bool compared) {
  for (const auto& finding : audit.findings) {
    session.out << "offset " << finding.offset << ": " << finding.what << "\n";
  }
  if (!audit.findings.empty()) return;
  session.out << "whole: " << audit.what << " of " << audit.records << " records in "
              << audit.batches << " batches, up to offset " << audit.head.offset
              << (compared ? ", with the head that was kept\n" : "\n");
  if (audit.part_behind) {
    session.out << "a part of the log behind offset " << *audit.part_behind << ": "
                << audit.records - audit.withheld << " records, and the leaves of the others\n";
  } else if (audit.withheld > 0) {
    session.out << audit.withheld << " of them are archived, as the journal itself says\n";
  }
  if (!compared) {
    session.out << "a cut tail is seen only against a head kept elsewhere: save "
                   "\"nightshift audit head\" and give it with --head\n";
  }
}

}  // namespace

Result<void> replay(Session& session, const ReplayFlags& flags) {
  const auto moment = runtime::parse_moment(flags.at);
  if (!moment) return std::unexpected(moment.error());
  const auto journal = runtime::find_journal(session.folder.root());
  if (!journal) return std::unexpected(journal.error());
  const auto past = runtime::Replay::open(*journal, session.program.catalog, *moment);
  if (!past) return std::unexpected(past.error());
  if (flags.verb == "get") return replay_get(session, *past, flags.argument);
  if (flags.verb == "list") return replay_list(session, *past, flags);
  return replay_why(session, *past, flags.argument);
}

Result<void> audit_head(Session& session, const AuditFlags& flags) {
  const auto journal = runtime::find_journal(audited(session, flags));
  if (!journal) return std::unexpected(journal.error());
  // Whoever holds the node's key may say what its head is.
  const auto key = runtime::DataFolder(audited(session, flags)).read_node_key();
  const auto head = runtime::audit_head(*journal, key ? &*key : nullptr);
  if (!head) return std::unexpected(head.error());
  if (!session.json) {
    session.out << head->text << "\n";
    return {};
  }
  Json json{{"head", head->text}};
  if (key) json["public_key"] = to_base64url(key->public_key());
  session.out << json.dump() << "\n";
  return {};
}

Result<void> audit_export(Session& session, const AuditFlags& flags) {
  const auto journal = runtime::find_journal(session.folder.root());
  if (!journal) return std::unexpected(journal.error());
  const auto head = runtime::audit_export(*journal, flags.path);
  if (!head) return std::unexpected(head.error());
  if (session.json)
    session.out << Json{{"path", flags.path.string()}, {"head", head->text}}.dump() << "\n";
  else
    session.out << "exported up to offset " << head->offset << " to " << flags.path.string()
                << "\n";
  return {};
}

Result<void> audit_verify(Session& session, const AuditFlags& flags) {
  const auto path = audited(session, flags);
  std::optional<std::string> kept;
  if (flags.head) {
    auto text = runtime::read_small_file(*flags.head);
    if (!text) return std::unexpected(text.error());
    kept = std::move(*text);
  }
  const auto audit = runtime::audit(path, kept);
  if (!audit) return std::unexpected(audit.error());
  if (session.json)
    session.out << json_of(*audit).dump() << "\n";
  else
    show_audit(session, *audit, kept.has_value());
  if (audit->findings.empty()) return {};
  return fail(ErrorCode::corrupt,
              "the " + std::string(audit->what) +
                  " is not what was written: " + std::to_string(audit->findings.size()) +
                  " findings; keep it as evidence, and restore a backup of the journal",
              path.string());
}

}  // namespace nightshift::bridges::cli
