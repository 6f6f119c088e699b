// login: a one-time link for a browser, and the sessions that such links began.
#include <ostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/table.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"

namespace nightshift::bridges::cli {
namespace {

constexpr std::string_view everything = "all";

/// The token of the person who signs in: that of an approver, where one is named or there is just
/// one; else the administrator's.
Result<void> choose_person(Session& session, const std::string& name) {
  auto chosen = name;
  if (chosen.empty()) {
    const auto known = session.folder.approvers();
    if (!known || known->size() != 1) return {};
    chosen = known->front().name;
  }
  auto token = session.folder.read_token(session.folder.approver_token_file(chosen));
  if (token) {
    session.api.prefer_token(std::move(*token));
  } else if (!name.empty()) {
    return std::unexpected(token.error());
  }
  return {};
}

Result<Json> ask(Session& session, const Result<NodeAnswer>& answer) {
  if (!answer) return std::unexpected(answer.error());
  if (session.json) session.out << answer->body << "\n";
  return parse_json(answer->body);
}

Result<void> list_sessions(Session& session) {
  const auto json = ask(session, session.api.get("/v1/sessions"));
  if (!json) return std::unexpected(json.error());
  if (session.json) return {};
  Table table({"ID", "WHO", "SINCE", "USED", "UNTIL"});
  for (const auto& one : json->value("items", Json::array())) {
    table.add({text_of(one, "id"), text_of(one, "principal"),
               local_time(text_of(one, "created_at")), local_time(text_of(one, "used_at")),
               local_time(text_of(one, "expires_at"))});
  }
  const auto look = session.look();
  session.out << (table.empty() ? "no browser is signed in\n"
                                : table.render(look.columns, look.colour));
  return {};
}

Result<void> end_session(Session& session, const std::string& id) {
  const auto ended = session.api.post("/v1/session/end?id=" + query_escape(id), "");
  if (!ended) return std::unexpected(ended.error());
  if (session.json) {
    session.out << ended->body << "\n";
  } else {
    session.out << "session " << sanitise(id, Lines::escape) << " has ended\n";
  }
  return {};
}

Result<void> end_all(Session& session) {
  const auto answer = session.api.get("/v1/sessions");
  if (!answer) return std::unexpected(answer.error());
  const auto json = parse_json(answer->body);
  if (!json) return std::unexpected(json.error());
  for (const auto& one : json->value("items", Json::array())) {
    const auto ended = end_session(session, text_of(one, "id"));
    // One that has ended meanwhile is as it should be.
    if (!ended && ended.error().code != ErrorCode::not_found) return ended;
  }
  return {};
}

}  // namespace

Result<void> login(Session& session, const LoginFlags& flags) {
  if (auto chosen = choose_person(session, flags.approver); !chosen) return chosen;
  if (flags.list) return list_sessions(session);
  if (flags.end == everything) return end_all(session);
  if (!flags.end.empty()) return end_session(session, flags.end);
  const auto base = session.api.base_url();
  if (!base) return std::unexpected(base.error());
  const auto answer = session.api.post("/v1/login", "");
  if (!answer) return std::unexpected(answer.error());
  auto json = parse_json(answer->body);
  if (!json) return std::unexpected(json.error());
  const auto link = *base + text_of(*json, "path");
  if (session.json) {
    (*json)["url"] = link;
    session.out << json->dump() << "\n";
    return {};
  }
  session.out << sanitise(link, Lines::escape) << "\n";
  session.err << "Open it in a browser by " << local_time(text_of(*json, "expires_at"))
              << "; it signs in " << sanitise(text_of(*json, "principal"), Lines::escape)
              << ", once.\n";
  return {};
}

}  // namespace nightshift::bridges::cli
