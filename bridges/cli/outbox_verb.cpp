// cluster outbox: commands that wait for other nodes.
#include "bridges/cli/outbox_verb.hpp"

#include <nlohmann/json.hpp>

#include "bridges/cli/show.hpp"
#include "bridges/cli/table.hpp"
#include "bridges/cli/text.hpp"

namespace nightshift::bridges::cli {

Result<void> cluster_outbox(Session& session) {
  const auto answer = session.api.get("/v1/cluster/outbox?limit=1000");
  if (!answer) return std::unexpected(answer.error());
  if (session.json) {
    session.out << answer->body << "\n";
    return {};
  }
  const auto read = parse_json(answer->body);
  if (!read) return std::unexpected(read.error());
  Table table({"HOME", "ENTITY", "COMMAND", "BY", "TAKEN", "STATUS", "COMMAND ID"});
  for (const auto& item : read->at("items")) {
    const auto code = item.value("code", "");
    table.add({item.at("home"),
               item.at("kind").get<std::string>() + "/" + item.at("id").get<std::string>(),
               item.at("command"), item.at("principal"),
               local_time(item.at("taken_at").get<std::string>()),
               item.at("status").get<std::string>() + (code.empty() ? "" : ": " + code),
               item.at("command_id")});
  }
  session.out << table.render(session.look().columns, session.look().colour);
  return {};
}

}  // namespace nightshift::bridges::cli
