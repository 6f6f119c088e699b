// Files that arrive become tasks; what people do to the files of tasks becomes commands.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bridges/vault/draft_files.hpp"
#include "bridges/vault/missing.hpp"
#include "bridges/vault/projection.hpp"
#include "bridges/vault/reception.hpp"
#include "bridges/vault/task_files.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::vault {

/// Takes the files of `Inbox/`, `Needs_Action/` and `In_Progress/`. Not thread-safe.
class TaskIntake final : public Taker {
 public:
  struct Options {
    std::string owner;
    std::chrono::milliseconds stable_for{0};
    std::chrono::milliseconds call_timeout{30'000};
    Stop stop;
    /// Takes the files of refused drafts, which lie among those of tasks.
    DraftFiles* drafts = nullptr;
    /// A file that says it is a draft's or an approval's: true if it was put back where that is.
    std::function<Result<bool>(const Arrived&, const Marks&)> settle_stray;
  };
  TaskIntake(runtime::Node& node, const Folder& root, TaskFiles& files, ErrorsLog& errors,
             Options options)
      : node_(node),
        root_(root),
        files_(files),
        errors_(errors),
        options_(std::move(options)),
        missing_(options_.stable_for) {}

  std::vector<std::string> folders() const override;
  /// What arrives is handed in all at once, so that it shares the journal's syncs.
  std::vector<Result<void>> take(const std::vector<Arrived>& files) override;
  void miss(const std::string& path) override;

  /// A task whose file is gone for a while was ended by a move, or its file comes back. `calm` is
  /// that of `patience_with_missing`. Answers when to look again, if something is gone.
  std::optional<Missing::Moment> look_for_missing(bool calm);

 private:
  struct Handed {
    std::size_t index;
    runtime::Command command;
  };

  Result<void> take_one(const Arrived& arrived, std::size_t index, std::vector<Handed>& handed);
  Result<void> take_kin(const Arrived& arrived, const TaskText& said, const std::string& id);
  Result<bool> undo_rename(const Arrived& arrived, const Marks& marks);
  Result<void> take_own(const Arrived& arrived, const TaskText& said, const TaskStanding& task);
  Result<void> edit(const Arrived& arrived, const TaskText& said, const TaskStanding& task);
  Result<void> renumber(const Arrived& arrived);
  Result<void> take_missing(const TaskStanding& task);
  Result<void> end(const TaskStanding& task, const TaskFile& file);
  runtime::Command command(const std::string& id,
                           std::shared_ptr<const google::protobuf::Message> body, std::string key,
                           std::optional<std::uint64_t> if_match) const;
  void hand_in(std::vector<Handed> handed, std::vector<Result<void>>& results);

  runtime::Node& node_;
  const Folder& root_;
  TaskFiles& files_;
  ErrorsLog& errors_;
  const Options options_;
  Missing missing_;
  /// Which agent the file of a task last asked for, by id: one that cannot be had is asked once.
  std::map<std::string, std::string> asked_;
};

}  // namespace nightshift::bridges::vault
