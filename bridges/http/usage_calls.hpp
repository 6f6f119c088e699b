// The calls that all meters have counted, as this node's journal has them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/kernel/calendar.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::http {

/// Texts by small numbers, in the order in which they came.
class Names {
 public:
  std::uint32_t number(std::string_view text);
  const std::string& text(std::uint32_t number) const { return *texts_[number]; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
  std::vector<const std::string*> texts_;
};

struct UsageCall {
  Time at{};
  std::uint64_t micro_usd = 0;
  /// Input, output, read from a cache, written to one.
  std::array<std::uint32_t, 4> tokens{};
  /// Names.
  std::uint32_t agent = 0;
  std::uint32_t model = 0;
  std::uint32_t task_type = 0;
};

/// Keeps the newest calls in memory, and goes on from where it was at the next question; what is
/// older is read from the journal again. Thread-safe.
class UsageCalls {
 public:
  /// 48 bytes for each that is kept.
  static constexpr std::size_t kept_default = 2'000'000;

  explicit UsageCalls(const runtime::Node& node, std::size_t kept_max = kept_default)
      : node_(node), kept_max_(kept_max) {}

  using Visitor = std::function<void(const UsageCall&, const Names&)>;
  /// Shows every call that was made in the span and is durable by now, once, in no order. Returns
  /// the offset up to which the journal was read. `overloaded` where others ask for the first time
  /// and the journal is long.
  Result<std::uint64_t> visit(const kernel::Span& span, const Visitor& visitor);

 private:
  Result<void> catch_up();
  void forget_half();

  const runtime::Node& node_;
  const std::size_t kept_max_;
  std::timed_mutex mutex_;
  std::uint64_t offset_ = 0;
  Names names_;
  std::vector<UsageCall> calls_;
  /// All calls from here on are kept.
  Time kept_from_ = Time::min();
};

}  // namespace nightshift::bridges::http
