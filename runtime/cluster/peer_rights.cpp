// What a peer may have done here.
#include "runtime/cluster/peer_rights.hpp"

#include <algorithm>

#include "messages/json.hpp"
#include "messages/utf8.hpp"

namespace nightshift::runtime::cluster {
namespace {

using google::protobuf::Message;
using kernel::CommandInfo;
using kernel::Kind;

constexpr std::size_t principal_bytes_max = 256;
constexpr std::size_t text_bytes_max = 512;

bool is_cloud(const PeerName& peer) { return peer.role != "local"; }

std::string scope_word(Scope scope) {
  return enum_word(*Scope_descriptor()->FindValueByNumber(scope));
}

Result<std::pair<const Kind*, const CommandInfo*>> find(const Catalog& catalog,
                                                        const std::string& kind,
                                                        const std::string& command) {
  const auto* known = catalog.find(kind);
  if (known == nullptr) return fail(ErrorCode::unknown_kind, "there is no kind " + kind, kind);
  const auto* info = known->find_command(command);
  if (info == nullptr || info->name != command) {
    return fail(ErrorCode::unknown_command, kind + " has no command " + command, command);
  }
  return std::pair(known, info);
}

Result<std::shared_ptr<const Message>> body_of(const CommandInfo& info, const std::string& bytes) {
  std::shared_ptr<Message> body(info.prototype->New());
  if (!body->ParseFromString(bytes)) {
    return fail(ErrorCode::invalid, "the bytes of " + info.name + " cannot be read", info.name);
  }
  // What is not understood may be a condition.
  if (!body->GetReflection()->GetUnknownFields(*body).empty()) {
    return fail(ErrorCode::unknown_field,
                info.name + " has a field that this version does not know; upgrade this node",
                info.name);
  }
  return body;
}

bool is_text(const std::string& text, std::size_t bytes_max) {
  return text.size() <= bytes_max && utf8_prefix_bytes(text) == text.size();
}

std::unexpected<Error> oversteps(const PeerName& peer, const std::string& kind,
                                 const CommandInfo& info) {
  return fail(ErrorCode::forbidden,
              "the " + peer.role + " node " + peer.node + " may not " + info.word + " " + kind +
                  " here: that takes the scope " + scope_word(info.scope),
              kind);
}

/// Scopes that whoever commands at the peer may have here.
std::set<Scope> scopes_of(const PeerName& peer, const post::Item& item, const CommandInfo& info) {
  std::set<Scope> allowed{SCOPE_READ, SCOPE_PROPOSE};
  if (!is_cloud(peer)) {
    allowed.insert(SCOPE_OPERATE);
    // The decision proves itself.
    if (info.signed_by_approver) allowed.insert(SCOPE_APPROVE);
  }
  std::set<Scope> scopes;
  for (const auto scope : item.scopes()) {
    // Who administers there may operate here.
    const bool admin = scope == SCOPE_ADMIN;
    for (const auto one : allowed) {
      if (one == scope || (admin && one != SCOPE_APPROVE)) scopes.insert(one);
    }
  }
  return scopes;
}

}  // namespace

Result<Command> command_of(const PeerName& peer, const post::Item& item, const Catalog& catalog) {
  const auto found = find(catalog, item.kind(), item.command());
  if (!found) return std::unexpected(found.error());
  const auto& info = *found->second;
  const bool words = is_text(item.principal(), principal_bytes_max) && !item.principal().empty() &&
                     is_text(item.key(), text_bytes_max) && !item.key().empty() &&
                     is_text(item.correlation(), text_bytes_max);
  if (!words || !is_id(item.id())) {
    return fail(ErrorCode::invalid, "an item without a principal, a key or an id", item.kind());
  }
  Command command;
  command.entity = {item.kind(), item.id()};
  command.key = item.key();
  if (item.has_if_match()) command.if_match = item.if_match();
  command.correlation = item.correlation();
  command.caller.principal = item.principal() + "@" + peer.node;
  command.caller.scopes = scopes_of(peer, item, info);
  // Nobody decides at a cloud node.
  command.caller.agent = item.agent() || is_cloud(peer);
  if (!command.caller.may(info.scope)) return oversteps(peer, item.kind(), info);
  auto body = body_of(info, item.body());
  if (!body) return std::unexpected(body.error());
  command.body = std::move(*body);
  return command;
}

Result<Command> command_of(const PeerName& peer, const post::Told& told, const Catalog& catalog) {
  const auto found = find(catalog, told.kind(), told.command());
  if (!found) return std::unexpected(found.error());
  const auto& info = *found->second;
  if (!is_id(told.id()) || !is_id(told.source_id()) ||
      !is_text(told.correlation(), text_bytes_max)) {
    return fail(ErrorCode::invalid, "a Tell without a source or a target", told.kind());
  }
  const auto* source = catalog.find(told.source_kind());
  const bool tells = source != nullptr &&
                     std::ranges::find(source->tells(), info.descriptor) != source->tells().end();
  if (!tells) {
    return fail(ErrorCode::forbidden,
                peer.node + " lets " + told.source_kind() + "/" + told.source_id() + " tell " +
                    told.kind() + " " + info.word + ", and no " + told.source_kind() + " does that",
                told.kind());
  }
  const EntityRef entity{told.source_kind(), told.source_id()};
  Command command;
  command.entity = {told.kind(), told.id()};
  command.correlation = told.correlation();
  command.caller = kernel::Caller::of_entity(entity);
  if (is_cloud(peer)) command.caller.scopes = {SCOPE_READ, SCOPE_PROPOSE};
  if (!command.caller.may(info.scope)) return oversteps(peer, told.kind(), info);
  command.key = "tell:" + to_string(entity) + ":" + to_string(command.entity) + ":" +
                std::to_string(told.n());
  auto body = body_of(info, told.body());
  if (!body) return std::unexpected(body.error());
  command.body = std::move(*body);
  return command;
}

}  // namespace nightshift::runtime::cluster
