// The files that are refused now, for those who ask.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace nightshift::bridges::vault {

struct Refusal {
  /// Relative to the vault.
  std::string path;
  /// What is wrong and what to do, for people.
  std::string reason;
  Time since{};
};

/// Thread-safe.
class Refusals {
 public:
  /// The same reason again keeps its time.
  void add(Refusal refusal);
  void remove(const std::string& path);
  void clear();
  /// By path, at most `most`.
  std::vector<Refusal> list(std::size_t most) const;
  std::size_t count() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Refusal> all_;
};

}  // namespace nightshift::bridges::vault
