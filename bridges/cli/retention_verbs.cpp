// retention, hold and audit show: what leaves the journal, what may not, and how to read it then.
#include <poll.h>

#include <ostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/table.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"
#include "messages/ids.hpp"
#include "runtime/shapes.hpp"
#include "runtime/upkeep/archive.hpp"

namespace nightshift::bridges::cli {
namespace {

constexpr int look_again_ms = 200;

Result<Json> get_json(Session& session, const std::string& path) {
  const auto answer = session.api.get(path);
  if (!answer) return std::unexpected(answer.error());
  return parse_json(answer->body);
}

std::uint64_t number_of(const Json& json, const char* key) { return json.value(key, 0ULL); }

std::string rows_of(Session& session, const Json& aged) {
  Table table({"ENTITY", "STATUS", "EVENTS", "NEWEST", "WHY IT STAYS"});
  for (const auto& item : aged) {
    table.add({text_of(item, "kind") + "/" + text_of(item, "id"), text_of(item, "status"),
               std::to_string(number_of(item, "events")), local_time(text_of(item, "newest_at")),
               text_of(item, "why")});
  }
  const auto look = session.look();
  return table.empty() ? std::string() : table.render(look.columns, look.colour);
}

Result<void> show_plan(Session& session) {
  const auto plan = get_json(session, "/v1/retention/plan?limit=1000");
  if (!plan) return std::unexpected(plan.error());
  if (session.json) {
    session.out << plan->dump() << "\n";
    return {};
  }
  session.out << number_of(*plan, "going") << " would go to an archive\n"
              << rows_of(session, plan->value("go", Json::array())) << number_of(*plan, "staying")
              << " are old enough and stay\n"
              << rows_of(session, plan->value("stay", Json::array())) << number_of(*plan, "young")
              << " are younger\n";
  return {};
}

Result<void> show_run(Session& session, const Json& view) {
  const auto run = view.value("run", Json::object());
  if (text_of(run, "state") == "failed") {
    const auto known = find_error(text_of(run, "code"));
    return std::unexpected(
        Error{known ? known->code : ErrorCode::io, text_of(run, "error"), "retention"});
  }
  if (session.json) {
    session.out << view.dump() << "\n";
    return {};
  }
  session.out << number_of(run, "entities") << " entities with " << number_of(run, "events")
              << " events went to " << number_of(run, "archives") << " archives in "
              << sanitise(text_of(view, "folder"), Lines::escape) << "\n";
  if (const auto left = number_of(run, "postponed"); left > 0) {
    session.out << left << " were used meanwhile and stay until the next run\n";
  }
  return {};
}

struct Held {
  std::string kind;
  /// Empty: all of the kind.
  std::string id;
};

Result<Held> held_of(Session& session, const std::string& text) {
  const auto slash = text.find('/');
  Held held{text.substr(0, slash), slash == std::string::npos ? "" : text.substr(slash + 1)};
  const bool all = held.id == "*";
  if (slash == std::string::npos || (!all && !is_id(held.id))) {
    return fail(ErrorCode::usage, "\"" + text + "\" is neither KIND/ID nor KIND/*", text);
  }
  if (const auto known = session.kind(held.kind); !known) return std::unexpected(known.error());
  if (all) held.id.clear();
  return held;
}

Result<void> change_hold(Session& session, const HoldFlags& flags, const std::string& word,
                         const std::string& done) {
  const auto held = held_of(session, flags.entity);
  if (!held) return std::unexpected(held.error());
  Json body{{"reason", flags.reason}};
  if (!held->id.empty()) body["id"] = held->id;
  const auto answer = session.api.post("/v1/custody/" + held->kind + "/" + word, body.dump());
  if (!answer) return std::unexpected(answer.error());
  if (session.json)
    session.out << answer->body << "\n";
  else
    session.out << flags.entity << " " << done << "\n";
  return {};
}

}  // namespace

Result<void> retention(Session& session, const RetentionFlags& flags) {
  if (flags.dry_run) return show_plan(session);
  if (const auto begun = session.api.post("/v1/retention/run", ""); !begun) {
    return std::unexpected(begun.error());
  }
  while (true) {
    const auto view = get_json(session, "/v1/retention");
    if (!view) return std::unexpected(view.error());
    if (!view->contains("run")) {
      return fail(ErrorCode::unavailable,
                  "the node began anew, and the run with it; ask again: what is archived stays "
                  "archived");
    }
    if (text_of(view->at("run"), "state") != "running") return show_run(session, *view);
    ::poll(nullptr, 0, look_again_ms);
  }
}

Result<void> hold_set(Session& session, const HoldFlags& flags) {
  return change_hold(session, flags, "hold", "is under hold: it is not archived");
}

Result<void> hold_release(Session& session, const HoldFlags& flags) {
  return change_hold(session, flags, "release", "is released");
}

Result<void> hold_list(Session& session) {
  Json all = Json::array();
  std::string after;
  do {
    const auto page = get_json(session, "/v1/custody?limit=1000" + after);
    if (!page) return std::unexpected(page.error());
    for (const auto& custody : page->value("items", Json::array())) {
      for (auto hold : custody.value("view", Json::object()).value("holds", Json::array())) {
        const auto id = text_of(hold, "id");
        hold["entity"] = text_of(custody, "id") + "/" + (id.empty() ? "*" : id);
        hold.erase("id");
        all.push_back(std::move(hold));
      }
    }
    const auto next = text_of(*page, "next");
    after = next.empty() ? "" : "&after=" + query_escape(next);
  } while (!after.empty());
  if (session.json) {
    session.out << all.dump() << "\n";
    return {};
  }
  Table table({"ENTITY", "SINCE", "BY", "REASON"});
  for (const auto& hold : all) {
    table.add({text_of(hold, "entity"), local_time(text_of(hold, "at")), text_of(hold, "by"),
               text_of(hold, "reason")});
  }
  const auto look = session.look();
  session.out << (table.empty() ? "nothing is under hold\n"
                                : table.render(look.columns, look.colour));
  return {};
}

Result<void> audit_show(Session& session, const AuditFlags& flags) {
  std::optional<EntityRef> entity;
  if (!flags.entity.empty()) {
    entity = parse_entity(flags.entity);
    if (!entity) {
      return fail(ErrorCode::usage, "\"" + flags.entity + "\" is not KIND/ID", flags.entity);
    }
  }
  const auto found = runtime::upkeep::read_archive(flags.path, session.catalog(), entity);
  if (!found) return std::unexpected(found.error());
  std::vector<Json> events;
  for (const auto& event : found->events) {
    std::string text;
    runtime::JsonWriter json(text);
    runtime::write_event(event, found->log_id, json);
    if (session.json)
      session.out << text << "\n";
    else
      events.push_back(Json::parse(text));
  }
  if (!session.json) session.out << show_events(events, session.look(), true);
  return {};
}

}  // namespace nightshift::bridges::cli
