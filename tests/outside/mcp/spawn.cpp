// By fork and exec.
#include "tests/outside/mcp/spawn.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cassert>

namespace nightshift::tests {
namespace {

constexpr int patience_ms = 5'000;

std::array<runtime::Descriptor, 2> make_pipe() {
  std::array<int, 2> ends{};
  [[maybe_unused]] const auto made = ::pipe2(ends.data(), O_CLOEXEC);
  assert(made == 0);
  return {runtime::Descriptor(ends[0]), runtime::Descriptor(ends[1])};
}

}  // namespace

Child::Child(std::vector<std::string> arguments) {
  auto [child_reads, we_write] = make_pipe();
  auto [we_read, child_writes] = make_pipe();
  std::vector<char*> words;
  for (auto& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  pid_ = ::fork();
  assert(pid_ >= 0);
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(child_reads.get(), STDIN_FILENO);
    ::dup2(child_writes.get(), STDOUT_FILENO);
    ::execvp(words.front(), words.data());
    ::_exit(127);
  }
  input = std::move(we_write);
  output = std::move(we_read);
}

Child::~Child() {
  input.close();
  const runtime::Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd wait{process.get(), POLLIN, 0};
  if (::poll(&wait, 1, patience_ms) <= 0) ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace nightshift::tests
