// From an entity's name to its actor. A mail is handed to CAF under the stripe's lock, so that the
// order of mails and of closing is one; it is dropped, if it must be, outside of the lock, because
// a dropped call answers, and an answer may send the next command.
#include "runtime/host/router.hpp"

#include <cassert>
#include <utility>

namespace nightshift::runtime::host {

Router::Router(Spawn spawn, std::size_t commands_per_entity_max)
    : spawn_(std::move(spawn)), commands_per_entity_max_(commands_per_entity_max) {}

Router::Stripe& Router::stripe(const EntityRef& entity) {
  return stripes_[std::hash<EntityRef>{}(entity) % stripes_count];
}

void Router::start(const EntityRef& entity, Entry& entry) {
  entry.activation = ++activations_;
  entry.closing = false;
  entry.mailbox = spawn_(entity, entry.activation);
}

Router::Entry& Router::activate(Stripe& stripe, const EntityRef& entity) {
  auto [at, fresh] = stripe.entries.try_emplace(entity);
  auto& entry = at->second;
  if (fresh) {
    entry.load = std::make_shared<Load>();
    entry.load->commands_max = commands_per_entity_max_;
    start(entity, entry);
    active_.fetch_add(1, std::memory_order_relaxed);
  }
  return entry;
}

void Router::pass(Entry& entry, Mail& mail) {
  if (entry.closing) {
    entry.parked.push_back(std::move(mail));
  } else {
    entry.mailbox->send(std::move(mail));
  }
}

void Router::deliver(std::unique_ptr<Call> call, Elapsed now) {
  const auto entity = call->command().entity;
  auto& stripe = this->stripe(entity);
  bool stopped = false;
  {
    std::lock_guard lock(stripe.mutex);
    stopped = stripe.stopped;
    if (!stopped) {
      auto& entry = activate(stripe, entity);
      entry.used = now;
      if (call->admission().extend(entry.load)) {
        Mail mail = Deliver{std::move(call)};
        return pass(entry, mail);
      }
    }
  }
  if (stopped) return call->answer(fail(ErrorCode::stopping));
  call->answer(fail(ErrorCode::overloaded, {}, to_string(entity)));
}

void Router::send(const EntityRef& entity, Mail mail, Elapsed now) {
  auto& stripe = this->stripe(entity);
  std::lock_guard lock(stripe.mutex);
  if (stripe.stopped) return;
  auto& entry = activate(stripe, entity);
  entry.used = now;
  pass(entry, mail);
}

void Router::send_to(const EntityRef& entity, std::uint64_t activation, Mail mail) {
  auto& stripe = this->stripe(entity);
  std::lock_guard lock(stripe.mutex);
  const auto at = stripe.entries.find(entity);
  if (at == stripe.entries.end() || at->second.activation != activation) return;
  // To a closing actor too: it waits for what it has under way before it decides to stay.
  at->second.mailbox->send(std::move(mail));
}

void Router::sweep(Elapsed before) {
  for (auto& stripe : stripes_) {
    std::lock_guard lock(stripe.mutex);
    for (auto& [entity, entry] : stripe.entries) {
      if (entry.closing || entry.used >= before) continue;
      entry.closing = true;
      entry.mailbox->send(Passivate{});
    }
  }
}

void Router::stay(const EntityRef& entity, std::uint64_t activation) {
  auto& stripe = this->stripe(entity);
  std::lock_guard lock(stripe.mutex);
  const auto at = stripe.entries.find(entity);
  if (at == stripe.entries.end() || at->second.activation != activation) return;
  auto& entry = at->second;
  entry.closing = false;
  for (auto& mail : entry.parked) entry.mailbox->send(std::move(mail));
  entry.parked.clear();
}

void Router::leave(const EntityRef& entity, std::uint64_t activation) {
  auto& stripe = this->stripe(entity);
  std::unique_ptr<Mailbox> gone;
  std::lock_guard lock(stripe.mutex);
  const auto at = stripe.entries.find(entity);
  if (at == stripe.entries.end() || at->second.activation != activation) return;
  auto& entry = at->second;
  gone = std::move(entry.mailbox);
  if (entry.parked.empty()) {
    stripe.entries.erase(at);
    active_.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  start(entity, entry);
  for (auto& mail : entry.parked) entry.mailbox->send(std::move(mail));
  entry.parked.clear();
}

bool Router::end(const EntityRef& entity) {
  auto& stripe = this->stripe(entity);
  std::unique_ptr<Mailbox> ended;
  {
    const std::lock_guard lock(stripe.mutex);
    const auto at = stripe.entries.find(entity);
    if (at == stripe.entries.end()) return false;
    auto& entry = at->second;
    ended = std::move(entry.mailbox);
    if (entry.parked.empty()) {
      stripe.entries.erase(at);
      active_.fetch_sub(1, std::memory_order_relaxed);
    } else {
      start(entity, entry);
      for (auto& mail : entry.parked) entry.mailbox->send(std::move(mail));
      entry.parked.clear();
    }
  }
  ended->stop();
  return true;
}

void Router::end_all() {
  std::vector<EntityRef> all;
  for (auto& stripe : stripes_) {
    const std::lock_guard lock(stripe.mutex);
    for (const auto& [entity, entry] : stripe.entries) all.push_back(entity);
  }
  for (const auto& entity : all) end(entity);
}

void Router::stop() {
  for (auto& stripe : stripes_) {
    std::unordered_map<EntityRef, Entry> entries;
    {
      std::lock_guard lock(stripe.mutex);
      stripe.stopped = true;
      entries.swap(stripe.entries);
    }
    for (auto& [entity, entry] : entries) entry.mailbox->stop();
    active_.fetch_sub(entries.size(), std::memory_order_relaxed);
  }
}

}  // namespace nightshift::runtime::host
