// The node's process.
#include "tools/nightshift/process.hpp"

#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <utility>

namespace nightshift::tools {
namespace {

constexpr const char* core_dumps_variable = "NIGHTSHIFT_CORE_DUMPS";
constexpr const char* restarts_variable = "NIGHTSHIFT_RESTARTED_AT";
constexpr long restarts_window_s = 60;

sigset_t stop_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGUSR2);
  return set;
}

long now_s() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace

void keep_memory_private(const runtime::Environment& environment) {
  const auto asked = environment.find(core_dumps_variable);
  if (asked != environment.end() && asked->second == "1") return;
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  // The hard limit stays: a child may ask for dumps of its own.
  limit.rlim_cur = 0;
  ::setrlimit(RLIMIT_CORE, &limit);
  // A core dump that goes to a pipe is not bound by the limit.
  ::prctl(PR_SET_DUMPABLE, 0);
}

void harden_process() {
  ::umask(077);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  ::signal(SIGHUP, SIG_IGN);
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
}

StopSignal::StopSignal() {
  const auto set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = ::signalfd(-1, &set, SFD_CLOEXEC);
  failures_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  assert(signals_ >= 0 && failures_ >= 0);
}

StopSignal::~StopSignal() {
  ::close(signals_);
  ::close(failures_);
}

void StopSignal::fail(Stop why) {
  auto none = Stop::asked;
  why_.compare_exchange_strong(none, why);
  const std::uint64_t one = 1;
  // It can only fail when the counter is full: then the news is there already.
  [[maybe_unused]] const auto written = ::write(failures_, &one, sizeof one);
}

Stop StopSignal::wait() {
  pollfd watched[]{{signals_, POLLIN, 0}, {failures_, POLLIN, 0}};
  while (::poll(watched, 2, -1) < 0) assert(errno == EINTR);
  if (watched[0].revents == 0) return why_.load();
  signalfd_siginfo signal{};
  const auto size = ::read(signals_, &signal, sizeof signal);
  keeps_children_ = size == sizeof signal && signal.ssi_signo == SIGUSR2;
  return Stop::asked;
}

Bound::Bound(std::chrono::milliseconds bound, std::function<void()> over)
    : thread_([this, bound, over = std::move(over)] {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, bound, [this] { return returned_; })) over();
      }) {}

Bound::~Bound() {
  {
    const std::lock_guard lock(mutex_);
    returned_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void notify_service(const runtime::Environment& environment, const std::string& state) {
  const auto path = environment.find("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (path == environment.end() || path->second.empty() ||
      path->second.size() >= sizeof address.sun_path) {
    return;
  }
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path->second.data(), path->second.size());
  // `@` stands for the zero byte of an abstract address.
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  const auto size = offsetof(sockaddr_un, sun_path) + path->second.size();
  ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size));
  ::close(socket);
}

Restarts::Restarts(const runtime::Environment& environment) {
  const auto found = environment.find(restarts_variable);
  if (found == environment.end()) return;
  taken_over_ = true;
  std::istringstream text(found->second);
  for (long time = 0; text >> time;) times_s_.push_back(time);
}

Error Restarts::again(const std::vector<std::string>& arguments, Stop why) {
  const long now = now_s();
  if (why != Stop::killed) times_s_.push_back(now);
  std::erase_if(times_s_, [now](long time) { return time < now - restarts_window_s; });
  if (times_s_.size() > restarts_max) {
    return {ErrorCode::io,
            "the node had to begin anew " + std::to_string(times_s_.size()) +
                " times within a minute, so it stays down; the log says why: mend that, then start "
                "it again",
            ""};
  }
  std::string text;
  for (const long time : times_s_) text += std::to_string(time) + " ";
  ::setenv(restarts_variable, text.c_str(), 1);
  // Sockets and files of this process are nobody's any more.
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  std::vector<char*> pointers;
  for (const auto& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  ::execv("/proc/self/exe", pointers.data());
  return {ErrorCode::io, std::string("the node cannot start itself again: ") + std::strerror(errno),
          ""};
}

}  // namespace nightshift::tools
