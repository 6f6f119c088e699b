// A request as the API sees it, and its answer: no sockets here.
#pragma once

#include <cstdint>
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

/// The body of a request, read only if somebody asks for it: who may not send one is refused before
/// its bytes are in memory.
class Body {
 public:
  virtual ~Body() = default;
  /// Valid until the request ends. Errors: `too_large`, `overloaded`, `invalid` (the peer fell
  /// silent or left).
  virtual Result<std::string_view> read() = 0;
};

struct Request {
  const Head& head;
  Body& body;
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
};

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";
  /// An entity's sequence, sent as `ETag: "N"`.
  std::optional<std::uint64_t> etag;
  std::vector<std::pair<std::string_view, std::string>> headers;
  std::string body;
  /// Instead of a body: a stream of events that does not end.
  std::optional<Follow> follow;
};

}  // namespace nightshift::bridges::http
