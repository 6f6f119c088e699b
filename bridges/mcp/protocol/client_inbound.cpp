// What a server says: answers, requests, notifications, and what is none of them.
#include <algorithm>
#include <array>

#include "bridges/mcp/protocol/client.hpp"
#include "messages/json.hpp"

namespace nightshift::bridges::mcp {
namespace {

constexpr std::chrono::microseconds notice_window{1'000'000};

struct ChangeNotice {
  std::string_view method;
  Changed::What what;
};
constexpr std::array change_notices{
    ChangeNotice{"notifications/tools/list_changed", Changed::What::tools},
    ChangeNotice{"notifications/resources/list_changed", Changed::What::resources},
    ChangeNotice{"notifications/prompts/list_changed", Changed::What::prompts},
    ChangeNotice{"notifications/resources/updated", Changed::What::resource},
};

std::string text_of(const JsonObject& object, std::string_view name) {
  return object.text(name).value_or(std::nullopt).value_or("");
}

}  // namespace

void Client::received(std::string_view text, Moment now) {
  if (state_ == State::closed) return;
  auto message = read_message(text);
  if (!message) {
    const auto& bad = message.error();
    if (bad.id) respond(write_failure(bad.id, {bad.code, bad.why, {}}));
    breach("it sent what is no message: " + bad.why);
    return;
  }
  if (const auto* success = std::get_if<Success>(&*message)) {
    take(*success, now);
  } else if (const auto* failure = std::get_if<Failure>(&*message)) {
    take(*failure, now);
  } else if (const auto* notification = std::get_if<Notification>(&*message)) {
    take(*notification, now);
  } else {
    take(std::get<Request>(*message));
  }
}

bool Client::awaits(std::int64_t request) const {
  if (state_ == State::opening && request == opening_request_) return true;
  const auto found = calls_.find(request);
  return found != calls_.end() && !found->second.wanted;
}

Client::Calls::iterator Client::awaited(const RequestId& id) {
  if (const auto* number = std::get_if<std::int64_t>(&id)) {
    const auto found = calls_.find(*number);
    if (found != calls_.end() && !found->second.wanted) return found;
    if (given_up_.erase(*number) > 0) return calls_.end();
  }
  breach("it answered " + to_json(id) + ", which waits for no answer");
  return calls_.end();
}

void Client::take(const Success& success, Moment now) {
  if (is_opening(success.id)) {
    follow(opening_.answered(success.result), now);
    return;
  }
  const auto found = awaited(success.id);
  if (found == calls_.end()) return;
  const auto type =
      version_->era == Era::stateless ? type_of(success.result) : ResultType::complete;
  if (type == ResultType::complete) {
    end(found, Answered{JsonText(success.result)});
  } else if (type == ResultType::input_required) {
    ask_for(found, success.result, now);
  } else {
    end(found, Unanswered{{ErrorCode::invalid, "the server's result is of an unknown type", {}}});
  }
}

void Client::take(const Failure& failure, Moment now) {
  if (!failure.id) {
    breach("it could not read a message: " + failure.error.message);
    return;
  }
  if (is_opening(*failure.id)) {
    follow(opening_.refused(failure.error), now);
    return;
  }
  const auto found = awaited(*failure.id);
  if (found != calls_.end()) end(found, Refused{failure.error});
}

void Client::respond(std::string text) {
  // The stateless era knows no requests of servers, and so no responses.
  if (version_ != nullptr && version_->era == Era::stateless) return;
  post({.kind = Outgoing::Kind::response,
        .text = std::move(text),
        .method = {},
        .version = version_});
}

void Client::take(const Request& request) {
  if (version_ != nullptr && version_->era == Era::stateless) {
    breach("it sent the request " + request.method + ", which this version does not have");
  } else if (request.method == "ping") {
    respond(write_success(request.id, "{}"));
  } else if (request.method == "elicitation/create" && state_ == State::open) {
    ask_person(request);
  } else {
    const RpcError error{rpc::method_not_found, "not offered: " + request.method, {}};
    respond(write_failure(request.id, error));
  }
}

void Client::take(const Notification& notification, Moment now) {
  if (notification.method == "notifications/progress") {
    progressed(notification.params, now);
  } else if (notification.method == "notifications/cancelled") {
    cancelled(notification.params);
  } else {
    noticed(notification, now);
  }
}

void Client::progressed(JsonView params, Moment now) {
  const auto object = JsonObject::read(params, "progress");
  if (!object) return breach(object.error().detail);
  const auto* token = object->find("progressToken");
  const auto* progress = object->find("progress");
  const auto value = progress == nullptr ? std::nullopt : progress->number();
  const auto request = token == nullptr ? std::nullopt : token->integer();
  if (!request || !value) return breach("it reports progress of nothing, or none");
  const auto found = calls_.find(*request);
  if (found == calls_.end() || found->second.wanted) {
    if (*request < 1 || *request > last_request_) breach("it reports progress of nothing");
    return;
  }
  auto& pending = found->second;
  if (*value > pending.progress) {
    pending.progress = *value;
    const auto last = pending.began + pending.call.timeout_max;
    set_deadline(found, std::min(now + pending.call.timeout, last));
  }
  if (!may_notice(now)) return;
  const auto* total = object->find("total");
  news_.push_back(Progressed{.call = pending.id,
                             .progress = *value,
                             .total = total == nullptr ? std::nullopt : total->number(),
                             .message = text_of(*object, "message")});
}

void Client::noticed(const Notification& notification, Moment now) {
  const auto change = std::ranges::find(change_notices, notification.method, &ChangeNotice::method);
  const bool is_log = notification.method == "notifications/message";
  if (change == change_notices.end() && !is_log) return;
  const auto params = notification.params.type() == JsonView::Type::null
                          ? Result<JsonObject>(JsonObject())
                          : JsonObject::read(notification.params, "a notification");
  if (!params) return breach(params.error().detail);
  if (!may_notice(now)) return;
  if (!is_log) {
    news_.push_back(Changed{change->what, text_of(*params, "uri")});
    return;
  }
  const auto* data = params->find("data");
  news_.push_back(Logged{text_of(*params, "level"), text_of(*params, "logger"),
                         data == nullptr ? JsonText() : JsonText(*data)});
}

bool Client::may_notice(Moment now) {
  if (now - window_ >= notice_window) {
    window_ = now;
    notices_ = 0;
    if (dropped_ > 0) news_.push_back(Dropped{std::exchange(dropped_, 0)});
  }
  if (notices_ < options_.notices_per_second_max) return ++notices_, true;
  ++dropped_;
  return false;
}

}  // namespace nightshift::bridges::mcp
