// Many sockets that are read on one thread, as fast as their bytes come.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::bench {

/// Connections to 127.0.0.1, each of which has said what it wants.
class Readers {
 public:
  Readers(int port, std::size_t count, std::string_view request);
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  /// Until each has read so many lines since it was made.
  void read(std::size_t lines_each);
  /// All that one of them reads until `end` has come.
  static std::string read_one(int port, std::string_view request, std::string_view end);

 private:
  std::vector<int> sockets_;
  std::vector<std::size_t> lines_;
  int epoll_ = -1;
};

}  // namespace nightshift::bench
