// What children say of themselves, by datagrams.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace nightshift::bench {

struct Report {
  std::string name;
  int pid = 0;
  /// CLOCK_MONOTONIC.
  long long ns = 0;
  std::string what;
};

class ChildReports {
 public:
  /// Makes the socket there.
  explicit ChildReports(std::string path);
  ~ChildReports();
  ChildReports(const ChildReports&) = delete;
  ChildReports& operator=(const ChildReports&) = delete;

  const std::string& path() const { return path_; }
  std::optional<Report> next(std::chrono::milliseconds longest) const;
  /// Throws away what has been said.
  void forget() const;

 private:
  std::string path_;
  int socket_ = -1;
};

/// CLOCK_MONOTONIC, as children have it.
long long now_ns();

}  // namespace nightshift::bench
