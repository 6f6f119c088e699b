// What a bridge offers at one path of the node's HTTP, without it or the front knowing the other.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/kernel/context.hpp"

namespace nightshift::runtime {

/// A POST whose caller was let in, whole.
struct EndpointRequest {
  std::string body;
  kernel::Caller caller;
  /// Names the token that the caller came with, and tells nothing about it.
  std::string token;
  /// Of the header block; names in lower case.
  std::vector<std::pair<std::string, std::string>> fields = {};
  /// How long the caller waits for an answer that depends on others (`Prefer: wait=SECONDS`).
  std::chrono::milliseconds patience{0};

  /// Empty where there is none.
  std::string_view field(std::string_view name) const {
    for (const auto& [known, value] : fields) {
      if (known == name) return value;
    }
    return {};
  }
};

struct EndpointAnswer {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> fields = {};
  std::string_view content_type = "application/json";
};

/// Thread-safe.
class EndpointHandler {
 public:
  using Finish = std::move_only_function<void(EndpointAnswer&&)>;

  virtual ~EndpointHandler() = default;
  /// Calls `finish` once, on any thread, even before this returns, and `longest` later at the
  /// latest. Must not wait for anybody.
  virtual void answer(EndpointRequest request, Finish finish) = 0;
  virtual std::chrono::milliseconds longest() const = 0;
  /// Whoever waits is answered now; for good.
  virtual void stop() = 0;
};

}  // namespace nightshift::runtime
