// Clients in a process of their own: their descriptors and their time are not the server's.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

namespace nightshift::tests {

/// Raises what this process may have open to what the system permits, and says how many that is.
std::size_t raise_descriptors();

/// Connections of a child process to 127.0.0.1, each of which sends the same and then stays.
class Crowd {
 public:
  /// A connection that is closed is opened anew, as long as the crowd lives.
  Crowd(int port, std::size_t size, const std::string& says);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// Waits until all have said what they say, once.
  bool arrived();

 private:
  pid_t child_ = -1;
  int pipe_ = -1;
};

/// Bytes of memory that this process uses.
std::size_t memory_bytes();

}  // namespace nightshift::tests
