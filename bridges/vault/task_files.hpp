// The files of tasks, as a projection: each in the folder of its task's phase.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bridges/vault/errors_log.hpp"
#include "bridges/vault/files.hpp"
#include "bridges/vault/projection.hpp"
#include "bridges/vault/task_standing.hpp"
#include "bridges/vault/task_text.hpp"

namespace nightshift::bridges::vault {

/// A file that belongs to a task.
struct TaskFile {
  /// Folder relative to the vault.
  std::string folder;
  FileText file;
  TaskText said;
};

/// What a person wrote into such a file it leaves to `TaskIntake`. Not thread-safe.
class TaskFiles final : public Projection {
 public:
  TaskFiles(runtime::Node& node, const Folder& root, ErrorsLog& errors)
      : node_(node), root_(root), errors_(errors) {}

  Result<void> begin() override;
  void see(const runtime::EventView& event) override;
  bool catch_up(const Stop& stop) override;

  /// The file of this task is to be compared.
  void note(const std::string& id) { changed_.insert(id); }
  /// The same, and it is written anew where it is nowhere.
  void restore(const std::string& id) {
    had_file_.erase(id);
    note(id);
  }
  /// Tasks that had a file, and it is nowhere under its name, as far as it came up since the last
  /// time.
  std::set<std::string> without_file() { return std::exchange(without_file_, {}); }

  /// By the marks of the node. A file that has none is its task's where the task came from there,
  /// or where an editor left them out.
  bool is_of(const TaskStanding& task, const TaskText& said, const std::string& path) const;
  /// The file of an approval that failed or of a draft that was refused lies in `Needs_Action/`
  /// too.
  bool is_of_another_kind(const std::string& id, const Marks& marks) const;
  /// The files of this task, wherever they lie: that in its own place first.
  std::vector<TaskFile> find(const TaskStanding& task) const;
  /// False while something came up that `TaskIntake` has not asked for.
  bool is_settled() const { return ended_by_hand_.empty() && without_file_.empty(); }
  /// Tasks whose file a person moved so, as far as it came up since the last time.
  std::set<std::string> ended_by_hand() { return std::exchange(ended_by_hand_, {}); }
  /// True if the file lies in `Done/` or `Rejected/` and the bridge did not put it there.
  static bool is_ended_by_hand(const TaskStanding& task, const TaskFile& file);

  /// To its place, with what its front matter has to say. A person's words stay.
  Result<void> bring(const TaskStanding& task, const TaskFile& file);

 private:
  Result<void> project(const std::string& id);
  Result<void> write_anew(const TaskStanding& task);
  Result<void> keep_aside(const Folder& folder, const TaskStanding& task);
  Result<void> update(const TaskStanding& task, const Folder& folder, const TaskFile& file);
  Result<std::string> brought_up_to_date(const TaskStanding& task, const TaskFile& file) const;

  runtime::Node& node_;
  const Folder& root_;
  ErrorsLog& errors_;
  std::set<std::string> changed_;
  /// Open tasks that may have had a file already: it can lie under another name by now.
  std::set<std::string> had_file_;
  std::set<std::string> without_file_;
  std::set<std::string> ended_by_hand_;
};

}  // namespace nightshift::bridges::vault
