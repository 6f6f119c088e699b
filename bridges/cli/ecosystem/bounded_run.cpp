// Starts a program, reads what it answers, and ends it.
#include "bridges/cli/ecosystem/bounded_run.hpp"

#include "runtime/descriptor.hpp"

#include <fcntl.h>
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

namespace nightshift::bridges::cli::ecosystem {
namespace {

using runtime::Descriptor;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int answer_descriptor = 3;
constexpr std::size_t said_bytes_max = 16u << 10;

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

/// Only calls that are safe after a fork.
[[noreturn]] void become(char* const* arguments, char* const* environment, int answer, int said,
                         rlim_t seconds) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit processor{seconds, seconds}, none{0, 0};
  ::setrlimit(RLIMIT_CPU, &processor);
  ::setrlimit(RLIMIT_CORE, &none);
  const int nothing = ::open("/dev/null", O_RDWR);
  // Neither may be what the other is to become.
  const int high_answer = ::fcntl(answer, F_DUPFD, 10), high_said = ::fcntl(said, F_DUPFD, 10);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(high_said, STDERR_FILENO);
  ::dup2(high_answer, answer_descriptor);
  ::syscall(SYS_close_range, answer_descriptor + 1, ~0U, 0);
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

/// Takes what is there; false at the end.
bool drain(int descriptor, std::string& into, std::size_t bytes_max) {
  std::array<char, 16384> buffer;
  while (true) {
    const auto count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) return false;
    const auto room = bytes_max - std::min(bytes_max, into.size());
    into.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
  }
}

class Running {
 public:
  Running(pid_t pid, Pipe& answer, Pipe& said)
      : pid_(pid),
        process_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
        answer_(answer),
        said_(said) {
    for (const auto* pipe : {&answer_, &said_}) ::fcntl(pipe->read.get(), F_SETFL, O_NONBLOCK);
  }

  Result<BoundedAnswer> wait(const BoundedRun& run) {
    BoundedAnswer answer;
    const auto deadline = steady_clock::now() + run.time_max;
    bool ended = false;
    while (!ended) {
      std::array<pollfd, 3> waits{{{process_.get(), POLLIN, 0},
                                   {answer_.read.get(), POLLIN, 0},
                                   {said_.read.get(), POLLIN, 0}}};
      const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
      if (left.count() <= 0) {
        end();
        return fail(ErrorCode::timed_out,
                    "it did not end within " + std::to_string(run.time_max.count()) + " ms");
      }
      ::poll(waits.data(), waits.size(), static_cast<int>(left.count()));
      ended = waits[0].revents != 0;
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
    ::kill(-pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

  const pid_t pid_;
  const Descriptor process_;
  Pipe& answer_;
  Pipe& said_;
};

}  // namespace

Result<BoundedAnswer> run_bounded(const BoundedRun& run) {
  Pipe answer, said;
  if (!answer.open() || !said.open()) return fail(ErrorCode::io, std::strerror(errno));
  const auto arguments = pointers(run.arguments), environment = pointers(run.environment);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(run.time_max).count() + 1;
  const pid_t child = ::fork();
  if (child < 0) return fail(ErrorCode::io, std::string("no process: ") + std::strerror(errno));
  if (child == 0) {
    become(arguments.data(), environment.data(), answer.write.get(), said.write.get(),
           static_cast<rlim_t>(seconds));
  }
  answer.write.close();
  said.write.close();
  return Running(child, answer, said).wait(run);
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

}  // namespace nightshift::bridges::cli::ecosystem
