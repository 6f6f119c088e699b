// From an assignment to a draft in the journal.
#include "bridges/agent/composer.hpp"

#include <algorithm>

#include "bridges/agent/template_drafter.hpp"

namespace nightshift::bridges::agent {
namespace {

using runtime::Outcome;

constexpr unsigned names_max = 100;
constexpr std::size_t page = 100;
constexpr std::size_t events_max = 1'000;
/// A node that stops must not use up all attempts; the next one begins at once.
constexpr std::chrono::seconds not_in_this_life{3'600}, no_pause{0};
/// The principal of an agent: `agent.email`.
constexpr const char* principal_prefix = "agent.";

Outcome committed(const std::string& draft) {
  return {.state = EFFECT_STATE_COMMITTED, .evidence = "draft/" + draft};
}

Outcome not_done(const Error& error) {
  return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT,
          .evidence = std::string(error.message()),
          .refused = error.code == ErrorCode::config,
          .retry_after = error.code == ErrorCode::stopping ? not_in_this_life : no_pause};
}

Outcome unknown(const Error& error) {
  return {.state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
          .evidence = "the draft may have been handed in: " + std::string(error.message())};
}

Error stopping() {
  return {.code = ErrorCode::stopping, .detail = "the node stops", .instance = {}};
}

Result<effect::ComposeDraft> read(const std::string& payload) {
  effect::ComposeDraft task;
  if (task.ParseFromString(payload)) return task;
  return fail(ErrorCode::corrupt, "the assignment cannot be read");
}

/// There is something of that name already.
bool is_taken(ErrorCode code) {
  return code == ErrorCode::wrong_phase || code == ErrorCode::archived;
}

bool is_unclear(ErrorCode code) {
  return code == ErrorCode::timed_out || code == ErrorCode::unavailable;
}

/// What the drafter left empty is the task's.
void complete(draft::Write& draft, const effect::ComposeDraft& task) {
  const auto& content = task.content();
  if (draft.title().empty()) draft.set_title(content.title());
  if (draft.channel() == CHANNEL_UNSPECIFIED) draft.set_channel(task.channel());
  const bool to_somebody = draft.channel() == CHANNEL_EMAIL || draft.channel() == CHANNEL_WHATSAPP;
  const bool answers = to_somebody && draft.to().empty() && content.to().empty();
  if (answers && !content.from().empty()) draft.add_to(content.from());
  if (draft.to().empty()) *draft.mutable_to() = content.to();
  if (draft.account().empty()) draft.set_account(content.account());
  draft.set_type(content.type());
  draft.set_priority(content.priority());
  draft.set_task(task.task());
  draft.set_assignment(task.effect_id());
  draft.set_agent(task.agent());
}

/// What is handed in belongs to the chain of the assignment.
std::string chain_of(const runtime::Node& node, const effect::ComposeDraft& task) {
  std::string chain;
  const auto events = node.events({"task", task.task()}, 0, events_max);
  if (!events) return chain;
  for (const auto& event : *events) {
    const auto& record = event.record;
    if (record.type() != "Claimed") continue;
    chain = record.correlation().empty() ? record.cause() : record.correlation();
  }
  return chain;
}

std::string numbered(const std::string& draft, unsigned n) {
  return n == 1 ? draft : draft + "-" + std::to_string(n);
}

}  // namespace

Result<std::shared_ptr<Composer>> Composer::open(ComposerOptions options) {
  Drafters drafters;
  for (const auto& [name, settings] : options.agents) {
    if (settings.command.empty()) {
      drafters.emplace(name, std::make_unique<TemplateDrafter>());
      continue;
    }
    auto drafter = CommandDrafter::open(name, settings, options.hidden, options.secret);
    if (!drafter) return std::unexpected(drafter.error());
    drafters.emplace(name, std::move(*drafter));
  }
  return std::shared_ptr<Composer>(new Composer(std::move(options), std::move(drafters)));
}

void Composer::attach(runtime::Node& node) {
  {
    const std::lock_guard lock(mutex_);
    node_ = &node;
  }
  changed_.notify_all();
}

void Composer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

runtime::Node* Composer::node() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return node_ != nullptr || stopping_; });
  return stopping_ ? nullptr : node_;
}

bool Composer::stops() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

std::string Composer::effect_type() const {
  return effect::ComposeDraft::descriptor()->full_name();
}

Result<void> Composer::covered(const runtime::Permit& permit) const {
  const auto task = read(permit.payload);
  if (!task) return std::unexpected(task.error());
  if (drafters_.contains(task->agent())) return {};
  return fail(ErrorCode::forbidden, "no agent '" + task->agent() + "' is configured any more");
}

Outcome Composer::look(const runtime::Permit& permit) {
  const auto task = read(permit.payload);
  if (!task) return not_done(task.error());
  const auto* there = node();
  if (there == nullptr) return unknown(stopping());
  const auto draft = find(*there, *task);
  if (!draft) return unknown(draft.error());
  if (!draft->empty()) return committed(*draft);
  return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT, .evidence = "no draft was handed in"};
}

Outcome Composer::perform(const runtime::Permit& permit) {
  const auto task = read(permit.payload);
  if (!task) return not_done(task.error());
  const auto drafter = drafters_.find(task->agent());
  if (drafter == drafters_.end()) {
    return not_done({.code = ErrorCode::config,
                     .detail = "no agent '" + task->agent() + "' is configured any more",
                     .instance = {}});
  }
  auto* there = node();
  if (there == nullptr) return not_done(stopping());
  const auto before = find(*there, *task);
  if (!before) return not_done(before.error());
  if (!before->empty()) return committed(*before);
  auto draft = drafter->second->write(*task, [this] { return stops(); });
  if (!draft) return not_done(draft.error());
  complete(*draft, *task);
  return hand_in(*there, *task, std::move(*draft));
}

Result<std::string> Composer::find(const runtime::Node& node, const effect::ComposeDraft& task) {
  runtime::ListQuery query{
      .kind = "draft", .where = {{"task", task.task()}}, .after = {}, .limit = page};
  do {
    const auto drafts = node.list(query);
    if (!drafts) return std::unexpected(drafts.error());
    for (const auto& item : drafts->items) {
      const auto* view = dynamic_cast<const draft::View*>(item.view.get());
      if (view != nullptr && view->assignment() == task.effect_id()) return item.entity.id;
    }
    query.after = drafts->next;
  } while (!query.after.empty());
  return std::string();
}

Outcome Composer::hand_in(runtime::Node& node, const effect::ComposeDraft& task,
                          draft::Write draft) const {
  const auto body = std::make_shared<draft::Write>(std::move(draft));
  const auto chain = chain_of(node, task);
  for (unsigned n = 1; n <= names_max; ++n) {
    runtime::Command command;
    command.entity = {.kind = "draft", .id = numbered(task.draft(), n)};
    command.body = body;
    command.key = task.effect_id();
    command.correlation = chain;
    command.caller.principal = principal_prefix + task.agent();
    command.caller.scopes = {SCOPE_PROPOSE};
    command.caller.agent = true;
    const auto answer = node.call(std::move(command), options_.call_timeout);
    if (answer) return committed(answer->entity.id);
    const auto code = answer.error().code;
    if (is_unclear(code)) return unknown(answer.error());
    if (!is_taken(code)) return not_done(answer.error());
  }
  return not_done({.code = ErrorCode::config,
                   .detail = "the name " + task.draft() +
                             " was used too often; drop the task and "
                             "hand it in under another one",
                   .instance = {}});
}

}  // namespace nightshift::bridges::agent
