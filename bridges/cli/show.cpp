// Answers of a node as people read them.
#include "bridges/cli/show.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "bridges/cli/table.hpp"
#include "bridges/cli/text.hpp"
#include "messages/options.pb.h"

namespace nightshift::bridges::cli {
namespace {

constexpr std::size_t value_bytes_shown = 4096;
constexpr std::size_t detail_bytes_shown = 80;
constexpr std::size_t word_bytes_shown = 20;

/// A scalar as one text, times in the local zone.
std::string scalar(const Json& value) {
  if (value.is_string()) return local_time(value.get<std::string>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_null()) return "";
  return value.dump();
}

std::string one_line(const Json& value) {
  if (!value.is_array()) return value.is_object() ? value.dump() : scalar(value);
  std::string text;
  for (const auto& item : value) text += (text.empty() ? "" : ", ") + one_line(item);
  return text;
}

bool is_empty(const Json& value) {
  return value.is_null() || value == "" || value == 0 || value == false ||
         (value.is_structured() && value.empty());
}

bool is_bytes(const google::protobuf::Descriptor* view, const std::string& field) {
  const auto* found = view == nullptr ? nullptr : view->FindFieldByName(field);
  return found != nullptr && found->type() == google::protobuf::FieldDescriptor::TYPE_BYTES;
}

/// `name  value`; further lines of the value stand below the first.
std::string field_lines(const std::string& name, std::size_t width, const std::string& value) {
  std::string text = "  " + name + std::string(width - name.size() + 2, ' ');
  const std::string indent(width + 4, ' ');
  for (std::size_t i = 0; i < value.size(); ++i) {
    text += value[i];
    const bool line_follows = value[i] == '\n' && i + 1 < value.size();
    if (line_follows && value[i + 1] != '\n') text += indent;
  }
  return text.ends_with('\n') ? text : text + "\n";
}

/// The view's fields with `column` set, in that order.
std::vector<const google::protobuf::FieldDescriptor*> columns_of(const kernel::Kind& kind) {
  std::vector<const google::protobuf::FieldDescriptor*> columns;
  const auto* view = kind.view_descriptor();
  const auto place = [](const auto* field) {
    return field->options().GetExtension(rules).column();
  };
  for (int i = 0; i < view->field_count(); ++i) {
    if (place(view->field(i)) > 0) columns.push_back(view->field(i));
  }
  std::ranges::stable_sort(columns, {}, place);
  return columns;
}

std::string upper(std::string_view word) {
  std::string text(word);
  std::ranges::transform(text, text.begin(), [](unsigned char c) {
    return c == '_' ? ' ' : static_cast<char>(std::toupper(c));
  });
  return text;
}

/// `approver=anna proof=signature`: the small scalars of an event, one level deep.
void add_details(const Json& object, std::string& text, bool nested) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object() && !nested) {
      add_details(value, text, true);
    } else if (value.is_primitive() && !is_empty(value)) {
      const auto shown = scalar(value);
      // Long words are hashes, keys and ids, which --json has.
      const bool word = shown.find(' ') == std::string::npos;
      if (shown.size() > (word ? word_bytes_shown : detail_bytes_shown)) continue;
      text += (text.empty() ? "" : " ") + name + "=" + shown;
    }
  }
}

std::string what_of(const Json& event) {
  const auto sentence = text_of(event, "sentence");
  return sentence.empty() ? text_of(event, "type") : sentence;
}

/// Without `detail`, which the sentence ends with.
std::string details_of(const Json& event) {
  const auto payload = event.find("event");
  if (payload == event.end() || !payload->is_object()) return "";
  auto shown = *payload;
  const auto detail = text_of(shown, "detail");
  if (!detail.empty() && what_of(event).ends_with(detail)) shown.erase("detail");
  std::string text;
  add_details(shown, text, false);
  return text;
}

std::string member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? "" : scalar(*found);
}

/// Of an entity of another node: where it is at home, and how old this is.
std::string at_home(const Json& entity) {
  const auto home = text_of(entity, "home");
  if (home.empty()) return "";
  const auto as_of = text_of(entity, "as_of");
  return sanitise("at home at " + home + (as_of.empty() ? "" : ", as of " + local_time(as_of)),
                  Lines::escape) +
         "\n";
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  auto json = Json::parse(text, nullptr, false);
  if (json.is_object() || json.is_array()) return json;
  return fail(ErrorCode::unavailable, "what answered is not a Nightshift node: no JSON came back");
}

std::string text_of(const Json& object, std::string_view name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string show_outcome(const Json& entity) {
  if (entity.contains("look")) {
    return sanitise(text_of(entity, "kind") + "/" + text_of(entity, "id") +
                        "  waits for the node " + text_of(entity, "home") +
                        ", its home, as command " + text_of(entity, "command_id") +
                        "; see nightshift cluster outbox",
                    Lines::escape) +
           "\n";
  }
  return sanitise(text_of(entity, "kind") + "/" + text_of(entity, "id") + "  " +
                      text_of(entity, "status") + "  sequence " + member(entity, "sequence"),
                  Lines::escape) +
         "\n";
}

std::string show_entity(const Json& entity, const kernel::Kind* kind) {
  const auto view = entity.value("view", Json::object());
  const auto* descriptor = kind == nullptr ? nullptr : kind->view_descriptor();
  std::string text = sanitise(text_of(entity, "kind") + "/" + text_of(entity, "id") + "  " +
                                  text_of(entity, "status"),
                              Lines::escape) +
                     "\n";
  text += at_home(entity);
  std::size_t width = std::string_view("sequence").size();
  for (const auto& [name, value] : view.items()) {
    if (!is_empty(value)) width = std::max(width, name.size());
  }
  for (const auto& [name, value] : view.items()) {
    if (is_empty(value)) continue;
    std::string shown;
    if (is_bytes(descriptor, name)) {
      shown = std::to_string(value.get<std::string>().size() * 3 / 4) + " bytes (see --json)";
    } else {
      shown = sanitise(one_line(value), Lines::keep);
    }
    if (shown.size() > value_bytes_shown) {
      shown = cut_to_width(shown, value_bytes_shown) + " (cut; see --json)";
    }
    text += field_lines(sanitise(name, Lines::escape), width, shown);
  }
  text += field_lines("sequence", width, member(entity, "sequence"));
  if (const auto cause = text_of(entity, "quarantined"); !cause.empty()) {
    text += field_lines("quarantined", width, sanitise(cause, Lines::keep));
  }
  if (entity.value("stale", false)) {
    text += "  written by a newer version: this view may lack something\n";
  }
  return text;
}

std::string show_list(const std::vector<Json>& entities, const kernel::Kind& kind,
                      const Look& look) {
  const auto columns = columns_of(kind);
  // Of entities at home elsewhere it is said where, and how old what is known of them is.
  const bool others =
      std::ranges::any_of(entities, [](const Json& entity) { return entity.contains("home"); });
  std::vector<std::string> header{"ID", "STATUS"};
  if (others) header.insert(header.end(), {"HOME", "AS OF"});
  for (const auto* column : columns) header.push_back(upper(column->name()));
  Table table(std::move(header));
  for (const auto& entity : entities) {
    std::vector<std::string> cells{text_of(entity, "id"), text_of(entity, "status")};
    const auto as_of = text_of(entity, "as_of");
    if (others) {
      cells.insert(cells.end(), {text_of(entity, "home"), as_of.empty() ? "" : local_time(as_of)});
    }
    const auto view = entity.value("view", Json::object());
    for (const auto* column : columns) {
      const auto value = view.find(column->name());
      cells.push_back(value == view.end() ? "" : one_line(*value));
    }
    table.add(cells);
  }
  return table.render(look.columns, look.colour);
}

std::string show_events(const std::vector<Json>& events, const Look& look, bool header) {
  Table table({"OFFSET", "WHEN", "ENTITY", "WHO", "WHAT", "DETAILS"});
  for (const auto& event : events) {
    table.add({member(event, "offset"), member(event, "written_at"),
               text_of(event, "kind") + "/" + text_of(event, "id"), text_of(event, "principal"),
               what_of(event), details_of(event)});
  }
  auto text = table.render(look.columns, look.colour);
  if (!header) text.erase(0, text.find('\n') + 1);
  return text;
}

std::string show_chain(const Json& entity, const std::vector<Json>& events, const Look& look) {
  std::string text = sanitise(text_of(entity, "kind") + "/" + text_of(entity, "id") + " is " +
                                  text_of(entity, "status") + ", because:",
                              Lines::escape) +
                     "\n\n";
  Table table({"#", "WHEN", "WHO", "WHAT", "COMMAND", "DETAILS"});
  for (const auto& event : events) {
    table.add({member(event, "sequence"), member(event, "decided_at"), text_of(event, "principal"),
               what_of(event), text_of(event, "cause"), details_of(event)});
  }
  text += table.render(look.columns, look.colour);
  if (events.empty()) return text;
  const auto& first = events.front();
  const auto trigger = text_of(first, "correlation");
  text += "\nfirst trigger: command " + sanitise(trigger, Lines::escape) + " by " +
          sanitise(text_of(first, "principal"), Lines::escape) + " at " +
          member(first, "decided_at") + "\n";
  return text;
}

std::string show_kinds(const runtime::Catalog& catalog, const Look& look) {
  Table table({"KIND", "COMMANDS", "WHAT"});
  for (const auto* kind : catalog.all()) {
    std::string commands;
    for (const auto& command : kind->commands()) {
      if (command.scope == SCOPE_HOST) continue;
      commands += (commands.empty() ? "" : " ") + command.word;
    }
    table.add({std::string(kind->name()), commands, std::string(kind->summary())});
  }
  return table.render(look.columns, look.colour);
}

std::string show_error(const Error& error) {
  const auto& row = info(error.code);
  std::string text = "error: " + sanitise(error.message(), Lines::keep) + "\n";
  if (!error.instance.empty() && error.message().find(error.instance) == std::string_view::npos) {
    text += "  concerns: " + sanitise(error.instance, Lines::escape) + "\n";
  }
  return text + "  code: " + std::string(row.name) + "\n";
}

std::string error_json(const Error& error) {
  const auto& row = info(error.code);
  Json problem;
  problem["title"] = row.sentence;
  problem["status"] = row.http_status;
  problem["code"] = row.name;
  problem["detail"] = error.message();
  if (!error.instance.empty()) problem["instance"] = error.instance;
  return problem.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace nightshift::bridges::cli
