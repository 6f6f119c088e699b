// The messages of JSON-RPC 2.0 as MCP has them: objects only, no batches, no ids of null.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bridges/mcp/protocol/json_view.hpp"

namespace nightshift::bridges::mcp {

/// A whole number within 53 bits, or a text of at most `id_bytes_max` bytes: `1` is not `"1"`.
using RequestId = std::variant<std::int64_t, std::string>;
inline constexpr std::size_t id_bytes_max = 256;
inline constexpr std::size_t method_bytes_max = 256;

namespace rpc {

inline constexpr std::int64_t parse_error = -32700;
inline constexpr std::int64_t invalid_request = -32600;
inline constexpr std::int64_t method_not_found = -32601;
inline constexpr std::int64_t invalid_params = -32602;
inline constexpr std::int64_t internal_error = -32603;
// Of MCP, from 2026-07-28.
inline constexpr std::int64_t header_mismatch = -32020;
inline constexpr std::int64_t missing_capability = -32021;
inline constexpr std::int64_t unsupported_version = -32022;

}  // namespace rpc

/// What the other side says about a failure.
struct RpcError {
  std::int64_t code = rpc::internal_error;
  std::string message;
  /// `null` where there is none.
  JsonText data;
};

// Views are into the text that was read.
struct Request {
  RequestId id;
  std::string method;
  /// An object, or `null` where there are none.
  JsonView params;
};
struct Notification {
  std::string method;
  JsonView params;
};
struct Success {
  RequestId id;
  JsonView result;
};
struct Failure {
  /// Nothing where the other side could not read the id of what it answers.
  std::optional<RequestId> id;
  RpcError error;
};
using Message = std::variant<Request, Notification, Success, Failure>;

/// Why a text is no message, and what the sender of a request would be told.
struct BadMessage {
  std::int64_t code = rpc::invalid_request;
  std::string why;
  /// Of the request, where it could be read.
  std::optional<RequestId> id;
};

/// Unknown members are overlooked; a name that stands twice in the envelope is refused.
std::expected<Message, BadMessage> read_message(std::string_view text);

/// As JSON.
std::string to_json(const RequestId& id);
std::optional<RequestId> read_id(JsonView value);

// One line each, without its end. `params`, `result` are JSON objects; empty params are left out.
std::string write_request(const RequestId& id, std::string_view method, std::string_view params);
std::string write_notification(std::string_view method, std::string_view params);
std::string write_success(const RequestId& id, std::string_view result);
std::string write_failure(const std::optional<RequestId>& id, const RpcError& error);

}  // namespace nightshift::bridges::mcp
