// What a task says: from a command, checked, and its digest.
#pragma once

#include <string>

#include "messages/assignment.pb.h"
#include "messages/error.hpp"
#include "messages/task.pb.h"
#include "runtime/kernel/context.hpp"

namespace nightshift::actors {

/// Bounds of a task, beside those of the schema.
inline constexpr int task_notes_max = 64;
inline constexpr int task_recipients_max = 100;

/// The title is the command's, else the subject, else the first line of the text that is not empty,
/// without the marks of a heading; `created` is now where it is absent. Errors, with the field in
/// `instance`: `invalid` for a task that says nothing, a line break where a line is expected, a
/// word that is no channel or priority; `too_large` for too many recipients or notes.
Result<Assignment> content_of(const task::Arrive& command, const kernel::Context& context);
Result<Assignment> content_of(const task::Edit& command, const kernel::Context& context);

/// Hex, over every field.
std::string content_digest_of(const Assignment& content);

}  // namespace nightshift::actors
