// Calls, their deadlines, and their ends.
#include "bridges/mcp/protocol/client.hpp"

#include <algorithm>
#include <cassert>

#include "messages/json.hpp"
#include "messages/utf8.hpp"

namespace nightshift::bridges::mcp {
namespace {

constexpr std::size_t given_up_max = 1024;
constexpr std::size_t breach_bytes_max = 300;

}  // namespace

Client::Client(ClientOptions options) : options_(std::move(options)), opening_(options_.opening) {}

Result<CallId> Client::call(Call call, Moment now) {
  assert(call.params.starts_with('{') && call.params.ends_with('}'));
  if (state_ == State::closed) {
    return fail(ErrorCode::unreachable, "the connection to the server is closed");
  }
  if (calls_.size() + queued_.size() >= options_.calls_max) {
    return fail(ErrorCode::overloaded, std::to_string(options_.calls_max) +
                                           " calls of the server are under way; try again later");
  }
  Pending pending{.id = ++last_call_, .call = std::move(call), .began = now};
  if (state_ == State::open) {
    send(std::move(pending), now);
  } else {
    queued_.push_back(std::move(pending));
  }
  return last_call_;
}

void Client::send(Pending pending, Moment now) {
  const auto request = ++last_request_;
  const auto more = pending.wanted ? pending.wanted->params() : std::string();
  pending.wanted.reset();
  pending.progress = -1;
  const auto& call = pending.call;
  post({.kind = Outgoing::Kind::request,
        .text =
            write_request(request, call.method, with_meta(call.params, more, request, *version_)),
        .request = request,
        .method = call.method,
        .name = call.name,
        .headers = call.headers,
        .version = version_});
  const auto deadline = std::min(now + call.timeout, pending.began + call.timeout_max);
  const auto found = calls_.emplace(request, std::move(pending)).first;
  set_deadline(found, deadline);
}

std::string Client::meta(std::int64_t request, const Version& version) const {
  std::string meta = R"({"progressToken":)" + std::to_string(request);
  if (version.era == Era::stateless) {
    const auto key = [&](std::string_view name) {
      meta.append(R"(,"io.modelcontextprotocol/)").append(name).append(R"(":)");
    };
    key("protocolVersion");
    append_json_string(version.name, meta);
    key("clientInfo");
    meta += client_info();
    key("clientCapabilities");
    meta += client_capabilities;
    if (!options_.log_level.empty()) {
      key("logLevel");
      append_json_string(options_.log_level, meta);
    }
  }
  return meta += '}';
}

std::string Client::client_info() const {
  std::string info = R"({"name":)";
  append_json_string(options_.name, info);
  info += R"(,"version":)";
  append_json_string(options_.version, info);
  return info += '}';
}

/// `more` is empty or begins with a comma.
std::string Client::with_meta(std::string_view params, std::string_view more, std::int64_t request,
                              const Version& version) const {
  const auto members = params.substr(1, params.size() - 2);
  std::string out = R"({"_meta":)" + meta(request, version);
  out += more;
  if (!members.empty()) out.append(",").append(members);
  return out += '}';
}

void Client::set_deadline(Calls::iterator found, Moment deadline) {
  deadlines_.erase({found->second.deadline, found->first});
  found->second.deadline = deadline;
  deadlines_.emplace(deadline, found->first);
}

void Client::end(Calls::iterator found, Outcome outcome) {
  withdraw(found->first);
  deadlines_.erase({found->second.deadline, found->first});
  news_.push_back(Ended{found->second.id, std::move(outcome)});
  calls_.erase(found);
}

void Client::give_up(Calls::iterator found, Error why, std::string_view reason) {
  given_up_.insert(found->first);
  if (given_up_.size() > given_up_max) given_up_.erase(given_up_.begin());
  tell_cancelled(found->first, reason);
  end(found, Unanswered{std::move(why)});
}

void Client::tell_cancelled(std::int64_t request, std::string_view reason) {
  std::string params = R"({"requestId":)" + std::to_string(request) + R"(,"reason":)";
  append_json_string(reason, params);
  params += '}';
  post({.kind = Outgoing::Kind::notification,
        .text = write_notification("notifications/cancelled", params),
        .request = request,
        .method = "notifications/cancelled",
        .version = version_});
}

void Client::cancel(CallId call, std::string_view reason) {
  const Error why{ErrorCode::stopping, "the call was cancelled: " + std::string(reason), {}};
  const auto queued = std::ranges::find(queued_, call, &Pending::id);
  if (queued != queued_.end()) {
    news_.push_back(Ended{call, Unanswered{why, false}});
    queued_.erase(queued);
    return;
  }
  const auto found =
      std::ranges::find(calls_, call, [](const auto& item) { return item.second.id; });
  if (found == calls_.end()) return;
  if (found->second.wanted) {
    end(found, Unanswered{why});
  } else {
    give_up(found, why, reason);
  }
}

void Client::undelivered(std::int64_t request, Unanswered why, Moment now) {
  if (state_ == State::opening && request == opening_request_) {
    follow(opening_.unanswered(why.why), now);
    return;
  }
  const auto found = calls_.find(request);
  if (found != calls_.end() && !found->second.wanted) end(found, std::move(why));
}

std::optional<Moment> Client::next_deadline() const {
  if (state_ == State::opening) return opening_deadline_;
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

void Client::elapsed(Moment now) {
  if (state_ == State::opening && now >= opening_deadline_) {
    given_up_.insert(opening_request_);
    follow(opening_.unanswered({ErrorCode::timed_out, "the server did not open in time", {}}), now);
  }
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    overdue(calls_.find(deadlines_.begin()->second), now);
  }
}

void Client::overdue(Calls::iterator found, Moment now) {
  auto& pending = found->second;
  const auto last = pending.began + pending.call.timeout_max;
  if (pending.wanted) {
    end(found, Unanswered{{ErrorCode::timed_out, "nobody answered the server's questions", {}}});
  } else if (!questions_.empty() && now < last) {
    // It may wait for a person's answer, too.
    set_deadline(found, std::min(now + pending.call.timeout, last));
  } else {
    give_up(found, {ErrorCode::timed_out, "the server did not answer in time", {}}, "timed out");
  }
}

void Client::breach(std::string what) {
  if (state_ == State::closed) return;
  what = utf8_cut(what, breach_bytes_max);
  news_.push_back(Misbehaved{what});
  if (++breaches_ < options_.breaches_max) return;
  close({ErrorCode::invalid,
         "the server broke the protocol " + std::to_string(breaches_) + " times, at last: " + what,
         {}});
}

void Client::overlong() { breach("it sent a message that is too long, which was thrown away"); }

void Client::close(Error why) {
  if (state_ == State::closed) return;
  state_ = State::closed;
  for (const auto& pending : std::exchange(queued_, {})) {
    news_.push_back(Ended{pending.id, Unanswered{why, false}});
  }
  while (!calls_.empty()) end(calls_.begin(), Unanswered{why});
  for (const auto& [id, question] : std::exchange(questions_, {})) news_.push_back(Withdrawn{id});
  news_.push_back(Closed{std::move(why)});
}

}  // namespace nightshift::bridges::mcp
