// What the node's own tools do.
#include "bridges/mcp/gate/gate_tools.hpp"

#include <algorithm>

#include "bridges/mcp/gate/permission.hpp"
#include "bridges/mcp/gate/view.hpp"
#include "messages/crypto.hpp"
#include "messages/json.hpp"
#include "runtime/json_writer.hpp"
#include "runtime/shapes.hpp"

namespace nightshift::bridges::mcp {
namespace {

using runtime::Answer;

constexpr std::size_t page_max = 50;

/// Text members that the tools share.
Result<std::string> id_in(const ToolUse& use) {
  const auto object = JsonObject::read(use.arguments.view(), "the arguments");
  if (!object) return std::unexpected(object.error());
  auto id = object->required_text("id");
  if (id && id->starts_with("approval/")) id->erase(0, std::string_view("approval/").size());
  if (id && !is_id(*id)) {
    return fail(ErrorCode::invalid, "an id has 1 to 128 of the characters A-Z a-z 0-9 . _ -", "id");
  }
  return id;
}

std::string text_in(const ToolUse& use, std::string_view name) {
  for (JsonItems items(use.arguments.view()); items.next();) {
    if (items.name() == name) return items.value().text().value_or("");
  }
  return {};
}

std::optional<std::int64_t> number_in(const ToolUse& use, std::string_view name) {
  for (JsonItems items(use.arguments.view()); items.next();) {
    if (items.name() == name) return items.value().integer();
  }
  return std::nullopt;
}

std::size_t limit_in(const ToolUse& use) {
  const auto limit = number_in(use, "limit").value_or(page_max);
  return static_cast<std::size_t>(std::clamp<std::int64_t>(limit, 1, page_max));
}

/// All members but `key`.
std::string without_key(JsonView arguments) {
  std::string out;
  runtime::JsonWriter json(out);
  json.begin_object();
  for (JsonItems items(arguments); items.next();) {
    if (items.name() != "key") json.key(items.name()).raw(items.value().raw());
  }
  json.end_object();
  return out;
}

ToolAnswer shown(const Answer& answer) {
  return {.text = shown_text(answer), .structured = shown_json(answer)};
}

/// The id that a key of the caller stands for; a fresh one without.
std::string id_of_key(const kernel::Caller& caller, const std::string& key) {
  if (key.empty()) return "mcp-" + to_hex(random_bytes(16));
  Canonical name;
  name.add("caller", caller.principal);
  name.add("key", key);
  return "mcp-" + to_hex(as_bytes(sha256(name.encode()))).substr(0, 32);
}

}  // namespace

void GateTools::call(ToolUse use, ToolEnd end) {
  if (use.name == "propose") return propose(use, std::move(end));
  if (use.name == "withdraw") return withdraw(use, std::move(end));
  if (use.name == "wait") return wait(use, std::move(end));
  if (use.name == "permission_prompt") return ask_permission(use, std::move(end));
  read(std::move(use), std::move(end));
}

void GateTools::read(ToolUse use, ToolEnd end) {
  const auto who = use.caller.principal;
  const auto shared = std::make_shared<ToolEnd>(std::move(end));
  const bool taken = waits_->soon(who, [self = shared_from_this(), use = std::move(use), shared] {
    if (use.name == "status") return (*shared)(self->status(use));
    if (use.name == "approvals") return (*shared)(self->approvals(use));
    if (use.name == "journal") return (*shared)(self->journal(use));
    (*shared)(self->whoami(use));
  });
  if (!taken) {
    (*shared)(ToolAnswer::error({ErrorCode::overloaded, "too much of yours is waited for", {}}));
  }
}

void GateTools::submit(const std::string& id, std::string_view word, std::string_view body,
                       const kernel::Caller& caller, const std::string& key, runtime::Reply reply) {
  const auto* kind = node_.catalog().find(gate_kind);
  const auto known = kind == nullptr ? std::span<const kernel::CommandInfo>() : kind->commands();
  const auto command = std::ranges::find(known, word, &kernel::CommandInfo::word);
  if (command == known.end()) {
    return reply(fail(ErrorCode::unknown_command, "this node has no command for that", "name"));
  }
  const std::shared_ptr<google::protobuf::Message> message(command->prototype->New());
  if (auto read = from_json(body, *message); !read) return reply(std::unexpected(read.error()));
  node_.submit({.entity = {std::string(gate_kind), id},
                .body = message,
                .key = key.empty() ? to_hex(random_bytes(16)) : key,
                .key_is_fresh = key.empty(),
                .if_match = {},
                .caller = caller,
                .correlation = {}},
               std::move(reply));
}

void GateTools::propose(const ToolUse& use, ToolEnd end) {
  auto key = text_in(use, "key");
  if (key.empty()) key = use.key;
  const auto id = id_of_key(use.caller, key);
  submit(id, "propose", without_key(use.arguments.view()), use.caller, key.empty() ? "" : id,
         [end = std::move(end)](Result<Answer> answer) mutable {
           end(answer ? shown(*answer) : ToolAnswer::error(answer.error()));
         });
}

void GateTools::withdraw(const ToolUse& use, ToolEnd end) {
  const auto id = id_in(use);
  if (!id) return end(ToolAnswer::error(id.error()));
  std::string body;
  runtime::JsonWriter(body).begin_object().field("reason", text_in(use, "reason")).end_object();
  submit(*id, "withdraw", body, use.caller, {},
         [end = std::move(end)](Result<Answer> answer) mutable {
           end(answer ? shown(*answer) : ToolAnswer::error(answer.error()));
         });
}

void GateTools::wait(const ToolUse& use, ToolEnd end) {
  const auto id = id_in(use);
  if (!id) return end(ToolAnswer::error(id.error()));
  auto patience = use.patience;
  if (const auto seconds = number_in(use, "seconds"); seconds && *seconds >= 0) {
    patience = std::min<std::chrono::milliseconds>(
        patience, std::chrono::seconds(std::min<std::int64_t>(*seconds, 3600)));
  }
  await(*id, use.caller, patience, std::move(end));
}

void GateTools::await(const std::string& id, const kernel::Caller& caller,
                      std::chrono::milliseconds patience, ToolEnd end) {
  waits_->add(caller.principal, patience,
              [self = shared_from_this(), id, caller, end = std::move(end)](bool last) mutable {
                const auto answer = self->node_.get({std::string(gate_kind), id});
                if (!answer) return end(ToolAnswer::error(answer.error())), true;
                if (const auto may = check_reader(*answer, caller); !may) {
                  return end(ToolAnswer::error(may.error())), true;
                }
                const bool open = is_open(*answer);
                if (open && !last) return false;
                auto result = shown(*answer);
                if (open) result.pending = id;
                return end(std::move(result)), true;
              });
}

void GateTools::ask_permission(const ToolUse& use, ToolEnd end) {
  const auto asked = PermissionAsked::read(use.arguments.view());
  if (!asked) return end(denied("the question cannot be asked: " + asked.error().detail));
  const auto& caller = use.caller;
  const auto key = use.key.empty() ? to_hex(random_bytes(16)) : use.key;
  const auto id = asked->approval_id(caller.principal, key);
  auto reply = [self = shared_from_this(), id, caller, asked = *asked, patience = use.patience,
                end = std::move(end)](Result<Answer> answer) mutable {
    // What was asked before is there already, whatever the command id says.
    const bool there = answer || self->node_.get({std::string(gate_kind), id});
    if (!there) {
      auto result = denied("nobody can be asked: " + std::string(answer.error().message()));
      // It may be possible soon: whoever goes on asking is not told no for good.
      if (info(answer.error().code).http_status >= 500) result.pending = id;
      return end(std::move(result));
    }
    self->waits_->add(caller.principal, patience,
                      [self, id, caller, asked, end = std::move(end)](bool last) mutable {
                        auto result = permission_answer(self->node_, id, asked, caller, last);
                        if (!result) return false;
                        return end(std::move(*result)), true;
                      });
  };
  submit(id, "propose", asked->proposal(caller.principal), caller, id, std::move(reply));
}

ToolAnswer GateTools::status(const ToolUse& use) const {
  const auto id = id_in(use);
  if (!id) return ToolAnswer::error(id.error());
  const auto answer = node_.get({std::string(gate_kind), *id});
  if (!answer) return ToolAnswer::error(answer.error());
  if (const auto may = check_reader(*answer, use.caller); !may) {
    return ToolAnswer::error(may.error());
  }
  return shown(*answer);
}

ToolAnswer GateTools::approvals(const ToolUse& use) const {
  runtime::ListQuery query{.kind = std::string(gate_kind),
                           .where = {{"requester", use.caller.principal}},
                           .after = text_in(use, "after"),
                           .limit = limit_in(use)};
  if (const auto status = text_in(use, "status"); !status.empty()) {
    query.where.emplace_back("status", status);
  }
  const auto page = node_.list(query);
  if (!page) return ToolAnswer::error(page.error());
  std::string structured;
  runtime::JsonWriter json(structured);
  json.begin_object().key("approvals").begin_array();
  for (const auto& answer : page->items) json.raw(shown_json(answer));
  json.end_array();
  if (!page->next.empty()) json.field("next", page->next);
  json.end_object();
  return {.text = structured, .structured = structured};
}

ToolAnswer GateTools::journal(const ToolUse& use) const {
  const auto after =
      static_cast<std::uint64_t>(std::max<std::int64_t>(number_in(use, "after").value_or(0), 0));
  const bool of_one = !text_in(use, "id").empty();
  Result<std::vector<runtime::EventView>> events;
  if (of_one) {
    const auto id = id_in(use);
    if (!id) return ToolAnswer::error(id.error());
    const EntityRef approval{std::string(gate_kind), *id};
    const auto answer = node_.get(approval);
    if (!answer) return ToolAnswer::error(answer.error());
    if (const auto may = check_reader(*answer, use.caller); !may) {
      return ToolAnswer::error(may.error());
    }
    events = node_.events(approval, after, limit_in(use));
  } else if (!use.caller.may(SCOPE_READ)) {
    return ToolAnswer::error(
        {ErrorCode::forbidden,
         "'" + use.caller.principal + "' has no scope read: name the id of an approval of yours",
         "id"});
  } else {
    events = node_.events(after, limit_in(use));
  }
  if (!events) return ToolAnswer::error(events.error());
  std::string structured;
  runtime::JsonWriter json(structured);
  json.begin_object().key("events").begin_array();
  for (const auto& event : *events) {
    std::string one;
    runtime::JsonWriter inner(one);
    runtime::write_event(event, node_.identity().log_id(), inner);
    json.raw(one);
  }
  json.end_array().end_object();
  return {.text = structured, .structured = structured};
}

ToolAnswer GateTools::whoami(const ToolUse& use) const {
  std::string structured;
  runtime::JsonWriter json(structured);
  json.begin_object().field("principal", use.caller.principal).field("agent", use.caller.agent);
  json.field("node", node_.identity().node()).field("role", node_.identity().role());
  json.key("scopes").begin_array();
  for (const auto scope : use.caller.scopes) {
    json.text(enum_word(*Scope_descriptor()->FindValueByNumber(scope)));
  }
  json.end_array();
  const auto pending =
      node_.list({.kind = std::string(gate_kind),
                  .where = {{"requester", use.caller.principal}, {"status", "pending"}},
                  .after = {},
                  .limit = page_max});
  if (pending) json.field("pending", std::uint64_t{pending->items.size()});
  json.end_object();
  return {.text = structured, .structured = structured};
}

}  // namespace nightshift::bridges::mcp
