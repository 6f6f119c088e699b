// One file, the node's own: whatever stood there is replaced.
#include "bridges/vault/sync_state.hpp"

#include "bridges/vault/front_matter.hpp"
#include "messages/sync.pb.h"

namespace nightshift::bridges::vault {
namespace {

constexpr std::string_view name = ".git_sync_state.md";

std::string content_of(const runtime::Answer& answer, const sync::View& view) {
  FrontMatterLines lines("");
  const auto time = [&](std::string_view key, bool is_set, const auto& value) {
    lines.set(key, is_set ? yaml_text(to_rfc3339(from_proto(value))) : "null");
  };
  const auto text = [&](std::string_view key, const std::string& value) {
    lines.set(key, value.empty() ? "null" : yaml_text(value));
  };
  text("sync_id", "gitsync_" + answer.entity.id);
  text("sync_status", answer.status);
  time("last_pull_timestamp", view.has_last_pull_timestamp(), view.last_pull_timestamp());
  time("last_push_timestamp", view.has_last_push_timestamp(), view.last_push_timestamp());
  text("commit_hash_cloud", view.commit_hash_cloud());
  text("commit_hash_local", view.commit_hash_local());
  lines.set("pending_conflicts",
            yaml_list({view.pending_conflicts().begin(), view.pending_conflicts().end()}));
  lines.set("ahead", std::to_string(view.ahead()));
  lines.set("behind", std::to_string(view.behind()));
  text("trouble", view.trouble());
  text("message", view.message());
  return "---\n" + lines.text() + "---\n";
}

}  // namespace

Result<void> SyncState::write(const runtime::Answer& answer) {
  const auto* view = dynamic_cast<const sync::View*>(answer.view.get());
  if (view == nullptr) return fail(ErrorCode::corrupt, answer.entity.id + " has no view of a sync");
  if (answer.entity.id != node_.identity().node()) return {};
  const auto content = content_of(answer, *view);
  const auto seen = root_.read(name, file_bytes_max);
  if (!seen && seen.error().code == ErrorCode::not_found) return root_.create(name, content);
  if (!seen) return std::unexpected(seen.error());
  if (seen->text == content) return {};
  return root_.replace(name, content, *seen);
}

}  // namespace nightshift::bridges::vault
