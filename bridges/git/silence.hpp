// Ends a conversation with a remote that says nothing any more: libgit2 1.5 would wait for ever.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace nightshift::bridges::git {

/// From its making to its end, shuts the connections down that were opened meanwhile by this
/// process to this port, once nothing was `heard` for so long.
class SilenceGuard {
 public:
  SilenceGuard(int port, std::chrono::milliseconds longest);
  SilenceGuard(const SilenceGuard&) = delete;
  SilenceGuard& operator=(const SilenceGuard&) = delete;
  ~SilenceGuard();

  void heard();
  /// True once it has ended the conversation.
  bool has_cut() const;

 private:
  void watch();
  void cut() const;

  int port_;
  std::chrono::milliseconds longest_;
  /// Sockets that were open before.
  std::set<std::string> before_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t heard_ = 0;
  bool ended_ = false;
  bool cut_ = false;
  std::thread thread_;
};

}  // namespace nightshift::bridges::git
