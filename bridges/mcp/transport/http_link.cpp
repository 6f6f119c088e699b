// Which requests run, what their answers mean, and which streams are taken up again.
#include "bridges/mcp/transport/http_link.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "messages/utf8.hpp"

namespace nightshift::bridges::mcp {
namespace {

using Verb = HttpExchange::Verb;
using std::chrono::milliseconds;

constexpr int attempts_max = 5;
constexpr milliseconds retry_default{1'000};
constexpr milliseconds retry_max{60'000};
constexpr milliseconds goodbye_max{2'000};
constexpr std::size_t shown_bytes_max = 200;

/// Answers that say that the request was turned away.
bool is_turned_away(int status) {
  constexpr std::array statuses{400, 401, 403, 404, 405, 406, 411, 413,
                                414, 415, 421, 426, 428, 429, 431};
  return (status >= 300 && status < 400) || std::ranges::find(statuses, status) != statuses.end();
}

Error status_error(const HttpExchange& exchange) {
  const auto status = exchange.status();
  std::string text = "the server answered " + std::to_string(status);
  if (const auto said = utf8_cut(exchange.body(), shown_bytes_max); !said.empty()) {
    text.append(": ").append(said.substr(0, utf8_prefix_bytes(said)));
  }
  if (status == 401) return {ErrorCode::unauthenticated, std::move(text), {}};
  if (status == 403) return {ErrorCode::forbidden, std::move(text), {}};
  if (status == 429) return {ErrorCode::rate_limited, std::move(text), {}};
  return {ErrorCode::unreachable, std::move(text), {}};
}

bool is_listening(const Outgoing& message) { return message.request == 0; }

}  // namespace

HttpLink::HttpLink(HttpAddress address, std::shared_ptr<runtime::Clock> clock)
    : address_(std::move(address)),
      clock_(std::move(clock)),
      multi_(curl_multi_init(), curl_multi_cleanup) {
  assert(multi_);
}

HttpLink::~HttpLink() {
  for (const auto& running : running_) {
    curl_multi_remove_handle(multi_.get(), running.exchange->handle());
  }
}

std::vector<std::string> HttpLink::fields_for(const Outgoing& message) const {
  std::vector<std::string> fields{"Content-Type: application/json"};
  if (message.version != nullptr) {
    fields.push_back("MCP-Protocol-Version: " + std::string(message.version->name));
  }
  if (!session_.empty()) fields.push_back("Mcp-Session-Id: " + session_);
  if (message.version == nullptr || message.version->era != Era::stateless) return fields;
  fields.push_back("Mcp-Method: " + header_value(message.method));
  if (!message.name.empty()) fields.push_back("Mcp-Name: " + header_value(message.name));
  for (const auto& [name, value] : message.headers) fields.push_back(name + ": " + value);
  return fields;
}

void HttpLink::start(Verb verb, Outgoing message, std::string_view last_id, int attempts) {
  auto fields = fields_for(message);
  fields.emplace_back(verb == Verb::post ? "Accept: application/json, text/event-stream"
                                         : "Accept: text/event-stream");
  if (!last_id.empty()) fields.push_back("Last-Event-ID: " + header_value(last_id));
  auto exchange = std::make_unique<HttpExchange>(address_, verb, std::move(message), fields);
  curl_multi_add_handle(multi_.get(), exchange->handle());
  running_.push_back({std::move(exchange), attempts});
}

void HttpLink::send(Outgoing message) {
  const bool cancels = message.method == "notifications/cancelled";
  if (cancels) give_up(message.request);
  // In the stateless era the end of the connection says it.
  if (cancels && message.version != nullptr && message.version->era == Era::stateless) return;
  const bool initialised = message.method == "notifications/initialized";
  if (initialised) {
    version_ = message.version;
    // The stream that brought the answer may still be open.
    for (const auto& running : running_) learn_session(*running.exchange);
  }
  start(Verb::post, std::move(message));
  if (initialised) {
    Outgoing listening;
    listening.version = version_;
    start(Verb::get, std::move(listening));
  }
}

void HttpLink::give_up(std::int64_t request) {
  std::erase_if(broken_, [&](const auto& item) { return item.message.request == request; });
  std::erase_if(running_, [&](const Running& running) {
    const auto& message = running.exchange->message();
    if (message.request != request || message.kind != Outgoing::Kind::request) return false;
    curl_multi_remove_handle(multi_.get(), running.exchange->handle());
    return true;
  });
}

void HttpLink::turn(Ear& ear, int wake, std::optional<milliseconds> longest) {
  auto wait = longest.value_or(milliseconds(60'000));
  for (const auto& broken : broken_) {
    const auto left = std::chrono::ceil<milliseconds>(broken.at - clock_->elapsed());
    wait = std::clamp(left, milliseconds(0), wait);
  }
  int count = 0;
  curl_waitfd also{.fd = wake, .events = CURL_WAIT_POLLIN, .revents = 0};
  // What was just added does not wait.
  curl_multi_poll(multi_.get(), &also, 1, static_cast<int>(wait.count()), &count);
  resume_what_is_due(ear);
  for (const auto& running : running_) running.exchange->set_ear(&ear);
  curl_multi_perform(multi_.get(), &count);
  collect(ear);
  leave_answered(ear);
}

/// A server may keep streams open that have brought their answer, as many as there are calls.
void HttpLink::leave_answered(const Ear& ear) {
  std::erase_if(running_, [&](const Running& running) {
    const auto& exchange = *running.exchange;
    const auto& message = exchange.message();
    const bool is_request = message.kind == Outgoing::Kind::request && message.request != 0;
    if (!is_request || !exchange.is_stream() || ear.awaits(message.request)) return false;
    learn_session(exchange);
    curl_multi_remove_handle(multi_.get(), exchange.handle());
    return true;
  });
}

void HttpLink::collect(Ear& ear) {
  int left = 0;
  while (const auto* done = curl_multi_info_read(multi_.get(), &left)) {
    if (done->msg != CURLMSG_DONE) continue;
    auto* const handle = done->easy_handle;
    const auto result = done->data.result;
    curl_multi_remove_handle(multi_.get(), handle);
    const auto found = std::ranges::find_if(
        running_, [&](const Running& running) { return running.exchange->handle() == handle; });
    assert(found != running_.end());
    auto running = std::move(*found);
    running_.erase(found);
    finish(std::move(running), result, ear);
  }
}

void HttpLink::learn_session(const HttpExchange& exchange) {
  if (exchange.message().method == "initialize" && exchange.status() == 200) {
    session_ = exchange.session();
  }
}

void HttpLink::finish(Running running, CURLcode result, Ear& ear) {
  const auto& exchange = *running.exchange;
  const auto& message = exchange.message();
  const bool is_request = message.kind == Outgoing::Kind::request && message.request != 0;
  learn_session(exchange);
  if (exchange.was_too_large()) ear.overlong();
  if (exchange.status() == 404 && !session_.empty()) {
    ear.lost({ErrorCode::unreachable, "the server has ended the session", {}});
  } else if (exchange.is_stream() && exchange.status() == 200) {
    finish_stream(running, exchange.why(result), ear);
  } else if (!is_request) {
    return;
  } else if (exchange.status() == 0 || exchange.was_too_large()) {
    ear.undelivered(message.request,
                    {{ErrorCode::unreachable, exchange.why(result), {}}, exchange.begun()});
  } else if (exchange.status() == 200 && exchange.is_json()) {
    ear.received(exchange.body());
    if (!ear.awaits(message.request)) return;
    ear.undelivered(message.request,
                    {{ErrorCode::invalid, "the server's answer is none to the request", {}}, true});
  } else {
    finish_refused(exchange, ear);
  }
}

void HttpLink::finish_stream(const Running& running, const std::string& why, Ear& ear) {
  const auto& exchange = *running.exchange;
  const auto& message = exchange.message();
  const bool listens = is_listening(message);
  if (!listens && !ear.awaits(message.request)) return;
  const auto& last_id = exchange.events().last_id();
  const bool can_resume = version_ != nullptr && (listens || !last_id.empty());
  const bool brought_something = !last_id.empty();
  const int attempts = brought_something ? 0 : running.attempts + 1;
  if (can_resume && (attempts < attempts_max || listens)) {
    const auto wait = std::min(exchange.events().retry().value_or(retry_default), retry_max);
    broken_.push_back({clock_->elapsed() + wait, message, last_id, attempts});
  } else if (!listens) {
    ear.undelivered(message.request,
                    {{ErrorCode::unreachable, "the server's answer broke off: " + why, {}}, true});
  }
}

void HttpLink::resume_what_is_due(Ear& ear) {
  const auto now = clock_->elapsed();
  for (auto at = broken_.begin(); at != broken_.end();) {
    if (at->at > now) {
      ++at;
      continue;
    }
    auto broken = std::move(*at);
    at = broken_.erase(at);
    if (!is_listening(broken.message) && !ear.awaits(broken.message.request)) continue;
    start(Verb::get, std::move(broken.message), broken.last_id, broken.attempts);
  }
}

void HttpLink::finish_refused(const HttpExchange& exchange, Ear& ear) {
  const auto request = exchange.message().request;
  if (exchange.is_json()) {
    const auto message = read_message(exchange.body());
    const auto* failure = message ? std::get_if<Failure>(&*message) : nullptr;
    // The server may not have read the id; it can only mean this request.
    if (failure != nullptr) return ear.received(write_failure(request, failure->error));
  }
  ear.undelivered(request, {status_error(exchange), !is_turned_away(exchange.status())});
}

void HttpLink::close() {
  if (session_.empty()) return;
  Outgoing goodbye{.kind = Outgoing::Kind::notification, .text = {}, .method = {}};
  goodbye.version = version_;
  running_.remove_if([this](const Running& running) {
    curl_multi_remove_handle(multi_.get(), running.exchange->handle());
    return true;
  });
  start(Verb::remove, std::move(goodbye));
  const auto until = clock_->elapsed() + goodbye_max;
  int running = 1;
  while (running > 0 && clock_->elapsed() < until) {
    curl_multi_perform(multi_.get(), &running);
    if (running > 0) curl_multi_poll(multi_.get(), nullptr, 0, 100, nullptr);
  }
}

}  // namespace nightshift::bridges::mcp
