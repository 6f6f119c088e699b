// Names, proposals, answers.
#include "bridges/mcp/gate/connected_tools.hpp"

#include <algorithm>

#include "bridges/mcp/gate/view.hpp"
#include "messages/action.pb.h"
#include "messages/approval.pb.h"
#include "messages/crypto.hpp"
#include "messages/mcp_server.pb.h"

namespace nightshift::bridges::mcp {
namespace {

namespace server_pb = nightshift::mcp_server;
namespace action_pb = nightshift::action;

constexpr std::size_t page = 100;
constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t hash_digits = 8;
constexpr std::string_view server_kind = "mcp_server";
constexpr std::string_view action_kind = "action";

/// Each server that is there, with its view.
template <class See>
void each_server(const runtime::Node& node, See see) {
  runtime::ListQuery query;
  query.kind = server_kind;
  query.limit = page;
  do {
    const auto listed = node.list(query);
    if (!listed) return;
    for (const auto& item : listed->items) {
      const auto* view = dynamic_cast<const server_pb::View*>(item.view.get());
      if (view != nullptr && item.status != "deleted") see(item.entity.id, *view);
    }
    query.after = listed->next;
  } while (!query.after.empty());
}

std::string description_of(const server_pb::ToolView& tool) {
  if (tool.policy() == MCP_POLICY_FREE) return tool.description();
  const std::string words =
      "A person approves each call before it happens, with exactly these arguments.";
  return tool.description().empty() ? words : tool.description() + "\n\n" + words;
}

ToolInfo info_of(const std::string& server, const server_pb::ToolView& tool) {
  // Where the schema is too long to be kept, the server itself says what is wrong.
  const auto& schema = tool.input_schema();
  return {.name = joint_name(server, tool.tool()),
          .title = tool.title().empty() ? server + ": " + tool.tool() : tool.title(),
          .description = description_of(tool),
          .input_schema = schema.empty() ? R"({"type":"object"})" : schema};
}

/// The same for repeats of the same request.
std::string id_of(const ToolUse& use) {
  if (use.key.empty()) return "mcp-" + to_hex(random_bytes(16));
  Canonical name;
  name.add("caller", use.caller.principal);
  name.add("tool", use.name);
  name.add("key", use.key);
  return "mcp-" + to_hex(as_bytes(sha256(name.encode()))).substr(0, 32);
}

std::optional<JsonText> read_result(const action_pb::View& view) {
  const auto result = JsonView::read(view.result());
  if (view.result().empty() || !result || result->type() != JsonView::Type::object) {
    return std::nullopt;
  }
  return JsonText(*result);
}

bool is_open_action(const std::string& status) { return status == "wanted" || status == "calling"; }

ToolAnswer said(const runtime::Answer& answer, const action_pb::View& view) {
  if (auto result = read_result(view)) return {.text = {}, .passed_on = std::move(*result)};
  const auto name = to_string(answer.entity);
  if (answer.status == "succeeded") return {.text = name + " was done; its result is not kept"};
  auto text = name + " is " + answer.status + ": " + view.evidence();
  if (answer.status == "unknown") text += ". A person has to find out; do not call it again";
  return {.text = std::move(text), .failed = true};
}

}  // namespace

std::string joint_name(std::string_view server, std::string_view tool) {
  const auto whole = std::string(server) + "__" + std::string(tool);
  auto name = whole;
  std::ranges::replace_if(
      name,
      [](char c) {
        const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '_' || c == '-';
        return !is_word;
      },
      '_');
  // `a__b` and `c` would be as `a` and `b__c`.
  const bool is_clear = !server.contains("__") && !server.ends_with('_') && !tool.starts_with('_');
  if (name == whole && name.size() <= name_bytes_max && is_clear) return name;
  Canonical both;
  both.add("server", server);
  both.add("tool", tool);
  const auto hash = to_hex(as_bytes(sha256(both.encode()))).substr(0, hash_digits);
  return name.substr(0, name_bytes_max - hash_digits - 1) + "-" + hash;
}

std::vector<ToolInfo> ConnectedTools::tools() const {
  std::vector<ToolInfo> all;
  each_server(node_, [&](const std::string& server, const server_pb::View& view) {
    for (const auto& tool : view.tools()) {
      if (tool.standing() == "usable") all.push_back(info_of(server, tool));
    }
  });
  return all;
}

std::optional<ConnectedTools::Place> ConnectedTools::find(std::string_view name) const {
  std::optional<Place> place;
  each_server(node_, [&](const std::string& server, const server_pb::View& view) {
    for (const auto& tool : view.tools()) {
      if (tool.standing() != "usable" || joint_name(server, tool.tool()) != name) continue;
      place = Place{server, tool.tool(), tool.policy() == MCP_POLICY_FREE};
    }
  });
  return place;
}

bool ConnectedTools::has(std::string_view name) const { return find(name).has_value(); }

void ConnectedTools::call(ToolUse use, ToolEnd end) {
  const auto place = find(use.name);
  if (!place) {
    return end(ToolAnswer::error({ErrorCode::not_found, "there is no tool " + use.name, "name"}));
  }
  if (place->free) return run(*place, use, std::move(end));
  propose(*place, use, std::move(end));
}

void ConnectedTools::run(const Place& place, const ToolUse& use, ToolEnd end) {
  auto call = std::make_shared<action_pb::Call>();
  call->set_server(place.server);
  call->set_tool(place.tool);
  call->set_arguments(use.arguments.raw());
  submit({std::string(action_kind), id_of(use)}, std::move(call), use, std::move(end));
}

void ConnectedTools::propose(const Place& place, const ToolUse& use, ToolEnd end) {
  auto propose = std::make_shared<approval::Propose>();
  propose->set_title(use.caller.principal + " wants to call " + place.server + "/" + place.tool);
  propose->set_category(approval::CATEGORY_TOOL);
  auto& mcp = *propose->mutable_action()->mutable_mcp();
  mcp.set_server(place.server);
  mcp.set_tool(place.tool);
  mcp.set_arguments(use.arguments.raw());
  submit({std::string(gate_kind), id_of(use)}, std::move(propose), use, std::move(end));
}

void ConnectedTools::submit(EntityRef entity, std::shared_ptr<const google::protobuf::Message> body,
                            const ToolUse& use, ToolEnd end) {
  auto key = use.key.empty() ? to_hex(random_bytes(16)) : entity.id;
  auto reply = [self = shared_from_this(), entity, caller = use.caller, patience = use.patience,
                end = std::move(end)](const Result<runtime::Answer>& answer) mutable {
    if (!answer) return end(ToolAnswer::error(answer.error()));
    const auto who = caller.principal;
    self->waits_->add(who, patience,
                      [self, entity, caller, end = std::move(end)](bool last) mutable {
                        auto result = self->answer_of(entity, caller, last);
                        if (!result) return false;
                        return end(std::move(*result)), true;
                      });
  };
  runtime::Command command;
  command.entity = std::move(entity);
  command.body = std::move(body);
  command.key = std::move(key);
  command.key_is_fresh = use.key.empty();
  command.caller = use.caller;
  node_.submit(std::move(command), std::move(reply));
}

std::optional<ToolAnswer> ConnectedTools::answer_of(const EntityRef& entity,
                                                    const kernel::Caller& caller, bool last) const {
  const auto answer = node_.get(entity);
  if (!answer) return ToolAnswer::error(answer.error());
  if (const auto may = check_reader(*answer, caller); !may) return ToolAnswer::error(may.error());
  const auto* view = dynamic_cast<const action_pb::View*>(answer->view.get());
  const bool open = view != nullptr ? is_open_action(answer->status) : is_open(*answer);
  if (open && !last) return std::nullopt;
  if (!open && view != nullptr) return said(*answer, *view);
  if (!open && answer->status == "sent") {
    if (auto result = result_of(node_, *answer)) {
      return ToolAnswer{.text = {}, .passed_on = std::move(*result)};
    }
  }
  const auto pending = open ? entity.id : std::string();
  if (view != nullptr) {
    return ToolAnswer{.text = to_string(entity) +
                              " is still being done; the same request again "
                              "goes on waiting",
                      .pending = pending};
  }
  return ToolAnswer{.text = shown_text(*answer),
                    .failed = !open && answer->status != "sent",
                    .structured = shown_json(*answer),
                    .pending = pending};
}

std::optional<JsonText> result_of(const runtime::Node& node, const runtime::Answer& approval) {
  const auto effect = text_of(approval, "effect_id");
  const auto answer =
      effect.empty() ? fail(ErrorCode::not_found) : node.get({std::string(action_kind), effect});
  if (!answer) return std::nullopt;
  const auto* view = dynamic_cast<const action_pb::View*>(answer->view.get());
  return view == nullptr ? std::nullopt : read_result(*view);
}

}  // namespace nightshift::bridges::mcp
