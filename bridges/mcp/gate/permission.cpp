// From a question to an approval, and from that to `allow` or `deny`.
#include "bridges/mcp/gate/permission.hpp"

#include "bridges/mcp/gate/view.hpp"
#include "bridges/mcp/protocol/canonical_json.hpp"
#include "messages/canonical.hpp"
#include "messages/crypto.hpp"
#include "messages/effects.pb.h"
#include "messages/json.hpp"
#include "runtime/json_writer.hpp"

namespace nightshift::bridges::mcp {
namespace {

using runtime::Outcome;

/// So many of its events are read at a time: an input may be large.
constexpr std::size_t events_max = 16;

/// A member of a member of ...; `null` where one is missing.
JsonView within(JsonView value, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    JsonView next;
    for (JsonItems items(value); items.next();) {
      if (items.name() == name) next = items.value();
    }
    value = next;
  }
  return value;
}

/// What an event proposes to allow; nothing where that is no tool at all.
std::optional<PermissionAsked> proposed(const google::protobuf::Message& event) {
  const auto text = nightshift::to_json(event);
  const auto view = JsonView::read(text);
  if (!view) return std::nullopt;
  const auto permission = within(*view, {"proposal", "action", "permission"});
  auto tool = within(permission, {"tool"}).text();
  auto input = within(permission, {"input"}).text();
  if (!tool || !input) return std::nullopt;
  return PermissionAsked{std::move(*tool), std::move(*input),
                         within(permission, {"use"}).text().value_or("")};
}

/// What its last revision allows.
std::optional<PermissionAsked> approved(const runtime::Node& node, const EntityRef& approval) {
  std::optional<PermissionAsked> last;
  for (std::uint64_t after = 0;;) {
    const auto events = node.events(approval, after, events_max);
    if (!events) return std::nullopt;
    for (const auto& event : *events) {
      after = event.record.sequence();
      if (!event.event) return std::nullopt;
      if (event.event->GetDescriptor()->FindFieldByName("proposal") == nullptr) continue;
      last = proposed(*event.event);
    }
    if (events->size() < events_max) return last;
  }
}

ToolAnswer allowed(const std::string& input) {
  std::string text;
  runtime::JsonWriter json(text);
  json.begin_object().field("behavior", "allow").key("updatedInput").raw(input).end_object();
  return {.text = text};
}

}  // namespace

Result<PermissionAsked> PermissionAsked::read(JsonView arguments) {
  const auto object = JsonObject::read(arguments, "the arguments");
  if (!object) return std::unexpected(object.error());
  auto tool = object->required_text("tool_name");
  if (!tool) return std::unexpected(tool.error());
  auto use = object->text("tool_use_id");
  if (!use) return std::unexpected(use.error());
  const auto* input = object->find("input");
  if (input == nullptr || input->type() != JsonView::Type::object) {
    return fail(ErrorCode::invalid, "input must be the object that the tool is to be given",
                "input");
  }
  auto canonical = canonical_json(*input);
  if (!canonical) return std::unexpected(canonical.error());
  return PermissionAsked{std::move(*tool), std::move(*canonical), use->value_or("")};
}

std::string PermissionAsked::approval_id(const std::string& principal,
                                         const std::string& key) const {
  Canonical question;
  question.add("asker", principal);
  question.add("tool", tool);
  question.add("use", use);
  question.add("input", input);
  if (use.empty()) question.add("key", key);
  return "permission-" + to_hex(as_bytes(sha256(question.encode()))).substr(0, 32);
}

std::string PermissionAsked::proposal(const std::string& principal) const {
  std::string out;
  runtime::JsonWriter json(out);
  json.begin_object().field("title", principal + " wants to use " + tool);
  json.field("category", "tool").key("action").begin_object().key("permission").begin_object();
  json.field("tool", tool).field("input", input).field("use", use);
  json.end_object().end_object().end_object();
  return out;
}

ToolAnswer denied(const std::string& message) {
  std::string text;
  runtime::JsonWriter json(text);
  json.begin_object().field("behavior", "deny").field("message", message).end_object();
  return {.text = text};
}

std::optional<ToolAnswer> permission_answer(const runtime::Node& node, const std::string& id,
                                            const PermissionAsked& asked,
                                            const kernel::Caller& caller, bool or_pending) {
  const EntityRef approval{std::string(gate_kind), id};
  const auto answer = node.get(approval);
  if (answer && text_of(*answer, "requester") != caller.principal) {
    return denied("another agent has asked that");
  }
  if (!answer || is_open(*answer)) {
    if (!or_pending) return std::nullopt;
    auto result = denied("nobody has decided on approval " + id +
                         " yet, so it is not allowed; the same question again goes on waiting");
    result.pending = id;
    return result;
  }
  if (answer->status != "sent") return denied(shown_text(*answer));
  const auto said = approved(node, approval);
  // Whoever may edit it could have asked about another tool meanwhile.
  if (!said || said->tool != asked.tool || said->use != asked.use) {
    return denied("approval " + id + " was edited, and allows something else than was asked");
  }
  return allowed(said->input);
}

std::string PermissionGrant::effect_type() const {
  return effect::GrantPermission::descriptor()->full_name();
}

runtime::ReceiverClass PermissionGrant::receiver_class(const runtime::Permit&) const {
  return runtime::ReceiverClass::keyed;
}

Outcome PermissionGrant::look(const runtime::Permit& permit) { return perform(permit); }

Outcome PermissionGrant::perform(const runtime::Permit& permit) {
  const auto& content = permit.content;
  const auto tool = content.find("tool");
  const bool whole = permit.gated && content.find("action") == effect_type() &&
                     content.find("effect_id") == permit.effect_id && tool &&
                     content.find("input") && content.find("asker");
  if (!whole) {
    return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT,
            .evidence = "there is no approved permission; nothing was allowed",
            .refused = true};
  }
  return {.state = EFFECT_STATE_COMMITTED,
          .evidence = std::string(*content.find("asker")) + " may use " + std::string(*tool) +
                      " with the approved input"};
}

}  // namespace nightshift::bridges::mcp
