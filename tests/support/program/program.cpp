// The program as its users run it.
#include "tests/support/program/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace nightshift::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Arguments and environment as execve wants them.
class Image {
 public:
  explicit Image(const Launch& launch) : launch_(launch) {
    const char* program = std::getenv("NIGHTSHIFT_PROGRAM");
    if (program == nullptr) throw std::runtime_error("NIGHTSHIFT_PROGRAM is not set");
    program_ = launch.program.empty() ? program : launch.program;
    texts_.push_back(launch.program.empty() ? "nightshift" : launch.program);
    texts_.insert(texts_.end(), launch.arguments.begin(), launch.arguments.end());
    auto environment = launch.environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string text = *entry;
      const auto equals = text.find('=');
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    for (const auto& [name, value] : environment) {
      if (!value.empty()) variables_.push_back(name + "=" + value);
    }
    for (auto& text : texts_) arguments_.push_back(text.data());
    for (auto& text : variables_) environment_.push_back(text.data());
    arguments_.push_back(nullptr);
    environment_.push_back(nullptr);
  }

  /// In the child. Only calls that are safe after a fork.
  [[noreturn]] void become() const {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (launch_.user != 0 && ::setuid(launch_.user) != 0) ::_exit(126);
    ::execve(program_.c_str(), arguments_.data(), environment_.data());
    ::_exit(127);
  }

 private:
  const Launch& launch_;
  std::string program_;
  std::vector<std::string> texts_, variables_;
  std::vector<char*> arguments_, environment_;
};

/// Milliseconds until `deadline`, not below 0.
int left(steady_clock::time_point deadline) {
  const auto time = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
  return static_cast<int>(std::max<milliseconds::rep>(time.count(), 0));
}

bool wait_for_end(pid_t pid, steady_clock::time_point deadline) {
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  assert(process >= 0);
  pollfd watched{process, POLLIN, 0};
  const bool ended = ::poll(&watched, 1, left(deadline)) == 1;
  ::close(process);
  return ended;
}

int exit_code_of(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string read_from_start(int file) {
  std::string text;
  char buffer[4096];
  off_t at = 0;
  for (ssize_t count; (count = ::pread(file, buffer, sizeof buffer, at)) > 0; at += count) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

int memory_file() {
  const int file = ::memfd_create("output", MFD_CLOEXEC);
  assert(file >= 0);
  return file;
}

/// Starts the program with these descriptors as stdout and stderr.
pid_t spawn(const Launch& launch, int out, int err) {
  const Image image(launch);
  const pid_t child = ::fork();
  assert(child >= 0);
  if (child != 0) return child;
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  image.become();
}

/// Reads what the terminal shows into `shown`; false at its end or the deadline.
bool read_terminal(int terminal, std::string& shown, steady_clock::time_point deadline) {
  pollfd watched{terminal, POLLIN, 0};
  if (::poll(&watched, 1, left(deadline)) <= 0) return false;
  char buffer[4096];
  const auto count = ::read(terminal, buffer, sizeof buffer);
  if (count <= 0) return false;
  shown.append(buffer, static_cast<std::size_t>(count));
  return true;
}

/// A terminal as a shell hands it to a program.
termios fresh_settings() {
  termios settings{};
  settings.c_iflag = ICRNL | IXON;
  settings.c_oflag = OPOST | ONLCR;
  settings.c_cflag = CREAD | CS8;
  settings.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | IEXTEN;
  settings.c_cc[VINTR] = 3;
  settings.c_cc[VEOF] = 4;
  settings.c_cc[VSUSP] = 26;
  settings.c_cc[VERASE] = 127;
  settings.c_cc[VMIN] = 1;
  return settings;
}

bool same_settings(int terminal, const termios& settings) {
  termios now{};
  return ::tcgetattr(terminal, &now) == 0 && now.c_lflag == settings.c_lflag &&
         now.c_iflag == settings.c_iflag && now.c_oflag == settings.c_oflag;
}

}  // namespace

Ended run_program(const Launch& launch) {
  const int out = memory_file(), err = memory_file();
  const pid_t child = spawn(launch, out, err);
  if (!wait_for_end(child, steady_clock::now() + process_deadline)) ::kill(child, SIGKILL);
  Ended ended{exit_code_of(child), read_from_start(out), read_from_start(err)};
  ::close(out);
  ::close(err);
  return ended;
}

Ended run_program(std::vector<std::string> arguments) {
  return run_program(Launch{std::move(arguments), {}, 0, {}});
}

Ended run_on_terminal(const Launch& launch, const std::vector<Typed>& script) {
  const Image image(launch);
  winsize size{50, 120, 0, 0};
  int terminal = -1;
  const auto settings = fresh_settings();
  const pid_t child = ::forkpty(&terminal, nullptr, &settings, &size);
  assert(child >= 0);
  if (child == 0) image.become();
  const auto deadline = steady_clock::now() + process_deadline;
  std::string shown;
  std::size_t from = 0;
  for (const auto& [after, text, act] : script) {
    while (shown.find(after, from) == std::string::npos) {
      if (read_terminal(terminal, shown, deadline)) continue;
      ::kill(child, SIGKILL);
      exit_code_of(child);
      throw std::runtime_error("the terminal never showed \"" + after + "\" but: " + shown);
    }
    from = shown.find(after, from) + after.size();
    if (act) {
      act(child, terminal);
      continue;
    }
    const auto line = text + "\n";
    [[maybe_unused]] const auto typed = ::write(terminal, line.data(), line.size());
  }
  while (read_terminal(terminal, shown, deadline)) continue;
  if (!wait_for_end(child, deadline)) ::kill(child, SIGKILL);
  const bool as_before = same_settings(terminal, settings);
  ::close(terminal);
  if (!as_before) throw std::runtime_error("the terminal was not given back as it was: " + shown);
  return {exit_code_of(child), shown, {}};
}

NodeProcess NodeProcess::start(const Launch& launch, milliseconds ready_within) {
  int ends[2];
  [[maybe_unused]] const int made = ::pipe2(ends, O_CLOEXEC);
  assert(made == 0);
  const int err = memory_file();
  NodeProcess node(spawn(launch, ends[1], err), ends[0], err);
  ::close(ends[1]);
  const auto deadline = steady_clock::now() + ready_within;
  std::string text;
  while (text.find('\n') == std::string::npos && read_terminal(node.out_, text, deadline)) continue;
  if (text.find('\n') != std::string::npos) node.ready_line_ = text.substr(0, text.find('\n'));
  return node;
}

NodeProcess::NodeProcess(NodeProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_(std::exchange(other.out_, -1)),
      err_(std::exchange(other.err_, -1)),
      ready_line_(std::move(other.ready_line_)) {}

NodeProcess::~NodeProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    exit_code_of(pid_);
  }
  for (const int descriptor : {out_, err_}) {
    if (descriptor >= 0) ::close(descriptor);
  }
}

std::string NodeProcess::address() const {
  const auto from = ready_line_.find("http=") + 5;
  return ready_line_.substr(from, ready_line_.find(' ', from) - from);
}

void NodeProcess::signal(int number) const { ::kill(pid_, number); }

bool NodeProcess::ends_within(milliseconds time) {
  return wait_for_end(pid_, steady_clock::now() + time);
}

Ended NodeProcess::wait() {
  if (!wait_for_end(pid_, steady_clock::now() + process_deadline)) ::kill(pid_, SIGKILL);
  Ended ended{exit_code_of(pid_), {}, read_from_start(err_)};
  pid_ = -1;
  while (read_terminal(out_, ended.out, steady_clock::now())) continue;
  return ended;
}

}  // namespace nightshift::tests
