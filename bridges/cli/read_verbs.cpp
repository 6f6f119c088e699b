// get, list, log, why: what a node says about its entities.
#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/event_stream.hpp"
#include "bridges/cli/terminal.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"
#include "messages/ids.hpp"
#include "messages/nearest.hpp"

namespace nightshift::bridges::cli {
namespace {

constexpr std::size_t page_items = 500;
constexpr std::string_view log_target = "/v1/events";

/// A page of a list: its items, and where the next one begins.
struct Page {
  std::vector<Json> items;
  std::string next;
};

Result<Page> get_page(Session& session, const std::string& target) {
  const auto answer = session.api.get(target);
  if (!answer) return std::unexpected(answer.error());
  const auto json = parse_json(answer->body);
  if (!json) return std::unexpected(json.error());
  Page page;
  for (const auto& item : json->value("items", Json::array())) page.items.push_back(item);
  if (const auto next = json->find("next"); next != json->end()) {
    page.next = next->is_string() ? next->get<std::string>() : next->is_null() ? "" : next->dump();
  }
  return page;
}

void print_json(Session& session, const std::vector<Json>& items, const std::string& next) {
  Json page;
  page["items"] = items;
  page["next"] = next;
  session.out << page.dump() << "\n";
}

Result<std::string> list_target(const kernel::Kind& kind, const ListFlags& flags) {
  std::string target = "/v1/" + std::string(kind.name()) + "?";
  for (const auto& condition : flags.where) {
    const auto equals = condition.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorCode::usage, "--where takes FIELD=VALUE, not \"" + condition + "\"",
                  "--where");
    }
    target += query_escape(condition.substr(0, equals)) + "=" +
              query_escape(condition.substr(equals + 1)) + "&";
  }
  return target;
}

/// All events of one entity, oldest first.
Result<std::vector<Json>> entity_events(Session& session, const std::string& entity) {
  std::vector<Json> events;
  std::string after = "0";
  while (true) {
    auto page = get_page(session, "/v1/" + entity + "/events?after=" + after +
                                      "&limit=" + std::to_string(page_items));
    if (!page) return std::unexpected(page.error());
    std::ranges::move(page->items, std::back_inserter(events));
    if (page->items.size() < page_items) return events;
    after = page->next;
  }
}

/// Behind this event: entities count by sequence, the log by offset.
std::string cursor_of(const Json& event, const std::string& base) {
  const auto at = event.find(base == log_target ? "offset" : "sequence");
  return at == event.end() ? "0" : at->is_string() ? at->get<std::string>() : at->dump();
}

Result<void> check_entity(Session& session, const std::string& text) {
  const auto entity = parse_entity(text);
  if (!entity) {
    return fail(ErrorCode::usage, "\"" + text + "\" is not KIND/ID", text);
  }
  if (auto kind = session.kind(entity->kind); !kind) return std::unexpected(kind.error());
  return {};
}

/// Where the newest `limit` events of the log begin.
Result<std::string> tail_position(Session& session, std::size_t limit) {
  const auto answer = session.api.get("/v1/audit/head");
  if (!answer) return std::unexpected(answer.error());
  const auto head = parse_json(answer->body);
  if (!head) return std::unexpected(head.error());
  const auto offset = head->value("offset", std::uint64_t{0});
  return std::to_string(offset > limit ? offset - limit : 0);
}

void print_events(Session& session, const std::vector<Json>& events, bool header) {
  if (session.json) {
    for (const auto& event : events) session.out << event.dump() << "\n";
  } else if (!events.empty() || header) {
    session.out << show_events(events, session.look(), header);
  }
  session.out.flush();
}

/// Prints pages after `position` until there is none.
Result<void> print_pages(Session& session, const std::string& base, std::string position) {
  for (bool header = true;; header = false) {
    const auto page = get_page(session, base + "?after=" + query_escape(position) +
                                            "&limit=" + std::to_string(page_items));
    if (!page) return std::unexpected(page.error());
    print_events(session, page->items, header);
    if (page->items.size() < page_items) return {};
    position = cursor_of(page->items.back(), base);
  }
}

/// Prints events after `position` as they happen, until the output is closed.
Result<void> follow_events(Session& session, const std::string& base, const std::string& position) {
  bool header = true;
  const auto take = [&](const std::vector<Frame>& frames) {
    std::vector<Json> events;
    for (const auto& frame : frames) {
      if (auto event = parse_json(frame.data)) events.push_back(std::move(*event));
    }
    print_events(session, events, header);
    header = false;
    return session.out.good();
  };
  const auto away = [&](const Error& error) {
    session.err << "waiting for the node: " << sanitise(error.message(), Lines::escape) << "\n";
  };
  return follow(session.api, base + "?after=" + query_escape(position), {take, away});
}

}  // namespace

Look Session::look() const { return {output_columns(), output_wants_colour()}; }

Result<const kernel::Kind*> Session::kind(std::string_view name) const {
  if (const auto* found = catalog().find(name)) return found;
  std::vector<std::string_view> names;
  for (const auto* kind : catalog().all()) names.push_back(kind->name());
  return fail(
      ErrorCode::unknown_kind,
      "there is no kind \"" + std::string(name) + "\"; did you mean " + nearest(name, names) + "?",
      std::string(name));
}

Result<void> get(Session& session, const std::string& entity) {
  if (auto checked = check_entity(session, entity); !checked) return checked;
  const auto answer = session.api.get("/v1/" + entity);
  if (!answer) return std::unexpected(answer.error());
  if (session.json) {
    session.out << answer->body << "\n";
    return {};
  }
  const auto json = parse_json(answer->body);
  if (!json) return std::unexpected(json.error());
  session.out << show_entity(*json, session.catalog().find(text_of(*json, "kind")));
  return {};
}

Result<void> list(Session& session, const ListFlags& flags) {
  if (flags.kind.empty()) {
    session.out << show_kinds(session.catalog(), session.look());
    return {};
  }
  const auto kind = session.kind(flags.kind);
  if (!kind) return std::unexpected(kind.error());
  const auto base = list_target(**kind, flags);
  if (!base) return std::unexpected(base.error());
  Page all{{}, flags.after};
  do {
    const auto wanted = std::min(page_items, flags.limit - all.items.size());
    auto target = *base + "limit=" + std::to_string(wanted);
    if (!all.next.empty()) target += "&after=" + query_escape(all.next);
    auto page = get_page(session, target);
    if (!page) return std::unexpected(page.error());
    std::ranges::move(page->items, std::back_inserter(all.items));
    all.next = page->next;
  } while (!all.next.empty() && all.items.size() < flags.limit);
  if (session.json) {
    print_json(session, all.items, all.next);
    return {};
  }
  if (all.items.empty())
    session.out << "nothing found\n";
  else
    session.out << show_list(all.items, **kind, session.look());
  if (!all.next.empty()) session.out << "there is more: --after " << all.next << "\n";
  return {};
}

Result<void> why(Session& session, const std::string& entity) {
  if (auto checked = check_entity(session, entity); !checked) return checked;
  const auto answer = session.api.get("/v1/" + entity + (session.json ? "/why" : ""));
  if (!answer) return std::unexpected(answer.error());
  if (session.json) {
    session.out << answer->body << "\n";
    return {};
  }
  const auto json = parse_json(answer->body);
  if (!json) return std::unexpected(json.error());
  const auto events = entity_events(session, entity);
  if (!events) return std::unexpected(events.error());
  session.out << show_chain(*json, *events, session.look());
  return {};
}

Result<void> log(Session& session, const LogFlags& flags) {
  std::string base(log_target);
  std::string position = "0";
  if (!flags.entity.empty()) {
    if (auto checked = check_entity(session, flags.entity); !checked) return checked;
    base = "/v1/" + flags.entity + "/events";
  } else {
    auto tail = tail_position(session, flags.limit);
    if (!tail) return std::unexpected(tail.error());
    position = std::move(*tail);
  }
  return flags.follow ? follow_events(session, base, position)
                      : print_pages(session, base, std::move(position));
}

}  // namespace nightshift::bridges::cli
