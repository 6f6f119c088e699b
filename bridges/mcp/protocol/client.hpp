// One connection to a server as a machine without thread, clock and socket: messages and time go
// in, messages and news come out.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "bridges/mcp/protocol/input_required.hpp"
#include "bridges/mcp/protocol/news.hpp"
#include "bridges/mcp/protocol/opening.hpp"

namespace nightshift::bridges::mcp {

struct ClientOptions {
  std::string name = "nightshift";
  std::string version = {};
  OpeningMode opening = OpeningMode::probe;
  /// The least severe log message that is wanted; empty for none. Sessions need `logging/setLevel`.
  std::string log_level = "info";
  /// So long a silence means a server of sessions. Over HTTP, where some answer always comes, it is
  /// better as long as `open_timeout`.
  std::chrono::microseconds probe_timeout{5'000'000};
  std::chrono::microseconds open_timeout{30'000'000};

  std::size_t calls_max = 1024;
  std::size_t questions_max = 64;
  /// How often a request is repeated with answers that the server wanted.
  int rounds_max = 16;
  /// Progress, logs and changes that are passed on; more are counted and dropped.
  std::size_t notices_per_second_max = 200;
  /// Breaches of the protocol before the connection is given up.
  std::size_t breaches_max = 100;
};

struct Call {
  std::string method;
  /// A JSON object without `_meta`.
  std::string params = "{}";
  /// The tool, prompt or resource.
  std::string name = {};
  /// Arguments that HTTP repeats (`headers_of`).
  Headers headers = {};
  /// Without any sign of life; each progress begins it anew.
  std::chrono::microseconds timeout{60'000'000};
  /// In all, whatever the server reports; time that people take for answers included.
  std::chrono::microseconds timeout_max{3'600'000'000};
};

/// What is offered to servers: people answer questions. Neither sampling nor roots.
inline constexpr std::string_view client_capabilities = R"({"elicitation":{"form":{},"url":{}}})";

/// Not thread-safe. Every call ends exactly once, by `Ended`; what was asked of people is withdrawn
/// when it does. After `Closed` it takes and says nothing more: a new connection is a new machine.
class Client {
 public:
  explicit Client(ClientOptions options);

  // -- the owner

  /// Once, first.
  void open(Moment now);
  /// Waits until the connection is open. `overloaded` beyond `calls_max`, `unreachable` when
  /// closed.
  Result<CallId> call(Call call, Moment now);
  /// Ends it, and tells the server where it may have begun.
  void cancel(CallId call, std::string_view reason);
  /// `not_found` where nobody asks that any more; else as `check_reply`, and it can be answered
  /// again.
  Result<void> answer(QuestionId question, const Reply& reply, Moment now);

  // -- the transport

  /// One message, as it came.
  void received(std::string_view text, Moment now);
  /// What came was too long, and was thrown away.
  void overlong();
  /// There will be no answer to a request.
  void undelivered(std::int64_t request, Unanswered why, Moment now);
  /// The connection is gone.
  void lost(Error why) { close(std::move(why)); }

  // -- time

  std::optional<Moment> next_deadline() const;
  void elapsed(Moment now);

  // -- what comes out

  std::vector<Outgoing> take_outgoing() { return std::exchange(outgoing_, {}); }
  std::vector<News> take_news() { return std::exchange(news_, {}); }
  bool is_open() const { return state_ == State::open; }
  bool is_closed() const { return state_ == State::closed; }
  /// Whether this request still waits for its answer.
  bool awaits(std::int64_t request) const;

 private:
  enum class State { fresh, opening, open, closed };
  /// A call of the owner that was sent.
  struct Pending {
    CallId id = 0;
    Call call;
    Moment began{};
    Moment deadline{};
    double progress = -1;
    int rounds = 0;
    /// Set while people are asked; the server has answered then.
    std::optional<InputRequired> wanted = {};
  };
  /// By the number of the request.
  using Calls = std::map<std::int64_t, Pending>;
  struct OpenQuestion {
    Question question;
    /// The server's request, of a session.
    std::optional<RequestId> request = {};
    /// The call that waits for it, and its place there, of the stateless era.
    std::int64_t call = 0;
    std::size_t item = 0;
  };

  // opening
  void follow(Opening::Next next, Moment now);
  void begin_request(std::string_view method, std::string params, const Version& version,
                     Moment deadline);
  void opened(ServerFacts facts, Moment now);

  // calls
  void send(Pending pending, Moment now);
  void set_deadline(Calls::iterator found, Moment deadline);
  void overdue(Calls::iterator found, Moment now);
  void end(Calls::iterator found, Outcome outcome);
  void give_up(Calls::iterator found, Error why, std::string_view reason);
  void tell_cancelled(std::int64_t request, std::string_view reason);
  std::string client_info() const;
  std::string meta(std::int64_t request, const Version& version) const;
  std::string with_meta(std::string_view params, std::string_view more, std::int64_t request,
                        const Version& version) const;

  // what comes in
  void take(const Request& request);
  void take(const Notification& notification, Moment now);
  void take(const Success& success, Moment now);
  void take(const Failure& failure, Moment now);
  /// The call that waits for an answer to this id, or the end.
  Calls::iterator awaited(const RequestId& id);
  bool is_opening(const RequestId& id) const;
  void progressed(JsonView params, Moment now);
  void cancelled(JsonView params);
  void noticed(const Notification& notification, Moment now);
  bool may_notice(Moment now);

  // questions
  void ask(OpenQuestion question, CallId call);
  void ask_person(const Request& request);
  void ask_for(Calls::iterator found, JsonView result, Moment now);
  void repeat(Calls::iterator found, Moment now);
  void withdraw(std::int64_t call);

  void post(Outgoing message) { outgoing_.push_back(std::move(message)); }
  void respond(std::string text);
  void breach(std::string what);
  void close(Error why);

  const ClientOptions options_;
  State state_ = State::fresh;
  Opening opening_;
  std::int64_t opening_request_ = 0;
  Moment opening_deadline_{};
  Moment open_until_{};
  const Version* version_ = nullptr;

  std::int64_t last_request_ = 0;
  CallId last_call_ = 0;
  QuestionId last_question_ = 0;
  std::deque<Pending> queued_;
  Calls calls_;
  std::set<std::pair<Moment, std::int64_t>> deadlines_;
  /// Requests that were given up, so that late answers are none that nobody asked for.
  std::set<std::int64_t> given_up_;
  std::map<QuestionId, OpenQuestion> questions_;

  std::size_t breaches_ = 0;
  Moment window_{};
  std::size_t notices_ = 0;
  std::uint64_t dropped_ = 0;

  std::vector<Outgoing> outgoing_;
  std::vector<News> news_;
};

}  // namespace nightshift::bridges::mcp
