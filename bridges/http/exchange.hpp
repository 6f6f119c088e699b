// A request as the API sees it, and its answer: no sockets here.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridges/http/head.hpp"
#include "messages/authority.pb.h"
#include "messages/error.hpp"
#include "messages/ids.hpp"

namespace nightshift::bridges::http {

/// Whole, and in order as far as its header block tells. Valid until the handler has returned.
struct Request {
  const Head& head;
  std::string_view body;
};

/// What a subscriber wants: a cursor. Whoever serves it asks the node for what lies behind it.
struct Follow {
  /// Nothing means every entity.
  std::optional<EntityRef> entity;
  /// Records with an offset above this; for one entity also with a sequence above `sequence`.
  std::uint64_t offset = 0;
  std::uint64_t sequence = 0;
  /// Who was let in by this one has to come again when there is another.
  std::shared_ptr<const Authority> authority;
  std::string principal;
  /// The session that it came with, whose end ends it; empty for a token.
  std::string session;
};

struct Later;

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";
  /// An entity's sequence, sent as `ETag: "N"`.
  std::optional<std::uint64_t> etag;
  std::vector<std::pair<std::string_view, std::string>> headers;
  std::string body;
  /// Instead of a body: a stream of events that does not end.
  std::optional<Follow> follow;
  /// Instead of everything else: the answer is not known yet.
  std::unique_ptr<Later> later;
};

/// Takes an answer, on any thread. Does not block.
using Finish = std::move_only_function<void(Response&&)>;

/// An answer that comes later, without a thread that waits for it.
struct Later {
  /// Begins what is asked for; what it is given is called once, on any thread, even before this
  /// returns. Must not block.
  std::move_only_function<void(Finish)> begin;
  /// When this has passed, `timed_out` is answered, with the command's id.
  std::chrono::milliseconds longest{};
  std::string command_id;
};

}  // namespace nightshift::bridges::http
