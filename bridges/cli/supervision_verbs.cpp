// tree, chaos and supervision: what runs in a node, and the hand that interferes.
#include <nlohmann/json.hpp>

#include "bridges/cli/table.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"

namespace nightshift::bridges::cli {
namespace {

std::string show_tree(const Json& tree, const Look& look) {
  Table table({"PATH", "STATE", "RESTARTS", "QUEUE", "SINCE", "LAST ERROR"});
  for (const auto& part : tree.value("items", Json::array())) {
    auto state = text_of(part, "state");
    if (const auto strategy = text_of(part, "strategy"); !strategy.empty()) {
      state += " " + strategy;
    }
    table.add({text_of(part, "path"), state, std::to_string(part.value("restarts", 0ULL)),
               std::to_string(part.value("queue", 0ULL)), local_time(text_of(part, "since")),
               text_of(part, "last_error")});
  }
  return table.render(look.columns, look.colour);
}

Result<void> act(Session& session, std::string_view command, const std::string& path,
                 std::string_view done) {
  const auto answer = session.api.post(
      "/v1/supervision/" + std::string(command) + "?path=" + query_escape(path), "");
  if (!answer) return std::unexpected(answer.error());
  if (session.json) {
    session.out << answer->body << "\n";
  } else {
    session.out << path << " " << done << "\n";
  }
  return {};
}

}  // namespace

Result<void> tree(Session& session) {
  const auto answer = session.api.get("/v1/supervision");
  if (!answer) return std::unexpected(answer.error());
  const auto json = parse_json(answer->body);
  if (!json) return std::unexpected(json.error());
  session.out << (session.json ? json->dump() + "\n" : show_tree(*json, session.look()));
  return {};
}

Result<void> chaos_kill(Session& session, const std::string& path) {
  return act(session, "kill", path, "was killed; `nightshift tree` shows how it comes back");
}

Result<void> supervision_resume(Session& session, const std::string& path) {
  return act(session, "resume", path, "may run again");
}

}  // namespace nightshift::bridges::cli
