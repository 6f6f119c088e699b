// What the journal says of one task, as far as its file needs it.
#pragma once

#include <optional>
#include <string>

#include "bridges/vault/marks.hpp"
#include "messages/task.pb.h"
#include "runtime/node.hpp"

namespace nightshift::bridges::vault {

inline constexpr const char* task_kind = "task";

struct TaskStanding {
  std::string id;
  std::string status;
  std::uint64_t sequence = 0;
  task::View view;
  /// What the file's front matter has to say.
  Marks marks;

  /// Nothing more happens by itself or by its file.
  bool has_ended() const { return status == "done" || status == "dropped"; }
  /// What the file says can become what the task says.
  bool can_be_edited() const {
    return status == "waiting" || status == "drafting" || status == "stuck";
  }
  /// Name of its file, in whatever folder: that under which it arrived, else `ID.md`.
  std::string file_name() const;
  /// Folder in which the file has to lie.
  std::string place() const;
  std::string path() const { return place() + "/" + file_name(); }
};

/// Nothing if there is no such task, or if it was archived.
Result<std::optional<TaskStanding>> read_task_standing(const runtime::Node& node,
                                                       const std::string& id);

/// What a task said when its digest was this; nothing if it never was.
Result<std::optional<Assignment>> read_task_revision(const runtime::Node& node,
                                                     const std::string& id,
                                                     const std::string& digest);

}  // namespace nightshift::bridges::vault
