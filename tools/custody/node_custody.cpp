// Reads views, sends commands.
#include "tools/custody/node_custody.hpp"

#include "messages/custody.pb.h"

namespace nightshift::tools {
namespace {

constexpr std::chrono::seconds patience{60};

EntityRef custody_of(const std::string& kind) { return {"custody", kind}; }

}  // namespace

Result<runtime::upkeep::Holds> NodeCustody::holds(const std::string& kind) {
  const auto answer = node_.get(custody_of(kind));
  if (!answer && answer.error().code == ErrorCode::not_found) return runtime::upkeep::Holds();
  if (!answer) return std::unexpected(answer.error());
  runtime::upkeep::Holds holds;
  for (const auto& hold : static_cast<const custody::View&>(*answer->view).holds()) {
    if (hold.id().empty())
      holds.all = hold.reason();
    else
      holds.by_id[hold.id()] = hold.reason();
  }
  return holds;
}

std::string NodeCustody::quarantined(const EntityRef& entity) {
  const auto answer = node_.get(entity);
  return answer ? answer->quarantined : std::string();
}

Result<void> NodeCustody::archive(const std::string& kind,
                                  std::shared_ptr<const storage::Archival> archival) {
  custody::Archive body;
  body.set_archive(archival->tombstone.archive());
  std::uint64_t records = 0;
  for (const auto& stream : archival->streams) {
    body.add_ids(stream.entity.id);
    records += stream.leaves.size();
  }
  body.set_records(records);
  runtime::Command command;
  command.entity = custody_of(kind);
  command.body = std::make_shared<custody::Archive>(std::move(body));
  command.caller = kernel::Caller::of_host();
  command.archival = std::move(archival);
  const auto answer = node_.call(std::move(command), patience);
  if (!answer) return std::unexpected(answer.error());
  return {};
}

}  // namespace nightshift::tools
