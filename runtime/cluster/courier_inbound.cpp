// What other nodes send: who they are, what they may, and what became of it.
#include <algorithm>
#include <utility>

#include <google/protobuf/message.h>

#include "runtime/cluster/courier.hpp"
#include "runtime/host/backoff.hpp"

namespace nightshift::runtime::cluster {
namespace {

/// Views that are larger are left out of an outcome.
constexpr std::size_t view_bytes_max = 1u << 20;
/// Nor is there one while so much waits to be sent.
constexpr std::size_t views_bytes_max = 16u << 20;
/// Of what a hail says.
constexpr std::size_t name_bytes_max = 128;
constexpr int left_logs_max = 1'000;
/// Between two askings of the same.
constexpr std::chrono::milliseconds again_first{200};
constexpr std::chrono::milliseconds again_longest{10'000};

/// It says nothing about the command, and the node is on its way down: the sender will ask again.
bool is_lost(ErrorCode code) {
  return code == ErrorCode::stopping || code == ErrorCode::unavailable;
}

/// Nothing was decided, nothing is wrong with the command.
bool is_passing(ErrorCode code) {
  return code == ErrorCode::conflict || code == ErrorCode::no_space ||
         code == ErrorCode::overloaded || code == ErrorCode::io;
}

void write_error(const Error& error, auto& message) {
  message.set_code(std::string(info(error.code).name));
  message.set_detail(std::string(error.message()).substr(0, 4096));
}

Error error_of(const std::string& code, const std::string& detail) {
  const auto known = find_error(code);
  return {known ? known->code : ErrorCode::bug, detail, {}};
}

post::Outcome outcome_of(std::uint64_t n, const Result<Answer>& answer) {
  post::Outcome outcome;
  outcome.set_n(n);
  if (!answer) {
    write_error(answer.error(), outcome);
    outcome.set_instance(answer.error().instance.substr(0, 512));
    return outcome;
  }
  outcome.set_sequence(answer->sequence);
  outcome.set_log_id(answer->position.log_id);
  outcome.set_offset(answer->position.offset);
  outcome.set_created(answer->created);
  outcome.set_status(answer->status);
  outcome.set_created_at_us(to_us(answer->created_at));
  outcome.set_updated_at_us(to_us(answer->updated_at));
  if (answer->view && answer->view->ByteSizeLong() <= view_bytes_max) {
    outcome.set_view(answer->view->SerializeAsString());
  }
  return outcome;
}

}  // namespace

void Courier::read(const std::string& node, const std::string& body) {
  auto& from = peer(node);
  if (!from.up) return;
  const auto bytes = body.size();
  const auto done = [&] {
    if (wire_.consumed) wire_.consumed(node, bytes);
  };
  post::Post post;
  if (!post.ParseFromString(body)) {
    offend(node, "bytes that are no post");
    return done();
  }
  if (post.has_hail()) {
    read_hail(node, from, post.hail());
    return done();
  }
  if (post.has_fenced()) {
    from.fenced = post.fenced().reason().substr(0, 512);
    report(node + " takes nothing of this node: " + from.fenced);
    return done();
  }
  if (!from.hailed && from.refused.empty()) {
    refuse(node, from, "it did not say first which run of it speaks");
  }
  if (!from.refused.empty()) return done();
  switch (post.what_case()) {
    case post::Post::kItem: return read_item(node, from, post.item(), bytes);
    case post::Post::kTold: return read_told(node, from, post.told(), bytes);
    case post::Post::kOutcome: read_outcome(node, from, std::move(*post.mutable_outcome())); break;
    case post::Post::kHeard: read_heard(node, from, post.heard()); break;
    default: offend(node, "post of a sort that this version does not know");
  }
  done();
}

/// Of several runs of a node only the newest is listened to: one that was restored from an older
/// disk, or cloned, does not speak for it.
void Courier::read_hail(const std::string& node, Peer& from, const post::Hail& hail) {
  if (from.hailed) return refuse(node, from, "it said twice which run of it speaks");
  auto& fence = from.fence;
  if (!is_id(hail.log_id()) || hail.run().size() > name_bytes_max ||
      hail.outbox().size() > name_bytes_max || fence.left_logs_size() > left_logs_max) {
    return refuse(node, from, "its hail is none that a node says");
  }
  const bool same_log = fence.log_id().empty() || fence.log_id() == hail.log_id();
  const auto& left = fence.left_logs();
  if (std::ranges::find(left, hail.log_id()) != left.end()) {
    return refuse(node, from, "its log " + hail.log_id() + " was left behind by a restore");
  }
  if (same_log && hail.boot_epoch() < fence.boot_epoch()) {
    return refuse(node, from,
                  "it is an older run (" + std::to_string(hail.boot_epoch()) + ") than one that " +
                      "was here already (" + std::to_string(fence.boot_epoch()) + ")");
  }
  if (same_log && hail.boot_epoch() == fence.boot_epoch() && hail.run() != fence.run()) {
    return refuse(node, from, "another run of it has the same number: a copy of its data runs");
  }
  const bool same_outbox = fence.outbox() == hail.outbox();
  if (same_outbox && hail.next() <= fence.forgotten()) {
    return refuse(node, from, "it sends again what it had settled");
  }
  if (!same_log) fence.add_left_logs(fence.log_id());
  fence.set_log_id(hail.log_id());
  fence.set_boot_epoch(hail.boot_epoch());
  fence.set_run(hail.run());
  fence.set_outbox(hail.outbox());
  fence.set_forgotten(hail.next() == 0 ? 0 : hail.next() - 1);
  fence.set_role(from.role);
  batch_->put_fence(node, fence);
  from.hailed = true;
  // What came before and was not settled comes again.
  from.came = fence.forgotten();
}

void Courier::read_item(const std::string& node, Peer& from, const post::Item& item,
                        std::uint64_t bytes) {
  const Received received{node, from.session, bytes, item.n()};
  if (item.n() <= from.came) {
    offend(node, "item " + std::to_string(item.n()) + " after item " + std::to_string(from.came));
    release(received);
    return;
  }
  from.came = item.n();
  auto command = command_of({node, from.role}, item, *options_.catalog);
  if (!command) {
    if (command.error().code == ErrorCode::forbidden) offend(node, command.error().detail);
    return decided(received, std::unexpected(std::move(command.error())));
  }
  if (const auto home = home_of(command->entity)) {
    return decided(received,
                   fail(ErrorCode::not_found,
                        to_string(command->entity) + " is not at home at " + options_.node,
                        to_string(command->entity)));
  }
  point("before_item");
  ask({received, std::move(*command)});
}

void Courier::ask(Again item) {
  auto command = item.command;
  node_->submit(std::move(command),
                [weak = weak_from_this(), item = std::move(item)](Result<Answer> answer) mutable {
                  const auto self = weak.lock();
                  if (!self) return;
                  self->post_job([self = self.get(), item = std::move(item),
                                  answer = std::move(answer)]() mutable {
                    self->point("after_item");
                    if (answer || !is_passing(answer.error().code))
                      return self->decided(item.received, answer);
                    const auto pause = host::backoff(again_first, ++item.attempts, again_longest);
                    self->again_.emplace(self->options_.clock->elapsed() + pause, std::move(item));
                  });
                });
}

/// In the order of their numbers, as far as they are due.
std::chrono::microseconds Courier::ask_again() {
  const auto now = options_.clock->elapsed();
  std::vector<Again> due;
  while (!again_.empty() && again_.begin()->first <= now) {
    due.push_back(std::move(again_.extract(again_.begin()).mapped()));
  }
  std::ranges::sort(due, {}, [](const Again& one) { return one.received.number; });
  for (auto& one : due) {
    const auto& from = peer(one.received.node);
    // It will be sent again.
    if (from.up && from.session == one.received.session) ask(std::move(one));
  }
  return again_.empty() ? std::chrono::seconds(1) : again_.begin()->first - now;
}

bool Courier::is_present(const Received& received) {
  const auto& from = peer(received.node);
  return from.up && from.session == received.session;
}

void Courier::release(const Received& received) {
  if (is_present(received) && wire_.consumed) wire_.consumed(received.node, received.bytes);
}

void Courier::decided(const Received& received, const Result<Answer>& answer) {
  if (!is_present(received)) return;
  if (!answer && is_lost(answer.error().code)) return release(received);
  post::Post post;
  *post.mutable_outcome() = outcome_of(received.number, answer);
  if (peer(received.node).reply_bytes > views_bytes_max) post.mutable_outcome()->clear_view();
  reply(received.node, post, received.bytes);
}

void Courier::read_outcome(const std::string& node, Peer& from, post::Outcome outcome) {
  const auto sent = from.under_way.find(outcome.n());
  if (sent == from.under_way.end()) {
    return offend(node, "an outcome of item " + std::to_string(outcome.n()) +
                            ", which does not wait for one");
  }
  const auto [item, bytes] = std::move(sent->second);
  from.under_way.erase(sent);
  post::Answered answered;
  answered.set_kind(item.kind());
  answered.set_id(item.id());
  answered.set_command(item.command());
  answered.set_key(item.key());
  answered.set_principal(item.principal());
  answered.set_taken_at_us(item.taken_at_us());
  answered.set_answered_at_us(to_us(options_.clock->now()));
  auto& kept = *answered.mutable_outcome();
  kept = outcome;
  kept.clear_view();
  batch_->answered(node, answered);
  then_.push_back([this, node, item, bytes, outcome = std::move(outcome)](bool written) {
    if (written) settle(node, item, outcome, bytes);
  });
}

void Courier::settle(const std::string& node, const post::Item& item, const post::Outcome& outcome,
                     std::uint64_t bytes) {
  auto& to = peer(node);
  to.outbox.items -= 1;
  to.outbox.bytes -= std::min(bytes, to.outbox.bytes);
  to.outbox.first = to.under_way.empty() ? to.sent + 1 : to.under_way.begin()->first;
  auto waits = to.waiters.extract(outcome.n());
  if (waits.empty()) return;
  auto answer = answer_of(item, outcome);
  auto& sent = waits.mapped().sent;
  if (!answer) return sent(std::unexpected(std::move(answer.error())));
  sent(std::move(*answer));
}

Result<Answer> Courier::answer_of(const post::Item& item, const post::Outcome& outcome) const {
  if (!outcome.code().empty()) {
    auto error = error_of(outcome.code(), outcome.detail());
    error.instance = outcome.instance();
    return std::unexpected(std::move(error));
  }
  Answer answer;
  answer.entity = {item.kind(), item.id()};
  answer.command_id = item.key();
  answer.sequence = outcome.sequence();
  answer.position = {outcome.log_id(), outcome.offset()};
  answer.created = outcome.created();
  answer.status = outcome.status();
  answer.created_at = time_from_us(outcome.created_at_us());
  answer.updated_at = time_from_us(outcome.updated_at_us());
  const auto* kind = options_.catalog->find(item.kind());
  if (kind == nullptr || outcome.view().empty()) return answer;
  const auto* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind->view_descriptor());
  std::shared_ptr<google::protobuf::Message> view(prototype->New());
  if (view->ParseFromString(outcome.view())) answer.view = std::move(view);
  return answer;
}

// ---- Tells

Result<Command> Courier::checked(const std::string& node, const Peer& from,
                                 const post::Told& told) {
  auto command = command_of({node, from.role}, told, *options_.catalog);
  if (!command) return command;
  const EntityRef source{told.source_kind(), told.source_id()};
  const auto here = options_.log->state(source);
  if (!here) return std::unexpected(here.error());
  const auto known = store_.home(source);
  if (!known) return std::unexpected(known.error());
  if (*here || (*known && **known != node)) {
    return fail(ErrorCode::forbidden,
                "it speaks for " + to_string(source) + ", which is at home at " +
                    (*here ? options_.node : **known),
                to_string(source));
  }
  if (const auto home = home_of(command->entity)) {
    return fail(ErrorCode::not_found,
                to_string(command->entity) + " is not at home at " + options_.node,
                to_string(command->entity));
  }
  if (!*known) {
    batch_->put_home(source, node);
    unproven_.insert(source);
  }
  return command;
}

void Courier::read_told(const std::string& node, Peer& from, const post::Told& told,
                        std::uint64_t bytes) {
  const Received received{
      node, from.session, bytes, told.ticket(), {told.source_kind(), told.source_id()}};
  auto command = checked(node, from, told);
  if (!command) {
    if (command.error().code == ErrorCode::forbidden) offend(node, command.error().detail);
    return heard(received, std::unexpected(std::move(command.error())));
  }
  Telling telling{{told.source_kind(), told.source_id()}, told.n(), told.open_from()};
  // What comes back to the source finds its way by the row that is written first.
  then_.push_back([this, received, command = std::move(*command),
                   telling = std::move(telling)](bool written) mutable {
    if (!written) return;
    point("before_told");
    hear_(std::move(command), std::move(telling),
          [weak = weak_from_this(), received](Result<Answer> answer) {
            const auto self = weak.lock();
            if (!self) return;
            Result<void> decided;
            if (!answer) decided = std::unexpected(std::move(answer.error()));
            self->post_job([self = self.get(), received, decided = std::move(decided)] {
              self->point("after_told");
              self->remember(received, decided.has_value());
              self->heard(received, decided);
            });
          });
  });
}

/// The row is there before the target hears of it. A refused Tell of a source that was not known
/// takes it away again: inventing sources leaves nothing here.
void Courier::remember(const Received& received, bool accepted) {
  const auto& source = received.source;
  if (accepted) {
    unproven_.erase(source);
    const auto known = store_.home(source);
    if (known && !*known) batch_->put_home(source, received.node);
  } else if (unproven_.erase(source) > 0) {
    // At once: something else that it told may be accepted next.
    auto rows = store_.batch();
    rows.forget_home(source);
    if (auto written = rows.write(); !written) report(written.error().message());
  }
}

void Courier::heard(const Received& received, const Result<void>& decided) {
  if (!is_present(received)) return;
  if (!decided && is_lost(decided.error().code)) return release(received);
  post::Post post;
  auto& heard = *post.mutable_heard();
  heard.set_ticket(received.number);
  if (!decided) write_error(decided.error(), heard);
  reply(received.node, post, received.bytes);
}

void Courier::read_heard(const std::string& node, Peer& from, const post::Heard& heard) {
  const auto held = from.tells.find(heard.ticket());
  if (held == from.tells.end() || heard.ticket() > from.told) {
    return offend(node, "what became of a Tell that it was not told");
  }
  const auto decided = std::move(held->second.decided);
  from.tell_bytes -= std::min<std::uint64_t>(from.tell_bytes, held->second.told.body().size());
  from.tells.erase(held);
  if (heard.code().empty()) return decided({});
  decided(std::unexpected(error_of(heard.code(), heard.detail())));
}

}  // namespace nightshift::runtime::cluster
