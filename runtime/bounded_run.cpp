// Starts a program, reads what it answers, and ends it.
#include "runtime/bounded_run.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "runtime/descriptor.hpp"

namespace nightshift::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr uid_t nobody = 65534;
/// Above all that a program is given.
constexpr int high = 10;
/// Between two questions whether to stop.
constexpr milliseconds stop_is_asked_every{100};
constexpr std::size_t said_bytes_max = 16u << 10;
constexpr int reads_at_once = 64;

struct Pipe {
  Descriptor read, write;

  bool open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
    return true;
  }
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const auto& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

struct Ends {
  int input, answer, said;
};

/// Only calls that are safe after a fork.
[[noreturn]] void become(char* const* arguments, char* const* environment, Ends ends,
                         const BoundedRun& run, rlim_t seconds) {
  ::setsid();
  if (run.as_nobody && ::geteuid() == 0) {
    const bool changed = ::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0 &&
                         ::setresuid(nobody, nobody, nobody) == 0;
    if (!changed) ::_exit(126);
  }
  ::signal(SIGPIPE, SIG_DFL);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit processor{seconds, seconds}, none{0, 0};
  ::setrlimit(RLIMIT_CPU, &processor);
  ::setrlimit(RLIMIT_CORE, &none);
  const int nothing = ::open("/dev/null", O_RDWR);
  // None may be what another is to become.
  const int input = ::fcntl(ends.input, F_DUPFD, high);
  const int answer = ::fcntl(ends.answer, F_DUPFD, high);
  const int said = ::fcntl(ends.said, F_DUPFD, high);
  ::dup2(input, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(said, STDERR_FILENO);
  ::dup2(answer, run.answer_descriptor);
  ::syscall(SYS_close_range, std::max(STDERR_FILENO, run.answer_descriptor) + 1, ~0U, 0);
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

/// Takes what is there, within bounds, as one that never stops must not hold up the clock; false at
/// the end.
bool drain(int descriptor, std::string& into, std::size_t bytes_max) {
  std::array<char, 16384> buffer;
  for (int reads = 0; reads < reads_at_once; ++reads) {
    const auto count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) return false;
    const auto room = bytes_max - std::min(bytes_max, into.size());
    into.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
  }
  return true;
}

/// Gives what there is room for; false once there is no more to give, or nobody who reads.
bool feed(int descriptor, std::string_view& unread) {
  while (!unread.empty()) {
    const auto count = ::write(descriptor, unread.data(), unread.size());
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    unread.remove_prefix(static_cast<std::size_t>(count));
  }
  return false;
}

class Running {
 public:
  Running(pid_t pid, Pipe& input, Pipe& answer, Pipe& said)
      : pid_(pid),
        process_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
        input_(input),
        answer_(answer),
        said_(said) {
    for (const int end : {input_.write.get(), answer_.read.get(), said_.read.get()}) {
      ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
  }

  Result<BoundedAnswer> wait(const BoundedRun& run) {
    BoundedAnswer answer;
    const auto deadline = steady_clock::now() + run.time_max;
    std::string_view unread = run.input;
    if (unread.empty()) input_.write.close();
    bool ended = false;
    while (!ended) {
      std::array<pollfd, 4> waits{{{process_.get(), POLLIN, 0},
                                   {answer_.read.get(), POLLIN, 0},
                                   {said_.read.get(), POLLIN, 0},
                                   {input_.write.get(), POLLOUT, 0}}};
      const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
      if (left.count() <= 0) {
        end();
        return fail(ErrorCode::timed_out,
                    "it did not end within " + std::to_string(run.time_max.count()) + " ms");
      }
      if (run.stop && run.stop()) {
        end();
        return fail(ErrorCode::stopping, "it was ended, as the node stops");
      }
      const auto pause = run.stop ? std::min(left, stop_is_asked_every) : left;
      ::poll(waits.data(), waits.size(), static_cast<int>(pause.count()));
      ended = waits[0].revents != 0;
      if (waits[3].revents != 0 && !feed(input_.write.get(), unread)) input_.write.close();
      if (!drain(answer_.read.get(), answer.answer, run.answer_bytes_max + 1)) answer_.read.close();
      if (!drain(said_.read.get(), answer.said, said_bytes_max)) said_.read.close();
      if (answer.answer.size() > run.answer_bytes_max) {
        end();
        return fail(ErrorCode::too_large,
                    "it answers more than " + std::to_string(run.answer_bytes_max) + " bytes");
      }
    }
    answer.exit_code = end();
    return answer;
  }

 private:
  int end() {
    // It may not lead its group yet; once it is gone, nothing new comes into that.
    ::kill(pid_, SIGKILL);
    ::kill(-pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

  const pid_t pid_;
  const Descriptor process_;
  Pipe& input_;
  Pipe& answer_;
  Pipe& said_;
};

}  // namespace

Result<BoundedAnswer> run_bounded(const BoundedRun& run) {
  Pipe input, answer, said;
  if (!input.open() || !answer.open() || !said.open())
    return fail(ErrorCode::io, std::strerror(errno));
  const auto arguments = pointers(run.arguments), environment = pointers(run.environment);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(run.time_max).count() + 1;
  const pid_t child = ::fork();
  if (child < 0) return fail(ErrorCode::io, std::string("no process: ") + std::strerror(errno));
  if (child == 0) {
    become(arguments.data(), environment.data(),
           {input.read.get(), answer.write.get(), said.write.get()}, run,
           static_cast<rlim_t>(seconds));
  }
  input.read.close();
  answer.write.close();
  said.write.close();
  return Running(child, input, answer, said).wait(run);
}

std::optional<std::filesystem::path> find_program(std::string_view name, std::string_view path) {
  while (!path.empty()) {
    const auto end = std::min(path.find(':'), path.size());
    const auto candidate = std::filesystem::path(path.substr(0, end)) / name;
    path.remove_prefix(std::min(end + 1, path.size()));
    std::error_code ignored;
    if (candidate.is_absolute() && std::filesystem::is_regular_file(candidate, ignored) &&
        ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return std::nullopt;
}

}  // namespace nightshift::runtime
