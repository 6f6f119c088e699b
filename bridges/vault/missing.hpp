// Files that are gone, until it is clear whether they come back: an editor that writes by rename
// has a file away for a moment, and one that was renamed is still to be looked at.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nightshift::bridges::vault {

/// How long a file may be away, by how long files have to rest before they are taken. It is `calm`
/// while no file waits for that: then none of them can be the one that is missed.
inline std::chrono::milliseconds patience_with_missing(std::chrono::milliseconds stable_for,
                                                       bool calm) {
  return calm ? stable_for : 20 * stable_for;
}

/// Not thread-safe.
class Missing {
 public:
  /// Of the clock's `elapsed`.
  using Moment = std::chrono::microseconds;

  explicit Missing(std::chrono::milliseconds stable_for) : stable_for_(stable_for) {}

  /// The file of this entity is gone; from now on, unless that is known already.
  void note(const std::string& id, Moment now) { since_.try_emplace(id, now); }
  /// The same, once more from now on.
  void note_again(const std::string& id, Moment now) { since_[id] = now; }
  bool is_empty() const { return since_.empty(); }
  /// Those that have been away long enough. They are forgotten.
  std::vector<std::string> due(Moment now, bool calm) {
    const auto patience = patience_with_missing(stable_for_, calm);
    std::vector<std::string> all;
    for (const auto& [id, since] : since_) {
      if (since + patience <= now) all.push_back(id);
    }
    for (const auto& id : all) since_.erase(id);
    return all;
  }
  /// When the next one is due.
  std::optional<Moment> next(bool calm) const {
    const auto patience = patience_with_missing(stable_for_, calm);
    std::optional<Moment> first;
    for (const auto& entry : since_) {
      const Moment due = entry.second + patience;
      if (!first || due < *first) first = due;
    }
    return first;
  }

 private:
  const std::chrono::milliseconds stable_for_;
  std::map<std::string, Moment> since_;
};

}  // namespace nightshift::bridges::vault
