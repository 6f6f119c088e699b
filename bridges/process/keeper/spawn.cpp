// clone3, then nothing but system calls until execve.
#include "bridges/process/keeper/spawn.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <pwd.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace nightshift::bridges::process {
namespace {

constexpr int ipc_descriptor = 3;
constexpr int pipe_bytes = 1 << 20;
constexpr mode_t usual_umask = 022;

enum class Step : int { group, input, limit, folder, user, program };

/// What the child sends if it does not become its program.
struct Failure {
  Step step;
  int error;
};

struct Account {
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups;
};

/// All that the child needs, made before there is one: it may allocate nothing.
struct Prepared {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* program = nullptr;
  const char* folder = nullptr;
  const char* input = nullptr;
  std::optional<Account> account;
  int out = -1;
  int error = -1;
  int ipc = -1;
  int news = -1;
  Rlimits rlimits;
};

SpawnFailure system_failure(const std::string& what, int error) {
  const bool passes = error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE ||
                      error == ETXTBSY || error == EINTR || error == EIO;
  return {what + ": " + std::strerror(error), !passes};
}

std::vector<char*> pointers(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::vector<char*> all;
  for (const auto& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

std::expected<std::optional<Account>, SpawnFailure> account_of(const std::string& user) {
  if (user.empty()) return std::nullopt;
  const auto* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) return std::unexpected(SpawnFailure{"there is no user " + user, true});
  if (entry->pw_uid == ::geteuid()) return std::nullopt;
  if (::geteuid() != 0) {
    return std::unexpected(
        SpawnFailure{"only a node that runs as root can run it as the user " + user, true});
  }
  Account account{entry->pw_uid, entry->pw_gid, {}};
  int count = 0;
  ::getgrouplist(user.c_str(), account.group, nullptr, &count);
  account.groups.resize(static_cast<std::size_t>(count));
  ::getgrouplist(user.c_str(), account.group, account.groups.data(), &count);
  return account;
}

[[noreturn]] void give_up(const Prepared& with, Step step) {
  const Failure failure{step, errno};
  [[maybe_unused]] const auto written = ::write(with.news, &failure, sizeof failure);
  ::_exit(127);
}

void reset_signals() {
  struct sigaction usual{};
  usual.sa_handler = SIG_DFL;
  for (int signal = 1; signal < SIGRTMIN; ++signal) ::sigaction(signal, &usual, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void connect_streams(const Prepared& with) {
  const int input = ::open(with.input, O_RDONLY | O_NOCTTY);
  if (input < 0) give_up(with, Step::input);
  // None of ours is below 4: dup2 never closes what is still needed.
  ::dup2(input, STDIN_FILENO);
  ::dup2(with.out, STDOUT_FILENO);
  ::dup2(with.error, STDERR_FILENO);
  if (with.ipc >= 0) ::dup2(with.ipc, ipc_descriptor);
  const unsigned first = with.ipc >= 0 ? ipc_descriptor + 1 : ipc_descriptor;
  ::syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC);
}

void limit_itself(const Prepared& with) {
  const auto set = [&with](auto resource, std::uint64_t most) {
    const rlimit limit{most, most};
    if (most != 0 && ::setrlimit(resource, &limit) != 0) give_up(with, Step::limit);
  };
  set(RLIMIT_NPROC, with.rlimits.processes);
  set(RLIMIT_DATA, with.rlimits.memory_bytes);
}

[[noreturn]] void become(const Prepared& with, const std::vector<runtime::Descriptor>& groups) {
  ::setsid();
  reset_signals();
  for (const auto& procs : groups) {
    if (::write(procs.get(), "0", 1) != 1) give_up(with, Step::group);
  }
  connect_streams(with);
  ::umask(usual_umask);
  limit_itself(with);
  if (with.account) {
    const auto& [user, group, groups_of_user] = *with.account;
    if (::setgroups(groups_of_user.size(), groups_of_user.data()) != 0 || ::setgid(group) != 0 ||
        ::setuid(user) != 0) {
      give_up(with, Step::user);
    }
  }
  if (::chdir(with.folder) != 0) give_up(with, Step::folder);
  ::execve(with.program, with.arguments.data(), with.environment.data());
  give_up(with, Step::program);
}

pid_t clone_into(int group) {
  clone_args arguments{};
  arguments.exit_signal = SIGCHLD;
  if (group >= 0) {
    arguments.flags = CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<__u64>(group);
  }
  return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

/// Both ends above the streams' numbers, so that none is overwritten in the child.
bool make_pipe(runtime::Descriptor& read_end, runtime::Descriptor& write_end) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  const runtime::Descriptor first(ends[0]), second(ends[1]);
  read_end = runtime::Descriptor(::fcntl(first.get(), F_DUPFD_CLOEXEC, 8));
  write_end = runtime::Descriptor(::fcntl(second.get(), F_DUPFD_CLOEXEC, 8));
  return read_end && write_end;
}

void make_drain(const runtime::Descriptor& read_end) {
  ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
  // Where the system grants less, the child waits a little more often.
  ::fcntl(read_end.get(), F_SETPIPE_SZ, pipe_bytes);
}

}  // namespace

std::expected<Spawned, SpawnFailure> spawn(const keeper::Start& start, const Group& group,
                                           const SpawnExtras& extras) {
  auto account = account_of(start.user());
  if (!account) return std::unexpected(account.error());
  Spawned spawned;
  runtime::Descriptor out, error, news;
  const bool elsewhere = extras.out >= 0;
  if ((!elsewhere && !make_pipe(spawned.out, out)) || !make_pipe(spawned.error, error) ||
      !make_pipe(spawned.news, news)) {
    return std::unexpected(system_failure("there is no pipe for its output", errno));
  }
  if (!elsewhere) make_drain(spawned.out);
  make_drain(spawned.error);
  ::fcntl(spawned.news.get(), F_SETFL, O_NONBLOCK);
  const Prepared prepared{
      .arguments = pointers(start.arguments()),
      .environment = pointers(start.environment()),
      .program = start.program().c_str(),
      .folder = start.cwd().c_str(),
      .input = start.stdin_file().empty() ? "/dev/null" : start.stdin_file().c_str(),
      .account = std::move(*account),
      .out = elsewhere ? extras.out : out.get(),
      .error = error.get(),
      .ipc = extras.ipc,
      .news = news.get(),
      .rlimits = extras.rlimits};
  spawned.pid = clone_into(group.descriptor());
  if (spawned.pid == 0) become(prepared, group.joined());
  if (spawned.pid < 0) return std::unexpected(system_failure("it cannot be forked", errno));
  return spawned;
}

std::optional<SpawnFailure> read_failure(const keeper::Start& start, int news) {
  Failure failure{};
  if (::read(news, &failure, sizeof failure) != sizeof failure) return std::nullopt;
  switch (failure.step) {
    case Step::group: return system_failure("it cannot join its control group", failure.error);
    case Step::input:
      return system_failure("its input " + start.stdin_file() + " cannot be read", failure.error);
    case Step::limit: return system_failure("its limits cannot be set", failure.error);
    case Step::folder:
      return system_failure("its folder " + start.cwd() + " cannot be entered", failure.error);
    case Step::user:
      return system_failure("it cannot run as the user " + start.user(), failure.error);
    case Step::program: break;
  }
  return system_failure(start.program() + " cannot be run", failure.error);
}

}  // namespace nightshift::bridges::process
