// The JSON shapes of answers, pages and records (docs/reference/http.md, "Shapes").
#pragma once

#include "runtime/json_writer.hpp"
#include "runtime/node.hpp"

namespace nightshift::runtime {

/// `{id, kind, sequence, offset, status, view, created_at, updated_at}`, with `command_id` for an
/// answered command, `effects` where there are some and `stale` where it is true.
void write_answer(const Answer& answer, JsonWriter& json);

/// One record: what a stream of events carries as `data`.
void write_event(const EventView& event, std::string_view log_id, JsonWriter& json);

/// `LOG:OFFSET`.
std::string position_text(std::string_view log_id, std::uint64_t offset);

}  // namespace nightshift::runtime
