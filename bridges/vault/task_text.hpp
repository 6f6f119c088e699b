// One file as a task, and a task as one file. Format: docs/formats/vault.md.
#pragma once

#include <string>
#include <string_view>

#include "bridges/vault/marks.hpp"
#include "messages/error.hpp"
#include "messages/task.pb.h"

namespace nightshift::bridges::vault {

/// A task's file as a person or a watcher wrote it.
struct TaskText {
  /// Without `file`.
  task::Arrive content;
  Marks marks;
};

/// `stem` is the title of a file that says nothing. Errors: `invalid` (not UTF-8, broken or refused
/// front matter, a word that is no channel or priority), `too_large`. The sentence names what to
/// do.
Result<TaskText> read_task(std::string_view text, std::string_view stem);

/// True if the file says what the task is; what it leaves out, the task may say.
bool says_the_same(const TaskText& file, const Assignment& content);

/// `content` as what replaces a task.
task::Edit as_edit(const TaskText& file);

/// `text` with the bridge's keys brought up to date and all else as it is; `invalid` where the
/// front matter cannot be changed line by line.
Result<std::string> with_marks(std::string_view text, const Assignment& content,
                               const Marks& marks);

/// The whole file of a task that has none, or whose file shows what it was before.
std::string render(const Assignment& content, const Marks& marks);

}  // namespace nightshift::bridges::vault
