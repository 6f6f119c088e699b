// up and down: a node in the background.
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>

#include "bridges/cli/verbs.hpp"
#include "messages/json.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::cli {
namespace {

constexpr int ready_timeout_ms = 60'000;
constexpr int end_timeout_ms = 60'000;

std::vector<std::string> node_arguments(const Session& session, const NodeFlags& flags) {
  std::vector<std::string> arguments{"nightshift", "node", "--quiet", "--data",
                                     session.folder.root().string()};
  if (flags.http) arguments.insert(arguments.end(), {"--http", *flags.http});
  if (flags.cluster) arguments.insert(arguments.end(), {"--cluster", *flags.cluster});
  if (flags.config) arguments.insert(arguments.end(), {"--config", flags.config->string()});
  if (flags.keep_children) arguments.push_back("--keep-children");
  return arguments;
}

/// Becomes the node, in a session of its own. Only calls that are safe after a fork.
[[noreturn]] void become_node(char* const* arguments, int out, int err) {
  ::setsid();
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::execv("/proc/self/exe", arguments);
  ::_exit(127);
}

/// The first line that arrives, or how it did not: the other end closed, or the time passed.
struct FirstLine {
  std::optional<std::string> text;
  bool closed = false;
};

FirstLine read_line(int descriptor, int timeout_ms) {
  std::string line;
  pollfd watched{descriptor, POLLIN, 0};
  while (::poll(&watched, 1, timeout_ms) > 0) {
    char c = 0;
    if (::read(descriptor, &c, 1) != 1) return {std::nullopt, true};
    if (c == '\n') return {std::move(line), false};
    line += c;
  }
  return {};
}

std::string read_all(int descriptor) {
  std::string text;
  char buffer[4096];
  ::lseek(descriptor, 0, SEEK_SET);
  for (ssize_t count; (count = ::read(descriptor, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

/// What the node said before it ended, with the exit code that stands for it.
std::unexpected<Error> explain_end(const std::string& said, const runtime::DataFolder& folder) {
  // The node's own words: `error: SENTENCE`, then `code: NAME`.
  const auto begin = said.starts_with("error: ") ? 7 : 0;
  const auto mark = said.find("  code: ");
  Error error{ErrorCode::io, said.substr(begin, mark == std::string::npos ? mark : mark - begin),
              ""};
  while (error.detail.ends_with('\n')) error.detail.pop_back();
  if (mark != std::string::npos) {
    const auto name = said.substr(mark + 8, said.find('\n', mark) - mark - 8);
    if (const auto known = find_error(name)) error.code = known->code;
  }
  if (error.detail.empty()) {
    error.detail = "the node ended before it was ready; see " + folder.log_file().string();
  }
  return std::unexpected(std::move(error));
}

void report(Session& session, const std::string& ready, const std::string& sentence) {
  if (session.json) {
    const auto node = session.folder.read_node();
    if (node && *node) session.out << to_json(**node) << "\n";
    return;
  }
  session.out << sentence << (ready.empty() ? "" : ": " + ready) << "\n";
}

struct Running {
  std::string at;
  bool began;
};

Result<Running> bring_up(Session& session, const NodeFlags& flags) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorCode::io, std::strerror(errno));
  runtime::Descriptor out(ends[0]), child_out(ends[1]);
  const runtime::Descriptor said(::memfd_create("nightshift-up", MFD_CLOEXEC));
  auto texts = node_arguments(session, flags);
  std::vector<char*> arguments;
  for (auto& text : texts) arguments.push_back(text.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) return fail(ErrorCode::io, std::string("no process: ") + std::strerror(errno));
  if (child == 0) become_node(arguments.data(), child_out.get(), said.get());
  child_out.close();
  const auto ready = read_line(out.get(), ready_timeout_ms);
  if (ready.text) return Running{*ready.text, true};
  if (!ready.closed) {
    return fail(ErrorCode::timed_out,
                "the node is not ready yet; see " + session.folder.log_file().string(),
                session.folder.log_file().string());
  }
  ::waitpid(child, nullptr, 0);
  auto ended = explain_end(read_all(said.get()), session.folder);
  const auto node = session.folder.read_node();
  if (ended.error().code == ErrorCode::locked && node && *node) {
    return Running{(*node)->http(), false};
  }
  return std::unexpected(ended.error());
}

}  // namespace

Result<void> up(Session& session, const NodeFlags& flags) {
  const auto running = bring_up(session, flags);
  if (!running) return std::unexpected(running.error());
  report(session, running->at,
         running->began ? "the node runs in the background" : "a node runs already");
  return {};
}

Result<void> up_for_others(Session& session) {
  const auto running = bring_up(session, {});
  if (!running) return std::unexpected(running.error());
  if (!session.json) report(session, running->at, "no node ran here; one does now");
  return {};
}

Result<void> down(Session& session, bool keep_children) {
  std::error_code ignored;
  if (!std::filesystem::exists(session.folder.lock_file(), ignored)) {
    session.out << "no node runs on " << session.folder.root().string() << "\n";
    return {};
  }
  const auto lock = runtime::FolderLock::take(session.folder);
  if (lock) {
    session.folder.remove_node();
    session.out << "no node runs on " << session.folder.root().string() << "\n";
    return {};
  }
  if (lock.error().code != ErrorCode::locked) return std::unexpected(lock.error());
  const auto pid = runtime::FolderLock::last_holder(session.folder);
  // A descriptor of the process: its number may be another's by the time it has ended.
  const runtime::Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  const int signal = keep_children ? SIGUSR2 : SIGTERM;
  if (process.get() < 0 || ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0)) {
    if (errno == ESRCH) return {};
    return fail(ErrorCode::io,
                "process " + std::to_string(pid) + " cannot be stopped: " + std::strerror(errno),
                std::to_string(pid));
  }
  pollfd watched{process.get(), POLLIN, 0};
  if (::poll(&watched, 1, end_timeout_ms) == 1) {
    session.out << "the node has stopped\n";
    return {};
  }
  return fail(ErrorCode::timed_out,
              "process " + std::to_string(pid) +
                  " was asked to stop and "
                  "still runs; see " +
                  session.folder.log_file().string(),
              std::to_string(pid));
}

}  // namespace nightshift::bridges::cli
