// One POST over a connection of its own, by libcurl.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/webhook/answer.hpp"

namespace nightshift::bridges::webhook {

inline constexpr std::chrono::seconds connect_timeout{10};

struct Post {
  std::string url;
  /// `Name: value`, without control characters.
  std::vector<std::string> headers;
  std::string_view body;
  /// Of all of it, name resolution included.
  std::chrono::milliseconds timeout{20'000};
  bool allow_private = false;
  /// Instead of the system's certificates, unless empty.
  std::filesystem::path ca_file;
};

/// Called with the name of each point that is passed: `webhook.connect`, `webhook.send` (before the
/// first byte of the request), `webhook.answer` (its header block was read), `webhook.end`.
using Probe = std::function<void(std::string_view point)>;

/// Blocks for `timeout` at most. Sends the request once: never again by itself, to no other place,
/// through no proxy; HTTP/1.1, TLS 1.2 or later with the certificate checked. An address that is
/// not public is never connected to, unless `allow_private`: what counts is the address of the
/// socket, whatever names and numbers led to it. Thread-safe. The process must ignore SIGPIPE.
Answer post(const Post& post, const Probe& probe);

}  // namespace nightshift::bridges::webhook
