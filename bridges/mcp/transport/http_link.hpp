// Messages over Streamable HTTP, by libcurl: each in a POST of its own, answers as JSON or as a
// stream of events.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "bridges/mcp/transport/http_exchange.hpp"
#include "bridges/mcp/transport/link.hpp"
#include "runtime/clock.hpp"

namespace nightshift::bridges::mcp {

/// Lost when the server ends the session. No redirects and no proxies are followed, and a message
/// is never sent twice: calls of tools go over connections of their own, as a kept one may turn out
/// dead when it may have been read. The process must ignore SIGPIPE.
class HttpLink final : public Link {
 public:
  HttpLink(HttpAddress address, std::shared_ptr<runtime::Clock> clock);
  ~HttpLink() override;

  void send(Outgoing message) override;
  void turn(Ear& ear, int wake, std::optional<std::chrono::milliseconds> longest) override;
  /// Ends the session, if there is one.
  void close() override;

 private:
  using Moment = std::chrono::microseconds;
  /// A stream that broke off, and is taken up again where it was.
  struct Resumption {
    Moment at{};
    Outgoing message;
    std::string last_id;
    int attempts = 0;
  };
  struct Running {
    std::unique_ptr<HttpExchange> exchange;
    /// How often its stream broke off before without bringing anything.
    int attempts = 0;
  };

  std::vector<std::string> fields_for(const Outgoing& message) const;
  void start(HttpExchange::Verb verb, Outgoing message, std::string_view last_id = {},
             int attempts = 0);
  void give_up(std::int64_t request);
  void resume_what_is_due(Ear& ear);
  void collect(Ear& ear);
  void leave_answered(const Ear& ear);

  void finish(Running running, CURLcode result, Ear& ear);
  void finish_stream(const Running& running, const std::string& why, Ear& ear);
  void finish_refused(const HttpExchange& exchange, Ear& ear);
  void learn_session(const HttpExchange& exchange);

  const HttpAddress address_;
  const std::shared_ptr<runtime::Clock> clock_;
  const std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> multi_;
  std::list<Running> running_;
  std::list<Resumption> broken_;
  std::string session_;
  /// Of the session.
  const Version* version_ = nullptr;
};

}  // namespace nightshift::bridges::mcp
