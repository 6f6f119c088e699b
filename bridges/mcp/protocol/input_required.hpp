// A result that is none yet: the server wants answers first, and the request again with them
// (multi round-trip requests, from 2026-07-28).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridges/mcp/protocol/question.hpp"

namespace nightshift::bridges::mcp {

inline constexpr std::size_t inputs_max = 16;

struct InputRequired {
  struct Item {
    /// The server's name for it.
    std::string key;
    Question question;
    /// The result of the question, as JSON; empty until it is answered.
    std::string answer;
  };
  std::vector<Item> items;
  /// Opaque; goes back as it came.
  std::optional<std::string> state;

  bool complete() const;
  /// What the request's params are extended by, each member behind a comma.
  std::string params() const;
};

enum class ResultType { complete, input_required, unknown };
/// By `resultType`; a result without one is complete.
ResultType type_of(JsonView result);

/// `invalid` where it asks for what was not offered (only questions to people are), for nothing, or
/// for too much.
Result<InputRequired> read_input_required(JsonView result);

}  // namespace nightshift::bridges::mcp
