// The task as an agent reads it, and the draft as it prints it: Markdown behind front matter of one
// `key: value` per line (docs/formats/agent.md).
#pragma once

#include <string>
#include <string_view>

#include "messages/draft.pb.h"
#include "messages/effects.pb.h"
#include "messages/error.hpp"

namespace nightshift::bridges::agent {

/// Every value is a JSON string or a list of them, so that no task can break out of its line.
std::string task_text(const effect::ComposeDraft& task);

/// Front matter is optional; without it all is body. Known keys: `title`, `to`, `cc`, `subject`,
/// `account`, `channel`. Values are plain text to the end of the line, a JSON string, or a list in
/// brackets of both, parted by commas. Error `invalid` names the key, or says that it is no UTF-8
/// or has no body.
Result<draft::Write> read_draft(std::string_view text);

}  // namespace nightshift::bridges::agent
