// Crowds.
#include "tests/bridges/http/crowd.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string_view>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace nightshift::tests {

namespace {

int connect_and_say(int port, std::string_view says) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(socket);
    return -1;
  }
  send(socket, says.data(), says.size(), MSG_NOSIGNAL);
  return socket;
}

/// Allocates nothing: the process is a copy of one with many threads.
[[noreturn]] void crowd(int port, std::string_view says, std::vector<pollfd>& sockets, int pipe) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (pollfd& one : sockets) {
    while ((one.fd = connect_and_say(port, says)) < 0) ::poll(nullptr, 0, 1);
    one.events = POLLRDHUP;
  }
  const ssize_t told = write(pipe, "x", 1);
  while (told == 1 && ::poll(sockets.data(), sockets.size(), 1000) >= 0) {
    for (pollfd& one : sockets) {
      if (one.revents == 0) continue;
      close(one.fd);
      one.fd = connect_and_say(port, says);
    }
  }
  _exit(0);
}

}  // namespace

std::size_t raise_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

Crowd::Crowd(int port, std::size_t size, const std::string& says) {
  std::vector<pollfd> sockets(size);
  int ends[2];
  BOOST_REQUIRE_EQUAL(pipe2(ends, O_CLOEXEC), 0);
  child_ = fork();
  BOOST_REQUIRE(child_ >= 0);
  if (child_ == 0) crowd(port, says, sockets, ends[1]);
  close(ends[1]);
  pipe_ = ends[0];
}

Crowd::~Crowd() {
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
  close(pipe_);
}

bool Crowd::arrived() {
  char byte = 0;
  return read(pipe_, &byte, 1) == 1;
}

std::size_t memory_bytes() {
#ifdef __SANITIZE_ADDRESS__
  // What is freed stays resident for a while, so that its use is found.
  return __sanitizer_get_current_allocated_bytes();
#else
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
#endif
}

}  // namespace nightshift::tests
