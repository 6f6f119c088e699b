// What of an approval an agent is shown, read by the names of its fields.
#pragma once

#include <string>

#include "runtime/node.hpp"

namespace nightshift::bridges::mcp {

/// The kind that everything here is about.
inline constexpr std::string_view gate_kind = "approval";

/// True while nobody has decided, or it is still being done.
bool is_open(const runtime::Answer& answer);
/// A field of the view that is a text; empty where there is none.
std::string text_of(const runtime::Answer& answer, const std::string& field);
/// Who may read: scope read, or whoever proposed it.
Result<void> check_reader(const runtime::Answer& answer, const kernel::Caller& caller);

/// `{id, status, ...}`: a JSON object with what there is of title, digest, reason, evidence, times
/// and who decided.
std::string shown_json(const runtime::Answer& answer);
/// One sentence: what it is now, and what to do next.
std::string shown_text(const runtime::Answer& answer);

}  // namespace nightshift::bridges::mcp
