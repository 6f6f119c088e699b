// From journal to file: find, move, bring up to date.
#include "bridges/vault/task_files.hpp"

#include <algorithm>
#include <array>

#include "bridges/vault/draft_standing.hpp"
#include "bridges/vault/layout.hpp"
#include "bridges/vault/names.hpp"
#include "bridges/vault/reception.hpp"
#include "bridges/vault/standing.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::size_t list_page = 500;
constexpr std::size_t entries_max = 1'000'000;
constexpr std::array folders{needs_action_folder,      inbox_folder, in_progress_cloud_folder,
                             in_progress_local_folder, done_folder,  rejected_folder};

}  // namespace

bool TaskFiles::is_of(const TaskStanding& task, const TaskText& said,
                      const std::string& path) const {
  if (said.marks.id == task.id && !said.marks.digest.empty()) {
    if (said.marks.digest == task.view.digest()) return true;
    const auto before = read_task_revision(node_, task.id, said.marks.digest);
    if (before && *before) return true;
    if (is_of_another_kind(task.id, said.marks)) return false;
  }
  if (path == task.path()) return !task.has_ended();
  if (path != task.view.file()) return false;
  const auto home = root_.sub(task.place());
  const bool has_another = home && home->has(task.file_name());
  return says_the_same(said, task.view.content()) || (!task.has_ended() && !has_another);
}

bool TaskFiles::is_of_another_kind(const std::string& id, const Marks& marks) const {
  if (marks.id != id || marks.digest.empty()) return false;
  return std::ranges::any_of(std::array{approval_kind, draft_kind}, [&](const char* kind) {
    return node_.get({.kind = kind, .id = id}).has_value();
  });
}

/// Everything that has not ended gets its file compared: moves need not outlive a power cut.
Result<void> TaskFiles::begin() {
  for (const char* status : {"waiting", "drafting", "drafted", "stuck"}) {
    runtime::ListQuery query{
        .kind = task_kind, .where = {{"status", status}}, .after = {}, .limit = list_page};
    do {
      const auto page = node_.list(query);
      if (!page) return std::unexpected(page.error());
      for (const auto& item : page->items) {
        had_file_.insert(item.entity.id);
        note(item.entity.id);
      }
      query.after = page->next;
    } while (!query.after.empty());
  }
  for (const auto path : {in_progress_cloud_folder, in_progress_local_folder}) {
    const auto folder = root_.sub(path);
    const auto names = folder ? folder->names(entries_max)
                              : Result<std::vector<std::string>>(std::unexpected(folder.error()));
    if (!names) continue;
    for (const auto& name : *names) {
      if (is_draft_name(name)) note(id_of_stem(stem_of(name)));
    }
  }
  return {};
}

void TaskFiles::see(const runtime::EventView& event) {
  if (event.record.kind() == task_kind) note(event.record.entity());
}

bool TaskFiles::catch_up(const Stop& stop) {
  std::set<std::string> left;
  for (const auto& id : changed_) {
    const auto done = stop() ? Result<void>(fail(ErrorCode::stopping, "")) : project(id);
    if (done) continue;
    left.insert(id);
    // A person was faster: that is no error, it is tried again.
    if (is_silent(done.error().code)) continue;
    errors_.record(
        node_.clock().now(), std::string(task_kind) + "/" + id,
        "its file could not be brought up to date: " + std::string(done.error().message()), "");
  }
  changed_ = std::move(left);
  return changed_.empty();
}

std::vector<TaskFile> TaskFiles::find(const TaskStanding& task) const {
  std::vector<TaskFile> all;
  const std::string name = task.file_name();
  for (const auto path : folders) {
    const auto folder = root_.sub(path);
    if (!folder || !folder->has(name)) continue;
    auto file = folder->read(name, draft_bytes_max);
    if (!file) continue;
    auto said = read_task(file->text, stem_of(name));
    const std::string folder_name(path);
    if (!said || !is_of(task, *said, folder_name + "/" + name)) continue;
    all.push_back({.folder = folder_name, .file = std::move(*file), .said = std::move(*said)});
  }
  const auto leads = std::ranges::find(all, task.place(), &TaskFile::folder);
  if (leads != all.end()) std::rotate(all.begin(), leads, leads + 1);
  return all;
}

bool TaskFiles::is_ended_by_hand(const TaskStanding& task, const TaskFile& file) {
  return !task.has_ended() && (file.folder == done_folder || file.folder == rejected_folder);
}

Result<void> TaskFiles::project(const std::string& id) {
  const auto task = read_task_standing(node_, id);
  if (!task) return std::unexpected(task.error());
  if (!*task) return {};
  const auto found = find(**task);
  if ((*task)->has_ended()) {
    had_file_.erase(id);
    if (found.empty()) return {};
  } else if (found.empty()) {
    if (had_file_.contains(id)) {
      without_file_.insert(id);
      return {};
    }
    const auto written = write_anew(**task);
    if (written) had_file_.insert(id);
    return written;
  } else {
    had_file_.insert(id);
  }
  if (is_ended_by_hand(**task, found.front())) {
    ended_by_hand_.insert(id);
    return {};
  }
  return bring(**task, found.front());
}

Result<void> TaskFiles::write_anew(const TaskStanding& task) {
  const auto folder = root_.sub(task.place(), true);
  if (!folder) return std::unexpected(folder.error());
  // In its own place it may be an edit that cannot be read yet.
  if (folder->has(task.file_name())) return {};
  return folder->create(task.file_name(), render(task.view.content(), task.marks));
}

Result<void> TaskFiles::bring(const TaskStanding& task, const TaskFile& file) {
  const auto folder = root_.sub(task.place(), true);
  if (!folder) return std::unexpected(folder.error());
  const std::string name = task.file_name();
  if (file.folder != task.place()) {
    const auto from = root_.sub(file.folder);
    if (!from) return std::unexpected(from.error());
    if (folder->has(name)) {
      if (auto kept = keep_aside(*folder, task); !kept) return kept;
    }
    if (auto moved = from->move(name, *folder, name, Sync::later); !moved) {
      const bool is_gone = moved.error().code == ErrorCode::not_found;
      return is_gone ? Result<void>(fail(ErrorCode::conflict, "the file has gone")) : moved;
    }
  }
  return update(task, *folder, file);
}

Result<void> TaskFiles::update(const TaskStanding& task, const Folder& folder,
                               const TaskFile& file) {
  const auto text = brought_up_to_date(task, file);
  if (!text) return std::unexpected(text.error());
  if (*text == file.file.text) return {};
  return folder.replace(task.file_name(), *text, file.file);
}

/// What a person wrote stays, to be taken; what the task said before becomes what it says now.
Result<std::string> TaskFiles::brought_up_to_date(const TaskStanding& task,
                                                  const TaskFile& file) const {
  const auto& content = task.view.content();
  Marks marks = task.marks;
  if (!says_the_same(file.said, content)) {
    const auto before = read_task_revision(node_, task.id, file.said.marks.digest);
    if (!before) return std::unexpected(before.error());
    if (*before && says_the_same(file.said, **before)) return render(content, marks);
    // Its words are still of that revision, whatever else is brought up to date.
    if (*before) marks.digest = file.said.marks.digest;
  }
  auto text = with_marks(file.file.text, content, marks);
  // One that cannot be marked stays as a person has it.
  return text ? std::move(*text) : file.file.text;
}

Result<void> TaskFiles::keep_aside(const Folder& folder, const TaskStanding& task) {
  const std::string name = task.file_name();
  const auto file = folder.read(name, file_bytes_max);
  const std::string content = file ? file->text : name;
  const std::string aside = conflict_name(name, content);
  if (auto moved = folder.move(name, folder, aside); !moved) {
    const bool is_kept_already = moved.error().code == ErrorCode::conflict && file;
    if (is_kept_already) return folder.remove(name, *file);
    const bool is_gone = moved.error().code == ErrorCode::not_found;
    return is_gone ? Result<void>(fail(ErrorCode::conflict, "the file has gone")) : moved;
  }
  errors_.record(node_.clock().now(), task.path(),
                 "another file had this name; it is kept as " + aside, content);
  return {};
}

}  // namespace nightshift::bridges::vault
