// Adds calls up by time, agent, model or task type.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/http/usage_calls.hpp"
#include "runtime/calendar.hpp"

namespace nightshift::bridges::http {

struct Sum {
  std::uint64_t calls = 0;
  /// As in `UsageCall`.
  std::array<std::uint64_t, 4> tokens{};
  std::uint64_t micro_usd = 0;

  void add(const UsageCall& call);
  void add(const Sum& other);
};

/// Sums by one thing. Not thread-safe.
class Grouping {
 public:
  /// How many groups are told apart.
  static constexpr std::size_t groups_max = 10'000;

  struct Group {
    /// `2026-11-21`, the Monday of a week, `2026-11`; else the name.
    std::string key;
    /// Of a day, a week, a month.
    std::optional<kernel::Span> span;
    Sum sum;
  };

  virtual ~Grouping() = default;
  virtual void add(const UsageCall& call, const Names& names) = 0;
  /// By key; `invalid` where there are more than `groups_max`.
  virtual Result<std::vector<Group>> groups() const = 0;

  /// The words of `by`.
  static std::vector<std::string_view> words();
  /// Null where `by` is none of them.
  static std::unique_ptr<Grouping> make(std::string_view by, const runtime::Zone& zone);
};

}  // namespace nightshift::bridges::http
