// From an approved content to a call, and from its end to an outcome.
#include "bridges/mcp/servers/tool_caller.hpp"

#include <future>

#include "bridges/mcp/protocol/tool.hpp"
#include "bridges/mcp/servers/tool_facts.hpp"
#include "messages/action.pb.h"
#include "messages/approval.pb.h"
#include "messages/crypto.hpp"
#include "messages/mcp_words.hpp"
#include "messages/tool_call.pb.h"
#include "messages/utf8.hpp"

namespace nightshift::bridges::mcp {
namespace {

using runtime::Permit;
using HowItEnded = runtime::Outcome;

/// For people; a program reads the result in the action's own record.
constexpr std::size_t evidence_bytes_max = 4096;
constexpr std::size_t proposals_page = 64;
/// As the kind `action` keeps.
constexpr std::size_t result_bytes_max = 1u << 20;
constexpr std::chrono::seconds record_patience{5};
/// Beside the time that the call itself may take.
constexpr std::chrono::seconds record_slack{60};

std::unexpected<Error> not_free(const std::string& server, const std::string& tool) {
  return fail(ErrorCode::forbidden,
              "the tool " + tool + " of the MCP server " + server +
                  " is not free: propose its call as an approval, with the action mcp",
              "tool");
}

HowItEnded not_called(const Error& why, bool refused) {
  return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT,
          .evidence = std::string(why.message()) + "; the tool was not called",
          .refused = refused};
}

bool is_keyed(const Permit& permit) {
  if (permit.gated) return permit.content.find("class") == "keyed";
  effect::CallTool call;
  return call.ParseFromString(permit.payload) && call.repeatable();
}

/// The request was not begun: the server says that it could not be.
bool is_turned_away(std::int64_t code) {
  return code == rpc::invalid_request || code == rpc::method_not_found ||
         code == rpc::invalid_params;
}

std::string cut(const std::string& text) { return std::string(utf8_cut(text, evidence_bytes_max)); }

HowItEnded end_of(const Answered& answered, const ToolCall& call, bool keyed) {
  const auto result = read_tool_result(answered.result.view());
  const auto who = call.server + "/" + call.tool;
  if (!result) {
    return {.state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
            .evidence = who + " answered what is no result (" + result.error().detail +
                        "); look what it has done, then resolve"};
  }
  if (!result->is_error) {
    return {.state = EFFECT_STATE_COMMITTED, .evidence = cut(who + " answered: " + result->text)};
  }
  const auto words = cut(who + " says that it failed: " + result->text);
  // A repeat would do no harm: so a person may let it be tried again.
  if (keyed) {
    return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT, .evidence = words, .refused = true};
  }
  return {.state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
          .evidence = words + ". What it did before that cannot be told: look, then resolve"};
}

HowItEnded end_of(const Refused& refused, const ToolCall& call) {
  const auto who = call.server + "/" + call.tool;
  const auto words = cut(who + " refused the call: " + refused.error.message);
  if (is_turned_away(refused.error.code)) {
    return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT, .evidence = words, .refused = true};
  }
  return {.state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
          .evidence = words + ". What it did before that cannot be told: look, then resolve"};
}

HowItEnded end_of(const Unanswered& unanswered, const ToolCall& call, std::chrono::seconds again) {
  if (unanswered.sent) {
    return {.state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
            .evidence = call.server + "/" + call.tool + " was called and gave no answer (" +
                        std::string(unanswered.why.message()) +
                        "); look what it has done, then resolve"};
  }
  const auto code = unanswered.why.code;
  const bool passes = code == ErrorCode::unreachable || code == ErrorCode::overloaded ||
                      code == ErrorCode::stopping || code == ErrorCode::timed_out;
  auto ended = not_called(unanswered.why, !passes);
  ended.retry_after = again;
  return ended;
}

/// What the entity proposes, as its last revision says; nothing where it is not there.
Result<approval::Action> action_now(const runtime::Node& node, const EntityRef& entity) {
  approval::Action action;
  for (std::uint64_t after = 0;;) {
    const auto events = node.events(entity, after, proposals_page);
    if (!events) return std::unexpected(events.error());
    for (const auto& event : *events) {
      after = event.record.sequence();
      const auto take = [&]<class Event>() {
        const auto* known = dynamic_cast<const Event*>(event.event.get());
        if (known != nullptr) action = known->proposal().action();
      };
      take.template operator()<approval::Proposed>();
      take.template operator()<approval::Edited>();
      take.template operator()<approval::Retried>();
    }
    if (events->size() < proposals_page) return action;
  }
}

}  // namespace

std::string ToolCaller::effect_type() const { return effect::CallTool::descriptor()->full_name(); }

Result<runtime::Node*> ToolCaller::node() const {
  if (auto* node = node_.load()) return node;
  return fail(ErrorCode::unavailable, "the node is only beginning");
}

runtime::ReceiverClass ToolCaller::receiver_class(const Permit& permit) const {
  return is_keyed(permit) ? runtime::ReceiverClass::keyed : runtime::ReceiverClass::neither;
}

HowItEnded ToolCaller::look(const Permit&) {
  return {.state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
          .evidence = "an MCP server cannot be asked what it has done"};
}

// ---- what is called

Result<void> ToolCaller::covered(const Permit& permit) const {
  const auto here = node();
  if (!here) return std::unexpected(here.error());
  effect::CallTool call;
  if (!call.ParseFromString(permit.payload)) return fail(ErrorCode::corrupt, "no call of a tool");
  const auto known = known_tool(**here, call.server(), call.tool());
  if (!known) return std::unexpected(known.error());
  if (known->policy != MCP_POLICY_FREE) {
    return fail(ErrorCode::forbidden, "the tool " + call.tool() + " of the MCP server " +
                                          call.server() +
                                          " is not free; propose its call as an approval");
  }
  if (known->pin == call.pin()) return {};
  return fail(ErrorCode::digest_mismatch, "the tool " + call.tool() + " of the MCP server " +
                                              call.server() + " is not the one that was meant");
}

Result<ToolCall> ToolCaller::call_of(const Permit& permit) const {
  if (!permit.gated) {
    if (auto free = covered(permit); !free) return std::unexpected(free.error());
    effect::CallTool call;
    call.ParseFromString(permit.payload);
    return ToolCall{call.server(), call.tool(), call.arguments(), call.pin()};
  }
  const auto& content = permit.content;
  const auto text = [&](std::string_view name) {
    return std::string(content.find(name).value_or(""));
  };
  const bool whole = content.find("action") == effect_type() &&
                     content.find("effect_id") == permit.effect_id && content.find("server") &&
                     content.find("tool") && content.find("pin") && content.find("arguments");
  if (!whole) return fail(ErrorCode::forbidden, "there is no approved call of a tool");
  const auto here = node();
  if (!here) return std::unexpected(here.error());
  ToolCall call{text("server"), text("tool"), text("arguments"), text("pin")};
  const auto now = facts_of_call(**here, call.server, call.tool, call.arguments, parts_.closed);
  if (!now) return std::unexpected(now.error());
  if (const auto changed = difference(content, *now); !changed.empty()) {
    return fail(ErrorCode::digest_mismatch, "the call of " + call.server + "/" + call.tool +
                                                " is not what was approved: " + changed +
                                                ". Retry, and decide on it as it is now");
  }
  return call;
}

// ---- the record of a call

void ToolCaller::begin(const Permit& permit, const ToolCall& call) const {
  auto& node = **this->node();
  const auto known = known_tool(node, call.server, call.tool);
  effect::CallTool message;
  message.ParseFromString(permit.payload);
  action::Begin begin;
  auto& subject = *begin.mutable_subject();
  subject.set_server(call.server);
  subject.set_tool(call.tool);
  subject.set_intent(std::string(permit.content.find("title").value_or("")));
  subject.set_arguments_sha256(to_hex(as_bytes(sha256(call.arguments))));
  subject.set_approval(message.source());
  subject.set_id(permit.effect_id);
  const auto approval = node.get({"approval", message.source()});
  const auto view =
      approval ? std::dynamic_pointer_cast<const approval::View>(approval->view) : nullptr;
  if (view) subject.set_requester(view->requester());
  const auto now = node.clock().now();
  *subject.mutable_at() = to_proto(now);
  const auto patience = known ? call_timeout(known->config) : std::chrono::seconds(0);
  *begin.mutable_until() = to_proto(now + patience + record_slack);
  write_down(permit, std::make_shared<action::Begin>(std::move(begin)));
}

void ToolCaller::end(const Permit& permit, const Outcome& how, const HowItEnded& ended) const {
  // A node that stops answers nobody any more; what became of it is said once it is too late.
  const auto* unanswered = std::get_if<Unanswered>(&how);
  if (unanswered != nullptr && unanswered->why.code == ErrorCode::stopping) return;
  action::End end;
  end.set_evidence(ended.evidence);
  switch (ended.state) {
    case EFFECT_STATE_COMMITTED: end.set_outcome(action::OUTCOME_SUCCEEDED); break;
    case EFFECT_STATE_FAILED_BEFORE_EFFECT: end.set_outcome(action::OUTCOME_FAILED); break;
    default: end.set_outcome(action::OUTCOME_UNKNOWN);
  }
  const auto* answered = std::get_if<Answered>(&how);
  const bool is_kept = answered != nullptr && answered->result.raw().size() <= result_bytes_max;
  if (is_kept) end.set_result(answered->result.raw());
  // How a free call has ended the host says itself.
  if (!permit.gated && end.result().empty()) return;
  write_down(permit, std::make_shared<action::End>(std::move(end)));
}

/// Waits until it is durable: whoever hears that the call has ended finds its result.
void ToolCaller::write_down(const Permit& permit,
                            std::shared_ptr<const google::protobuf::Message> what) const {
  effect::CallTool message;
  message.ParseFromString(permit.payload);
  runtime::Command command;
  // A free call is owned by its action, of an approved one it is the record.
  command.entity = {"action", permit.gated ? permit.effect_id : message.source()};
  command.body = std::move(what);
  command.caller = kernel::Caller::of_host();
  // What cannot be written down now does not hold up the call, nor what came of it.
  (void)(*node())->call(std::move(command), record_patience);
}

HowItEnded ToolCaller::perform(const Permit& permit) {
  auto call = call_of(permit);
  if (!call) return not_called(call.error(), call.error().code != ErrorCode::unavailable);
  // Shared: the one who ends it may be in the middle when this has its answer.
  const auto ended = std::make_shared<std::promise<Outcome>>();
  auto outcome = ended->get_future();
  if (permit.gated) begin(permit, *call);
  if (parts_.probe) parts_.probe("before_tool");
  parts_.servers->call(*call, [ended](Outcome how) { ended->set_value(std::move(how)); });
  // Every call has a time of its own, and an end.
  const auto how = outcome.get();
  if (parts_.probe) parts_.probe("after_tool");
  const auto ending = [&]() -> HowItEnded {
    if (const auto* answered = std::get_if<Answered>(&how)) {
      return end_of(*answered, *call, is_keyed(permit));
    }
    if (const auto* refused = std::get_if<Refused>(&how)) return end_of(*refused, *call);
    return end_of(std::get<Unanswered>(how), *call, parts_.again_after);
  }();
  end(permit, how, ending);
  return ending;
}

// ---- what is proposed

bool ToolCaller::surveys(const google::protobuf::Message& command) const {
  if (const auto* propose = dynamic_cast<const approval::Propose*>(&command)) {
    return propose->action().has_mcp();
  }
  return dynamic_cast<const approval::Edit*>(&command) != nullptr ||
         dynamic_cast<const approval::Retry*>(&command) != nullptr ||
         dynamic_cast<const action::Call*>(&command) != nullptr;
}

Result<kernel::Targets> ToolCaller::survey(const EntityRef& entity,
                                           const google::protobuf::Message& command) const {
  const auto here = node();
  if (!here) return std::unexpected(here.error());
  if (const auto* call = dynamic_cast<const action::Call*>(&command)) {
    return found(**here, call->server(), call->tool(), call->arguments(), true);
  }
  approval::Action action;
  if (const auto* propose = dynamic_cast<const approval::Propose*>(&command)) {
    action = propose->action();
  } else {
    auto before = action_now(**here, entity);
    // The kind itself says what is not there.
    if (!before) return kernel::Targets();
    action = std::move(*before);
    const auto* edit = dynamic_cast<const approval::Edit*>(&command);
    if (edit != nullptr && edit->has_action()) action.MergeFrom(edit->action());
  }
  if (!action.has_mcp()) return kernel::Targets();
  const auto& mcp = action.mcp();
  return found(**here, mcp.server(), mcp.tool(), mcp.arguments(), false);
}

Result<kernel::Targets> ToolCaller::found(const runtime::Node& node, const std::string& server,
                                          const std::string& tool, const std::string& arguments,
                                          bool must_be_free) const {
  const auto known = known_tool(node, server, tool);
  if (!known) return std::unexpected(known.error());
  if (must_be_free && known->policy != MCP_POLICY_FREE) return not_free(server, tool);
  auto facts = facts_of_call(node, server, tool, arguments, parts_.closed);
  if (!facts) return std::unexpected(facts.error());
  facts->add("asked", arguments);
  kernel::Targets targets;
  targets.emplace(server + "/" + tool, std::move(*facts));
  return targets;
}

}  // namespace nightshift::bridges::mcp
