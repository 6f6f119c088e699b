// Which approvals have changed, and their files after that.
#include "bridges/vault/approval_files.hpp"

#include "bridges/vault/names.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::size_t list_page = 500;
constexpr std::size_t entries_max = 1'000'000;

}  // namespace

Result<void> ApprovalFiles::begin() {
  if (auto settled = projector_.settle_leftovers(); !settled) return settled;
  if (auto gathered = gather_waiting(); !gathered) return gathered;
  gather_left_behind();
  return {};
}

void ApprovalFiles::see(const runtime::EventView& event) {
  if (event.record.kind() == approval_kind) changed_[event.record.entity()] = true;
}

Result<void> ApprovalFiles::gather_waiting() {
  for (const char* status : {"pending", "approved", "unknown"}) {
    runtime::ListQuery query{
        .kind = approval_kind, .where = {{"status", status}}, .after = {}, .limit = list_page};
    do {
      const auto page = node_.list(query);
      if (!page) return std::unexpected(page.error());
      for (const auto& item : page->items) {
        changed_[item.entity.id] = true;
        if (item.status == "pending") had_file_.insert(item.entity.id);
      }
      query.after = page->next;
    } while (!query.after.empty());
  }
  return {};
}

/// Files in `Approved/` whose approval has ended meanwhile.
void ApprovalFiles::gather_left_behind() {
  const auto folder = root_.sub(approved_folder);
  const auto names = folder ? folder->names(entries_max)
                            : Result<std::vector<std::string>>(std::unexpected(folder.error()));
  if (!names) return;
  for (const auto& name : *names) {
    if (is_draft_name(name)) changed_.try_emplace(id_of_stem(stem_of(name)), false);
  }
}

bool ApprovalFiles::catch_up(const Stop& stop) {
  std::map<std::string, bool> left;
  for (const auto& [id, create] : changed_) {
    if (stop() || !told(project(id, create), std::string(approval_kind) + "/" + id)) {
      left[id] = create;
    }
  }
  changed_ = std::move(left);
  return changed_.empty();
}

Result<void> ApprovalFiles::project(const std::string& id, bool create) {
  auto standing = read_standing(node_, id);
  if (!standing) return std::unexpected(standing.error());
  if (!*standing) return {};
  intake_.learn(**standing);
  if ((*standing)->status != "pending") {
    had_file_.erase(id);
    return projector_.project(**standing, create);
  }
  const bool had_file = had_file_.contains(id);
  const auto done = projector_.project(**standing, create && !had_file);
  if (done) had_file_.insert(id);
  return done;
}

/// True if it went well. A person was faster: that is no error, it is tried again.
bool ApprovalFiles::told(const Result<void>& result, const std::string& what) {
  if (result) return true;
  if (result.error().code != ErrorCode::conflict) {
    errors_.record(
        node_.clock().now(), what,
        "its files could not be brought up to date: " + std::string(result.error().message()), "");
  }
  return false;
}

}  // namespace nightshift::bridges::vault
