// Arrivals, edits, and moves that end a task.
#include "bridges/vault/task_intake.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "bridges/vault/intake.hpp"
#include "bridges/vault/layout.hpp"
#include "bridges/vault/names.hpp"
#include "messages/crypto.hpp"
#include "messages/ids.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr unsigned numbers_max = 10'000;

std::string key_of(std::initializer_list<std::string_view> parts) {
  return to_hex(as_bytes(sha256(parts)));
}

/// The answers to commands that were handed in together. Shared with those that come too late.
struct Answers {
  std::mutex mutex;
  std::condition_variable all_there;
  std::size_t open = 0;
  std::map<std::size_t, Result<void>> by_index;
};

}  // namespace

std::vector<std::string> TaskIntake::folders() const {
  std::vector<std::string> all;
  for (const auto folder :
       {inbox_folder, needs_action_folder, in_progress_cloud_folder, in_progress_local_folder}) {
    all.emplace_back(folder);
  }
  return all;
}

std::vector<Result<void>> TaskIntake::take(const std::vector<Arrived>& files) {
  std::vector<Result<void>> results;
  std::vector<Handed> handed;
  for (std::size_t i = 0; i < files.size(); ++i) {
    results.push_back(options_.stop()
                          ? Result<void>(fail(ErrorCode::stopping, "the vault is closing"))
                          : take_one(files[i], i, handed));
  }
  hand_in(std::move(handed), results);
  return results;
}

Result<void> TaskIntake::take_one(const Arrived& arrived, std::size_t index,
                                  std::vector<Handed>& handed) {
  const auto stem = stem_of(arrived.name);
  const auto said = read_task(arrived.file.text, stem);
  if (!said) return std::unexpected(said.error());
  const std::string id = id_of_stem(stem);
  const auto task = read_task_standing(node_, id);
  if (!task) return std::unexpected(task.error());
  if (*task && files_.is_of(**task, *said, arrived.path())) return take_own(arrived, *said, **task);
  if (files_.is_of_another_kind(id, said->marks)) return take_kin(arrived, *said, id);
  if (*task) return renumber(arrived);
  auto named_back = undo_rename(arrived, said->marks);
  if (named_back && !*named_back) named_back = options_.settle_stray(arrived, said->marks);
  if (!named_back) return std::unexpected(named_back.error());
  if (*named_back) return {};
  // What lies there without a task is another program's, or of one that was archived.
  if (arrived.folder != inbox_folder && arrived.folder != needs_action_folder) return {};
  // A file whose marks could not be kept up to date later is refused while nothing depends on it.
  const Marks probe{.id = id, .status = "waiting", .digest = "00", .note = ""};
  if (const auto marked = with_marks(arrived.file.text, Assignment(), probe); !marked) {
    return std::unexpected(marked.error());
  }
  if (!said->content.agent().empty()) asked_[id] = said->content.agent();
  auto arrive = std::make_shared<task::Arrive>(said->content);
  arrive->set_file(arrived.path());
  handed.push_back(
      {.index = index,
       .command =
           command(id, std::move(arrive),
                   key_of({"arrive\n", arrived.path(), "\n", arrived.file.text}), std::nullopt)});
  return {};
}

/// The file of a refused draft can be edited where it lies; any other is at home elsewhere.
Result<void> TaskIntake::take_kin(const Arrived& arrived, const TaskText& said,
                                  const std::string& id) {
  if (arrived.folder != needs_action_folder) {
    const auto settled = options_.settle_stray(arrived, said.marks);
    return settled ? Result<void>() : Result<void>(std::unexpected(settled.error()));
  }
  if (!options_.drafts->is_of_refused(id)) return {};
  return options_.drafts->take({arrived}).front();
}

/// The file of a task keeps its name: true if this is one under another, and none lies under its
/// own.
Result<bool> TaskIntake::undo_rename(const Arrived& arrived, const Marks& marks) {
  if (!is_id(marks.id) || marks.digest.empty()) return false;
  const auto task = read_task_standing(node_, marks.id);
  if (!task) return std::unexpected(task.error());
  if (!*task) return false;
  const auto said = read_task_revision(node_, marks.id, marks.digest);
  if (!said) return std::unexpected(said.error());
  if ((*task)->has_ended()) {
    // A copy of what has ended is a task of its own; one that says it is open was named otherwise.
    if (!*said || marks.status == (*task)->status) return false;
    return fail(ErrorCode::invalid,
                "it is a file of task/" + marks.id + ", which is " + (*task)->status +
                    "; take out 'id' and 'digest' to make it a task of its own");
  }
  const auto from = root_.sub(arrived.folder);
  const auto home = root_.sub((*task)->place(), true);
  if (!from || !home) return std::unexpected((from ? home : from).error());
  const std::string name = (*task)->file_name();
  if (!*said || home->has(name)) return false;
  if (auto moved = from->move(arrived.name, *home, name, Sync::later); !moved) {
    return std::unexpected(moved.error());
  }
  files_.note(marks.id);
  errors_.record(node_.clock().now(), arrived.path(),
                 "it is the file of task/" + marks.id + " and is called " + name +
                     " again; take out 'id' and 'digest' to make a copy a task of its own",
                 marks.digest);
  return true;
}

void TaskIntake::hand_in(std::vector<Handed> handed, std::vector<Result<void>>& results) {
  const auto answers = std::make_shared<Answers>();
  answers->open = handed.size();
  for (auto& [index, command] : handed) {
    node_.submit(std::move(command), [answers, index](Result<runtime::Answer> answer) {
      const std::lock_guard lock(answers->mutex);
      answers->by_index.emplace(
          index, answer ? Result<void>() : Result<void>(std::unexpected(answer.error())));
      if (--answers->open == 0) answers->all_there.notify_all();
    });
  }
  std::unique_lock lock(answers->mutex);
  answers->all_there.wait_for(lock, options_.call_timeout, [&] { return answers->open == 0; });
  for (const auto& one : handed) {
    const auto answer = answers->by_index.find(one.index);
    const bool is_there = answer != answers->by_index.end();
    results[one.index] =
        is_there ? answer->second
                 : Result<void>(fail(ErrorCode::timed_out, "the node has not answered yet"));
  }
}

Result<void> TaskIntake::take_own(const Arrived& arrived, const TaskText& said,
                                  const TaskStanding& task) {
  const std::string path = arrived.path();
  const auto home = root_.sub(task.place());
  const bool is_copy = path != task.path() && home && home->has(task.file_name());
  if (is_copy && task.has_ended() && said.marks.id.empty()) return renumber(arrived);
  if (is_copy) {
    return fail(ErrorCode::invalid,
                "task/" + task.id + " has its file in " + task.path() +
                    "; remove this copy, or take out 'id' and 'digest' and change its name to make "
                    "it a task of its own");
  }
  files_.note(task.id);
  const bool asks_for_another = !said.content.agent().empty() && task.can_be_edited() &&
                                said.content.agent() != task.view.agent() &&
                                asked_[task.id] != said.content.agent();
  if (says_the_same(said, task.view.content()) && !asks_for_another) return {};
  const auto before = read_task_revision(node_, task.id, said.marks.digest);
  if (!before) return std::unexpected(before.error());
  const bool is_stale =
      said.marks.digest != task.view.digest() && *before && says_the_same(said, **before);
  return is_stale ? Result<void>() : edit(arrived, said, task);
}

Result<void> TaskIntake::edit(const Arrived& arrived, const TaskText& said,
                              const TaskStanding& task) {
  if (!task.can_be_edited()) {
    return fail(ErrorCode::forbidden,
                "task/" + task.id + " is " + task.status +
                    ": what it says changes nothing any more; your words stay in the file");
  }
  asked_[task.id] = said.content.agent();
  const auto key = key_of({"edit\n", std::to_string(task.sequence), "\n", arrived.file.text});
  const auto answer =
      node_.call(command(task.id, std::make_shared<task::Edit>(as_edit(said)), key, task.sequence),
                 options_.call_timeout);
  if (!answer) return std::unexpected(answer.error());
  return {};
}

/// Gives the file the first free name `STEM-N.md`; under that it arrives.
Result<void> TaskIntake::renumber(const Arrived& arrived) {
  const auto folder = root_.sub(arrived.folder);
  if (!folder) return std::unexpected(folder.error());
  for (unsigned n = 2; n <= numbers_max; ++n) {
    const std::string stem = numbered_stem(stem_of(arrived.name), n);
    const auto taken = node_.get({.kind = task_kind, .id = id_of_stem(stem)});
    if (taken || taken.error().code == ErrorCode::archived) continue;
    if (taken.error().code != ErrorCode::not_found) return std::unexpected(taken.error());
    const auto moved = folder->move(arrived.name, *folder, stem + ".md", Sync::later);
    if (!moved && moved.error().code == ErrorCode::conflict) continue;
    if (!moved && moved.error().code == ErrorCode::not_found) return {};
    return moved;
  }
  return fail(ErrorCode::invalid, "the name was used too often; give the file another one");
}

void TaskIntake::miss(const std::string& path) {
  const std::string id = id_of_stem(stem_of(path.substr(path.rfind('/') + 1)));
  const auto task = read_task_standing(node_, id);
  if (task && *task && (*task)->path() == path) missing_.note(id, node_.clock().elapsed());
  if (path.starts_with(needs_action_folder)) options_.drafts->miss(path);
}

std::optional<Missing::Moment> TaskIntake::look_for_missing(bool calm) {
  const auto now = node_.clock().elapsed();
  for (const auto& id : files_.ended_by_hand()) missing_.note(id, now);
  for (const auto& id : files_.without_file()) missing_.note(id, now);
  for (const auto& id : missing_.due(now, calm)) {
    const auto task = read_task_standing(node_, id);
    const auto taken = task && *task ? take_missing(**task) : Result<void>();
    if (!taken && may_pass(taken.error().code)) missing_.note_again(id, now);
  }
  return missing_.next(calm);
}

Result<void> TaskIntake::take_missing(const TaskStanding& task) {
  const auto found = files_.find(task);
  if (found.empty() || !TaskFiles::is_ended_by_hand(task, found.front())) {
    files_.restore(task.id);
    return {};
  }
  const auto ended = end(task, found.front());
  if (ended || may_pass(ended.error().code)) return ended;
  errors_.record(node_.clock().now(), found.front().folder + "/" + task.file_name(),
                 ended.error().message(), task.marks.digest);
  return files_.bring(task, found.front());
}

Result<void> TaskIntake::end(const TaskStanding& task, const TaskFile& file) {
  if (task.status == "drafted") {
    return fail(ErrorCode::forbidden,
                "task/" + task.id +
                    " has a draft: decide on that first (nightshift approval list, "
                    "or Pending_Approval/)");
  }
  const bool is_done = file.folder == done_folder;
  const std::string reason = "moved to " + file.folder + "/ in the vault of " + options_.owner;
  std::shared_ptr<google::protobuf::Message> body;
  if (is_done) {
    auto close = std::make_shared<task::Close>();
    close->set_reason(reason);
    body = std::move(close);
  } else {
    auto drop = std::make_shared<task::Drop>();
    drop->set_reason(reason);
    body = std::move(drop);
  }
  const auto key = key_of({"end\n", std::to_string(task.sequence), "\n", task.id, file.folder});
  const auto answer =
      node_.call(command(task.id, std::move(body), key, task.sequence), options_.call_timeout);
  if (!answer) return std::unexpected(answer.error());
  return {};
}

runtime::Command TaskIntake::command(const std::string& id,
                                     std::shared_ptr<const google::protobuf::Message> body,
                                     std::string key, std::optional<std::uint64_t> if_match) const {
  runtime::Command command;
  command.entity = {.kind = task_kind, .id = id};
  command.body = std::move(body);
  command.key = std::move(key);
  command.if_match = if_match;
  command.caller.principal = vault_principal;
  command.caller.scopes = {SCOPE_READ, SCOPE_PROPOSE, SCOPE_OPERATE};
  return command;
}

}  // namespace nightshift::bridges::vault
