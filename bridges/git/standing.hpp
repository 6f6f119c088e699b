// In which state of affairs a vault and its remote are. Seed 000, entity 3; CONTRACTS, "sync".
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace nightshift::bridges::git {

enum class Standing { synced, ahead, behind, diverged, conflict, offline };

std::string_view name_of(Standing standing);

/// Off line after three failures in a row, or five minutes without success, whichever is first.
class Reachability {
 public:
  /// Time since some fixed moment.
  using Moment = std::chrono::microseconds;

  /// A round that begins to count from `start`.
  explicit Reachability(Moment start) : last_(start) {}

  void reached(Moment now) {
    failures_ = 0;
    last_ = now;
  }
  void missed() { ++failures_; }
  bool is_offline(Moment now) const {
    return failures_ >= 3 || (failures_ > 0 && now - last_ >= std::chrono::minutes(5));
  }

 private:
  int failures_ = 0;
  Moment last_;
};

/// Counts of commits; `conflict` where something waits for a person.
Standing standing_of(std::size_t ahead, std::size_t behind, bool waits_for_person, bool offline);

}  // namespace nightshift::bridges::git
