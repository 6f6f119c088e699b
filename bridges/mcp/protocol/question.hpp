// What a server wants to know from a person (elicitation), and what the person says.
#pragma once

#include <string>
#include <string_view>

#include "bridges/mcp/protocol/json_view.hpp"

namespace nightshift::bridges::mcp {

struct Question {
  enum class Mode {
    /// Values for a form.
    form,
    /// Something to be done at a page: only whether the person will goes back.
    page,
  };
  Mode mode = Mode::form;
  std::string message;
  /// Of a form: a JSON object, flat, of texts, numbers, flags and choices.
  JsonText schema;
  /// Of a page: `https` or `http`. Never opened by itself.
  std::string url;
};

/// From the params of `elicitation/create`. `invalid`, with the reason.
Result<Question> read_question(JsonView params);

struct Reply {
  enum class Action { accept, decline, cancel };
  Action action = Action::cancel;
  /// Of an accepted form: a JSON object of its values.
  std::string content;
};

/// Whether the reply is one to this question: an accepted form has an object with the required
/// values, each of its field's type and among its choices, and no value that was not asked for.
Result<void> check_reply(const Question& question, const Reply& reply);

/// The result of `elicitation/create`. `reply` was checked.
std::string reply_result(const Question& question, const Reply& reply);

}  // namespace nightshift::bridges::mcp
