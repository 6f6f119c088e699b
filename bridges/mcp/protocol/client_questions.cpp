// Questions to people: a request of a session's server, or an answer that wants input first.
#include <algorithm>

#include "bridges/mcp/protocol/client.hpp"

namespace nightshift::bridges::mcp {
namespace {

/// The only ones whose results may ask.
bool may_want_input(std::string_view method) {
  return method == "tools/call" || method == "resources/read" || method == "prompts/get";
}

}  // namespace

void Client::ask(OpenQuestion question, CallId call) {
  news_.push_back(Asked{++last_question_, call, question.question});
  questions_.emplace(last_question_, std::move(question));
}

void Client::ask_person(const Request& request) {
  const auto same = [&](const auto& item) { return item.second.request == request.id; };
  if (std::ranges::any_of(questions_, same)) {
    return breach("it asks with the id of a question that is open: " + to_json(request.id));
  }
  const auto refuse = [&](std::int64_t code, std::string why) {
    respond(write_failure(request.id, {code, std::move(why), {}}));
  };
  if (questions_.size() >= options_.questions_max) {
    return refuse(rpc::internal_error, "too many questions are open");
  }
  auto question = read_question(request.params);
  if (!question) return refuse(rpc::invalid_params, std::string(question.error().message()));
  ask({.question = std::move(*question), .request = request.id}, 0);
}

void Client::ask_for(Calls::iterator found, JsonView result, Moment now) {
  auto& pending = found->second;
  const auto refuse = [&](std::string why) {
    end(found, Unanswered{{ErrorCode::invalid, std::move(why), {}}});
  };
  if (!may_want_input(pending.call.method)) {
    return refuse("the server wants input for " + pending.call.method + ", which takes none");
  }
  if (pending.rounds >= options_.rounds_max) {
    return refuse("the server wanted input " + std::to_string(pending.rounds) +
                  " times, and still does");
  }
  auto wanted = read_input_required(result);
  if (!wanted) return refuse(wanted.error().detail);
  if (questions_.size() + wanted->items.size() > options_.questions_max) {
    return refuse("the server's questions are more than may be open");
  }
  pending.wanted = std::move(*wanted);
  if (pending.wanted->complete()) return repeat(found, now);
  set_deadline(found, pending.began + pending.call.timeout_max);
  for (std::size_t i = 0; i < pending.wanted->items.size(); ++i) {
    ask({.question = pending.wanted->items[i].question, .call = found->first, .item = i},
        pending.id);
  }
}

void Client::repeat(Calls::iterator found, Moment now) {
  deadlines_.erase({found->second.deadline, found->first});
  auto pending = std::move(found->second);
  calls_.erase(found);
  ++pending.rounds;
  pending.deadline = {};
  send(std::move(pending), now);
}

Result<void> Client::answer(QuestionId question, const Reply& reply, Moment now) {
  const auto found = questions_.find(question);
  if (found == questions_.end()) {
    return fail(ErrorCode::not_found, "nobody waits for this answer any more");
  }
  const auto& open = found->second;
  if (auto checked = check_reply(open.question, reply); !checked) return checked;
  auto result = reply_result(open.question, reply);
  if (open.request) {
    respond(write_success(*open.request, result));
    questions_.erase(found);
    return {};
  }
  const auto waiting = calls_.find(open.call);
  waiting->second.wanted->items[open.item].answer = std::move(result);
  questions_.erase(found);
  if (waiting->second.wanted->complete()) repeat(waiting, now);
  return {};
}

void Client::withdraw(std::int64_t call) {
  std::erase_if(questions_, [&](const auto& item) {
    const bool goes = item.second.call == call;
    if (goes) news_.push_back(Withdrawn{item.first});
    return goes;
  });
}

void Client::cancelled(JsonView params) {
  for (JsonItems items(params); items.next();) {
    if (items.name() != "requestId") continue;
    const auto id = read_id(items.value());
    std::erase_if(questions_, [&](const auto& item) {
      const bool goes = id && item.second.request == id;
      if (goes) news_.push_back(Withdrawn{item.first});
      return goes;
    });
  }
}

}  // namespace nightshift::bridges::mcp
