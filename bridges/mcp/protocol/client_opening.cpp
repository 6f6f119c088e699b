// How a connection opens: what `Opening` decides is sent and answered here.
#include <algorithm>
#include <cassert>

#include "bridges/mcp/protocol/client.hpp"
#include "messages/json.hpp"

namespace nightshift::bridges::mcp {

void Client::open(Moment now) {
  assert(state_ == State::fresh);
  state_ = State::opening;
  open_until_ = now + options_.open_timeout;
  follow(opening_.begin(), now);
}

bool Client::is_opening(const RequestId& id) const {
  return state_ == State::opening && id == RequestId(opening_request_);
}

void Client::follow(Opening::Next next, Moment now) {
  if (auto* error = std::get_if<Error>(&next)) {
    close(std::move(*error));
  } else if (auto* facts = std::get_if<ServerFacts>(&next)) {
    opened(std::move(*facts), now);
  } else if (const auto* discover = std::get_if<Opening::Discover>(&next)) {
    begin_request("server/discover", "{}", *discover->version,
                  std::min(now + options_.probe_timeout, open_until_));
  } else {
    const auto& version = *std::get<Opening::Initialize>(next).version;
    std::string params = R"({"protocolVersion":)";
    append_json_string(version.name, params);
    params.append(R"(,"capabilities":)").append(client_capabilities);
    params.append(R"(,"clientInfo":)").append(client_info()) += '}';
    begin_request("initialize", std::move(params), version, open_until_);
  }
}

void Client::begin_request(std::string_view method, std::string params, const Version& version,
                           Moment deadline) {
  opening_request_ = ++last_request_;
  opening_deadline_ = deadline;
  if (version.era == Era::stateless) params = with_meta(params, "", opening_request_, version);
  post({.kind = Outgoing::Kind::request,
        .text = write_request(opening_request_, method, params),
        .request = opening_request_,
        .method = std::string(method),
        .version = version.era == Era::stateless ? &version : nullptr});
}

void Client::opened(ServerFacts facts, Moment now) {
  state_ = State::open;
  version_ = facts.version;
  if (version_->era == Era::session) {
    constexpr auto method = "notifications/initialized";
    post({.kind = Outgoing::Kind::notification,
          .text = write_notification(method, ""),
          .method = method,
          .version = version_});
  }
  news_.push_back(Opened{std::move(facts)});
  for (auto& pending : std::exchange(queued_, {})) {
    pending.began = now;
    send(std::move(pending), now);
  }
}

}  // namespace nightshift::bridges::mcp
