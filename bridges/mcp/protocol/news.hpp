// What a connection to a server tells its owner, and what it wants sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "bridges/mcp/protocol/message.hpp"
#include "bridges/mcp/protocol/question.hpp"
#include "bridges/mcp/protocol/tool_headers.hpp"
#include "bridges/mcp/protocol/version.hpp"

namespace nightshift::bridges::mcp {

/// Time since some fixed moment, as `runtime::Clock::elapsed`.
using Moment = std::chrono::microseconds;
/// Never used twice in a connection, never 0.
using CallId = std::uint64_t;
using QuestionId = std::uint64_t;

/// One message to be sent, in this order.
struct Outgoing {
  enum class Kind { request, notification, response };
  Kind kind = Kind::request;
  /// One line, without its end.
  std::string text;
  /// The number of a request; of `notifications/cancelled`, that of the request that is given up.
  std::int64_t request = 0;
  std::string method;
  /// The tool, prompt or resource that it is about, for HTTP's `Mcp-Name`.
  std::string name = {};
  /// What HTTP carries beside it, as well.
  Headers headers = {};
  /// Null before one was agreed on.
  const Version* version = nullptr;
};

/// What a server says about itself. Self-reported: for display, never for decisions.
struct ServerFacts {
  const Version* version = nullptr;
  std::string name;
  std::string title;
  std::string program_version;
  std::string instructions;
  /// An object: `tools`, `resources`, `prompts`, `logging`, ...
  JsonText capabilities;
};

/// How a call ended.
struct Answered {
  JsonText result;
};
struct Refused {
  RpcError error;
};
struct Unanswered {
  Error why;
  /// False only where the server provably has not taken the request.
  bool sent = true;
};
using Outcome = std::variant<Answered, Refused, Unanswered>;

// The kinds of news.
struct Opened {
  ServerFacts facts;
};
/// Nothing more comes; every call has ended before.
struct Closed {
  Error why;
};
struct Ended {
  CallId call = 0;
  Outcome outcome;
};
struct Progressed {
  CallId call = 0;
  double progress = 0;
  std::optional<double> total;
  std::string message;
};
struct Asked {
  QuestionId id = 0;
  /// What it is about; 0 where the server does not say.
  CallId call = 0;
  Question question;
};
/// A question that nobody needs to answer any more.
struct Withdrawn {
  QuestionId id = 0;
};
struct Logged {
  std::string level;
  std::string logger;
  JsonText data;
};
struct Changed {
  enum class What { tools, resources, prompts, resource };
  What what = What::tools;
  /// Of one resource.
  std::string uri;
};
/// Notices that were dropped because there were too many.
struct Dropped {
  std::uint64_t count = 0;
};
/// The server broke the protocol, and the connection goes on.
struct Misbehaved {
  std::string what;
};
using News = std::variant<Opened, Closed, Ended, Progressed, Asked, Withdrawn, Logged, Changed,
                          Dropped, Misbehaved>;

}  // namespace nightshift::bridges::mcp
