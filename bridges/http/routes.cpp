// Builds the table of routes and finds the one that a request means.
#include "bridges/http/routes.hpp"

#include <algorithm>

#include "bridges/http/call.hpp"
#include "messages/json.hpp"
#include "messages/nearest.hpp"
#include "messages/options.pb.h"

namespace nightshift::bridges::http {
namespace {

constexpr std::string_view read_methods = "GET, HEAD";
constexpr std::string_view command_method = "POST";

const Parameter after_sequence{"after", "the sequence after which to begin; 0 if absent", true};

Miss missing(ErrorCode code, std::string detail, std::string_view instance) {
  return Miss{Error{code, std::move(detail), std::string(instance)}, {}};
}

Miss other_method(std::string_view allow) {
  std::string detail = "this route takes " + std::string(allow) + " only";
  return Miss{Error{ErrorCode::method_not_allowed, std::move(detail), {}}, allow};
}

bool reads(Method method) { return method == Method::get || method == Method::head; }

std::vector<Parameter> list_parameters(const kernel::Kind& kind) {
  std::vector<Parameter> out{
      limit_parameter(), after_id_parameter(), {"status", "only those with this status"}};
  const auto* view = kind.view_descriptor();
  for (int i = 0; i < view->field_count(); ++i) {
    const auto* field = view->field(i);
    if (!field->options().GetExtension(rules).indexed()) continue;
    out.push_back({field->name(), "only those with this value"});
  }
  return out;
}

}  // namespace

bool has_requester(const kernel::Kind& kind) {
  const auto* field = kind.view_descriptor()->FindFieldByName(requester_field);
  return field && field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING &&
         !field->is_repeated();
}

Routes::Routes(const runtime::Catalog& catalog) {
  add_fixed();
  for (const kernel::Kind* kind : catalog.all()) add_kind(*kind);
}

void Routes::add_fixed() {
  routes_ = fixed_routes();
  for (std::size_t i = 0; i < routes_.size(); ++i) fixed_.emplace(routes_[i].pattern, i);
}

void Routes::add_kind(const kernel::Kind& kind) {
  const std::string name(kind.name());
  const std::string base = "/v1/" + name;
  const bool own = has_requester(kind);
  KindRoutes mine;
  mine.kind = &kind;
  const auto add = [&](Route route) {
    route.kind = &kind;
    routes_.push_back(std::move(route));
    return routes_.size() - 1;
  };
  const auto read = [&](std::string_view word, std::string summary, Handler handler,
                        std::vector<Parameter> query) {
    std::string pattern = base + "/{id}" + (word.empty() ? "" : "/") + std::string(word);
    mine.reads.emplace(word, add({Method::get, std::move(pattern), SCOPE_READ, own,
                                  std::move(summary), handler, std::move(query)}));
  };
  mine.list = add({Method::get, base, SCOPE_READ, own, "List them, by indexed fields.",
                   list_entities, list_parameters(kind)});
  read("", "One of them, as it is now.", get_entity, {});
  read("events", "Its records; with Accept: text/event-stream a stream that does not end.",
       get_entity_events, {after_sequence, limit_parameter()});
  read("why", "The chain of causes, back to the first trigger.", get_why, {});
  for (const kernel::CommandInfo& command : kind.commands()) {
    if (command.scope == SCOPE_HOST) continue;
    Route route{Method::post,
                base + "/{id}/" + command.word,
                command.scope,
                false,
                command.summary,
                post_command,
                {}};
    route.command = &command;
    mine.commands.emplace(command.word, add(std::move(route)));
  }
  kinds_.emplace(name, std::move(mine));
}

std::expected<Match, Miss> Routes::match(Method method, const Target& target) const {
  if (const auto found = fixed_.find(target.path()); found != fixed_.end()) {
    const Route& route = routes_[found->second];
    const bool posted = route.method == Method::post;
    if (posted ? method != Method::post : !reads(method)) {
      return std::unexpected(other_method(posted ? command_method : read_methods));
    }
    return Match{&route, {}};
  }
  const auto segments = target.segments();
  if (segments.size() < 2 || segments[0] != "v1") {
    return std::unexpected(
        missing(ErrorCode::not_found, "there is no such route; see /v1/kinds", target.path()));
  }
  const auto kind = kinds_.find(segments[1]);
  if (kind == kinds_.end()) return std::unexpected(unknown_kind(segments[1]));
  return match_kind(method, kind->second, segments.subspan(2));
}

std::expected<Match, Miss> Routes::match_kind(Method method, const KindRoutes& kind,
                                              std::span<const std::string_view> rest) const {
  const std::string name(kind.kind->name());
  if (rest.size() > 2) {
    return std::unexpected(missing(ErrorCode::not_found,
                                   "routes of a kind are /v1/" + name + "/ID/COMMAND at most", {}));
  }
  if (rest.empty()) {
    if (!reads(method)) return std::unexpected(other_method(read_methods));
    return Match{&routes_[kind.list], {}};
  }
  if (!is_id(rest[0])) {
    return std::unexpected(missing(ErrorCode::invalid,
                                   "an id has 1 to 128 of the characters A-Z a-z 0-9 . _ -", "id"));
  }
  const std::string_view word = rest.size() == 2 ? rest[1] : std::string_view();
  const auto read = kind.reads.find(word);
  const auto command = kind.commands.find(word);
  if (reads(method) && read != kind.reads.end()) return Match{&routes_[read->second], rest[0]};
  if (method == Method::post && command != kind.commands.end()) {
    return Match{&routes_[command->second], rest[0]};
  }
  if (read != kind.reads.end()) return std::unexpected(other_method(read_methods));
  if (command != kind.commands.end()) return std::unexpected(other_method(command_method));
  std::vector<std::string_view> words;
  for (const auto& [known, index] : kind.commands) words.push_back(known);
  std::ranges::sort(words);
  return std::unexpected(missing(ErrorCode::unknown_command,
                                 "'" + name + "' has no command '" + std::string(word) +
                                     "'; the nearest is '" + nearest(word, words) + "'",
                                 word));
}

Miss Routes::unknown_kind(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const auto& [known, routes] : kinds_) names.push_back(known);
  std::ranges::sort(names);
  std::string detail = "there is no kind '" + std::string(name.substr(0, 128)) + "'";
  if (!names.empty()) detail += "; the nearest is '" + nearest(name, names) + "'";
  return missing(ErrorCode::unknown_kind, std::move(detail), name.substr(0, 128));
}

}  // namespace nightshift::bridges::http
