// Members as pages, whole.
#include "bridges/vault/agent_state.hpp"

#include "bridges/vault/block_page.hpp"
#include "bridges/vault/table.hpp"
#include "messages/member.pb.h"

namespace nightshift::bridges::vault {
namespace {

std::string content_of(const runtime::Answer& answer, const member::View& view, Time now) {
  std::string lines;
  const auto line = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) lines += "- " + std::string(key) + ": " + cell(value) + "\n";
  };
  const auto time = [&](std::string_view key, bool is_set, const auto& value) {
    if (is_set) line(key, to_rfc3339(from_proto(value)));
  };
  line("agent_id", view.agent_id());
  line("status", answer.status);
  line("vault_path", view.vault_path());
  line("git_remote_url", view.git_remote_url());
  line("whatsapp_notification_number", view.whatsapp_notification_number());
  line("anthropic_api_key", view.anthropic_api_key());
  time("last_sync_timestamp", view.has_last_sync_timestamp(), view.last_sync_timestamp());
  time("last_online_timestamp", view.has_last_online_timestamp(), view.last_online_timestamp());
  if (answer.status == "online" && view.has_online_since()) {
    const auto up = now - from_proto(view.online_since());
    line("uptime_hours", std::to_string(std::chrono::floor<std::chrono::hours>(up).count()));
  }
  std::string lacks;
  for (const auto& one : view.lacks()) lacks += (lacks.empty() ? "" : ", ") + one;
  line("lacks", lacks);
  line("detail", view.detail());
  return lines;
}

}  // namespace

Result<void> AgentState::write(const runtime::Answer& answer) {
  const auto* view = dynamic_cast<const member::View*>(answer.view.get());
  if (view == nullptr)
    return fail(ErrorCode::corrupt, "member/" + answer.entity.id + " has no view of a member");
  const std::string folder = view->agent_id() == "cloud" ? "Logs/Cloud" : "Logs/Local";
  const Time now = node_.clock().now();
  return write_blocks(now, root_, errors_, folder + "/agent_state.md", "# Agent state\n",
                      {{.name = "state",
                        .heading = "## " + cell(answer.entity.id),
                        .content = content_of(answer, *view, now)}});
}

}  // namespace nightshift::bridges::vault
