// Answers of a node as people read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "messages/error.hpp"
#include "runtime/catalog.hpp"

namespace nightshift::bridges::cli {

/// Keeps the order of fields.
using Json = nlohmann::ordered_json;

/// `unavailable` where `text` is not a JSON object: what answered is no node.
Result<Json> parse_json(std::string_view text);

/// How wide and how plain.
struct Look {
  /// Nothing cuts nothing.
  std::optional<std::size_t> columns;
  bool colour = false;
};

/// One entity: head line, then its fields, those that are empty left out.
std::string show_entity(const Json& entity, const kernel::Kind* kind);

/// One line: what an entity is after a command.
std::string show_outcome(const Json& entity);

/// Entities of one kind: id, status, and the columns that the kind's view names.
std::string show_list(const std::vector<Json>& entities, const kernel::Kind& kind,
                      const Look& look);

/// Events, oldest first: where, when, who, what. Without `header` only the rows.
std::string show_events(const std::vector<Json>& events, const Look& look, bool header);

/// Why an entity is as it is: its events with what caused each, from the first trigger on.
std::string show_chain(const Json& entity, const std::vector<Json>& events, const Look& look);

/// The kinds of this program.
std::string show_kinds(const runtime::Catalog& catalog, const Look& look);

/// `error: SENTENCE`, then which code and what to do, as far as the error says so.
std::string show_error(const Error& error);
/// The same for programs: a problem document in one line.
std::string error_json(const Error& error);

/// Text of a field, empty where it is absent or no text.
std::string text_of(const Json& object, std::string_view name);

}  // namespace nightshift::bridges::cli
