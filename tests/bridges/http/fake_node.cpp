// The node in memory.
#include "tests/bridges/http/fake_node.hpp"

#include <algorithm>

#include "messages/json.hpp"

namespace nightshift::tests {

using runtime::Answer;
using runtime::EventView;

FakeNode::FakeNode(std::unique_ptr<runtime::Catalog> catalog)
    : catalog_(std::move(catalog)),
      clock_(*from_rfc3339("2026-11-21T07:00:00Z")),
      authority_(std::make_shared<Authority>()) {
  identity_.set_node("laptop");
  identity_.set_role("local");
  identity_.set_log_id("0123456789abcdef0123456789abcdef");
}

void FakeNode::give_token(const std::string& principal, const std::string& token,
                          const std::set<Scope>& scopes, bool agent) {
  const std::scoped_lock lock(mutex_);
  auto changed = std::make_shared<Authority>(*authority_);
  Credential& credential = *changed->add_credentials();
  credential.set_principal(principal);
  credential.set_token_hash(std::string(as_bytes(sha256(token))));
  for (const Scope scope : scopes) credential.add_scopes(scope);
  credential.set_agent(agent);
  authority_ = std::move(changed);
}

void FakeNode::take_tokens(const std::string& principal) {
  const std::scoped_lock lock(mutex_);
  auto changed = std::make_shared<Authority>();
  for (const Credential& credential : authority_->credentials()) {
    if (credential.principal() != principal) *changed->add_credentials() = credential;
  }
  authority_ = std::move(changed);
}

void FakeNode::fail_commands_with(std::optional<Error> error) {
  const std::scoped_lock lock(mutex_);
  failure_ = std::move(error);
}

void FakeNode::hold_answers(bool hold) {
  std::deque<runtime::Reply> released;
  {
    const std::scoped_lock lock(mutex_);
    holding_ = hold;
    if (!hold) released.swap(held_);
  }
  for (auto& reply : released) reply(fail(ErrorCode::stopping));
}

std::size_t FakeNode::commands_seen() const {
  const std::scoped_lock lock(mutex_);
  return commands_;
}

void FakeNode::submit(runtime::Command command, runtime::Reply reply) {
  Result<Answer> answer = fail(ErrorCode::bug);
  std::uint64_t newest = 0;
  std::vector<std::function<void(std::uint64_t)>> watchers;
  {
    const std::scoped_lock lock(mutex_);
    ++commands_;
    if (holding_) {
      held_.push_back(std::move(reply));
      return;
    }
    answer = failure_ ? Result<Answer>(std::unexpected(*failure_)) : decide(command);
    newest = log_.size();
    for (const auto& [id, notify] : watches_) watchers.push_back(notify);
  }
  for (const auto& notify : watchers) notify(newest);
  reply(std::move(answer));
}

Result<Answer> FakeNode::decide(const runtime::Command& command) {
  const kernel::Kind* kind = catalog_->find(command.entity.kind);
  if (kind == nullptr) return fail(ErrorCode::unknown_kind, {}, command.entity.kind);
  const auto* info = kind->find_command(command.body->GetDescriptor()->name());
  if (!command.caller.may(info->scope)) return fail(ErrorCode::forbidden);
  if (auto kept = check_rules(*command.body); !kept) return std::unexpected(kept.error());
  const std::string id =
      command.caller.principal + " " + to_string(command.entity) + " " +
      (command.key_is_fresh ? "fresh-" + std::to_string(commands_) : command.key);
  const std::string request = info->name + to_json(*command.body);
  if (const auto known = remembered_.find(id); known != remembered_.end()) {
    if (known->second.request != request) return fail(ErrorCode::key_reused);
    return known->second.answer;
  }
  Stored fresh;
  const auto there = entities_.find(command.entity);
  Stored& stored = there == entities_.end() ? fresh : there->second;
  if (!stored.entity) stored.entity = kind->make();
  if (command.if_match && *command.if_match != stored.sequence) return fail(ErrorCode::stale);
  const bool created = stored.sequence == 0;
  if (auto applied = apply(command, stored); !applied) return std::unexpected(applied.error());
  Answer answer = answer_of(command.entity, stored);
  answer.created = created;
  answer.command_id = id.substr(id.rfind(' ') + 1);
  if (&stored == &fresh) entities_.emplace(command.entity, std::move(fresh));
  return remembered_[id] = {request, answer}, answer;
}

Result<void> FakeNode::apply(const runtime::Command& command, Stored& stored) {
  const kernel::NodeFacts facts{"laptop", "local", {}, 0, {}, data};
  const kernel::Context context{clock_.now(), command.caller, command.entity.id, stored.sequence,
                                facts,        *authority_,    "0123456789abcdef"};
  auto events = stored.entity->decide(*command.body, context);
  if (!events) return std::unexpected(events.error());
  for (const auto& event : *events) {
    if (auto folded = stored.entity->evolve(*event); !folded) return folded;
    record(command, *event, stored);
  }
  return {};
}

void FakeNode::record(const runtime::Command& command, const google::protobuf::Message& event,
                      Stored& stored) {
  EventView view;
  view.offset = stored.offset = log_.size() + 1;
  view.written_at = clock_.now();
  view.record.set_event_id("0123456789abcdef");
  view.record.set_kind(command.entity.kind);
  view.record.set_entity(command.entity.id);
  view.record.set_sequence(++stored.sequence);
  view.record.set_type(event.GetDescriptor()->name());
  view.record.set_principal(command.caller.principal);
  view.record.set_decided_at_us(to_us(clock_.now()));
  view.record.set_cause("command-" + std::to_string(commands_));
  view.record.set_correlation("command-1");
  view.record.set_home("laptop");
  std::unique_ptr<google::protobuf::Message> copy(event.New());
  copy->CopyFrom(event);
  view.event = std::move(copy);
  view.sentence = to_string(command.entity) + " " +
                  catalog_->find(command.entity.kind)->find_event(view.record.type())->sentence;
  log_.push_back(std::move(view));
}

Answer FakeNode::answer_of(const EntityRef& ref, const Stored& stored) const {
  Answer out;
  out.entity = ref;
  out.sequence = stored.sequence;
  out.position = {identity_.log_id(), stored.offset};
  out.status = stored.entity->status();
  out.created_at = out.updated_at = *from_rfc3339("2026-11-21T07:00:00Z");
  out.view = stored.entity->view();
  return out;
}

Result<Answer> FakeNode::get(const EntityRef& entity) const {
  const std::scoped_lock lock(mutex_);
  const auto found = entities_.find(entity);
  if (found == entities_.end()) return fail(ErrorCode::not_found, {}, to_string(entity));
  return answer_of(entity, found->second);
}

bool FakeNode::fits(const runtime::ListQuery& query, const Stored& stored) const {
  const auto index = stored.entity->index();
  return std::ranges::all_of(query.where, [&](const auto& wanted) {
    return std::ranges::find(index, wanted) != index.end();
  });
}

Result<runtime::ListPage> FakeNode::list(const runtime::ListQuery& query) const {
  const std::scoped_lock lock(mutex_);
  runtime::ListPage page;
  for (const auto& [ref, stored] : entities_) {
    if (ref.kind != query.kind || ref.id <= query.after || !fits(query, stored)) continue;
    if (page.items.size() == query.limit) {
      page.next = page.items.back().entity.id;
      break;
    }
    page.items.push_back(answer_of(ref, stored));
  }
  return page;
}

Result<std::uint64_t> FakeNode::count(const std::string& kind, const std::string& status,
                                      std::uint64_t most) const {
  runtime::ListQuery query;
  query.kind = kind;
  query.where = {{"status", status}};
  query.limit = most;
  const auto page = list(query);
  if (!page) return std::unexpected(page.error());
  return page->items.size();
}

Result<std::vector<EventView>> FakeNode::events(std::uint64_t after, std::size_t limit) const {
  const std::scoped_lock lock(mutex_);
  std::vector<EventView> out;
  for (const EventView& event : log_) {
    if (event.offset > after && out.size() < limit) out.push_back(event);
  }
  return out;
}

Result<std::vector<EventView>> FakeNode::events(const EntityRef& entity, std::uint64_t after,
                                                std::size_t limit) const {
  const std::scoped_lock lock(mutex_);
  std::vector<EventView> out;
  for (const EventView& event : log_) {
    const bool its = event.record.kind() == entity.kind && event.record.entity() == entity.id;
    if (its && event.record.sequence() > after && out.size() < limit) out.push_back(event);
  }
  return out;
}

std::shared_ptr<const Authority> FakeNode::authority() const {
  const std::scoped_lock lock(mutex_);
  return authority_;
}

storage::ChainHead FakeNode::head() const {
  const std::scoped_lock lock(mutex_);
  return {identity_.log_id(), log_.size(), sha256("head"), clock_.now()};
}

std::vector<Error> FakeNode::obstacles() const {
  const std::lock_guard lock(mutex_);
  return failure_ ? std::vector{*failure_} : std::vector<Error>();
}

runtime::NodeStats FakeNode::stats() const {
  const std::scoped_lock lock(mutex_);
  runtime::NodeStats stats;
  stats.commands_accepted = remembered_.size();
  stats.boot_epoch = 1;
  return stats;
}

runtime::Node::Watch FakeNode::watch(std::function<void(std::uint64_t)> notify) {
  const std::scoped_lock lock(mutex_);
  const int id = next_watch_++;
  watches_.emplace(id, std::move(notify));
  return Watch(&watches_, [this, id](void*) {
    const std::scoped_lock removing(mutex_);
    watches_.erase(id);
  });
}

}  // namespace nightshift::tests
