// The JSON of an entity that is at home at another node (docs/reference/http.md, "Shapes").
#pragma once

#include <optional>
#include <string>

#include "runtime/json_writer.hpp"
#include "runtime/node.hpp"

namespace nightshift::runtime {

/// As `write_answer` of one here, with `home` and, where it is known, `as_of`.
void write_answer(const Answer& answer, const std::string& home, std::optional<Time> as_of,
                  JsonWriter& json);

}  // namespace nightshift::runtime
