// What is supervised: says that it runs before anything else, then is silent, talkative or loud.
// Usage: processes_bench_child SOCKET NAME quiet|chatter|pour [BYTES]
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

/// `NAME PID NANOSECONDS WHAT` to whoever measures.
void report(const char* socket_path, const char* name, const char* what) {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  char text[256];
  const int size =
      std::snprintf(text, sizeof text, "%s %d %lld %s", name, static_cast<int>(::getpid()),
                    static_cast<long long>(now.tv_sec) * 1'000'000'000 + now.tv_nsec, what);
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::strncpy(to.sun_path, socket_path, sizeof to.sun_path - 1);
  const int out = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (::sendto(out, text, static_cast<std::size_t>(size), 0, reinterpret_cast<sockaddr*>(&to),
               sizeof to) < 0) {
    std::perror("report");
  }
  ::close(out);
}

bool write_all(const char* text, std::size_t size) {
  while (size > 0) {
    const auto written = ::write(STDOUT_FILENO, text, size);
    if (written <= 0) return false;
    text += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

void chatter() {
  const char line[] = "2026-11-22T04:00:00Z info a line such as a service prints it\n";
  while (write_all(line, sizeof line - 1)) ::poll(nullptr, 0, 1);
}

/// Lines of 100 bytes, 64 KB at a time.
void pour(long long bytes) {
  static char block[64'000];
  std::memset(block, 'x', sizeof block);
  for (std::size_t at = 99; at < sizeof block; at += 100) block[at] = '\n';
  while (bytes > 0 && write_all(block, sizeof block)) bytes -= sizeof block;
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) return 2;
  report(words[1], words[2], "begun");
  if (std::strcmp(words[3], "chatter") == 0) chatter();
  if (std::strcmp(words[3], "pour") == 0) {
    pour(count > 4 ? std::atoll(words[4]) : 0);
    report(words[1], words[2], "done");
  }
  while (true) ::pause();
}
