// The arguments of bubblewrap.
#include "bridges/agent/sandbox.hpp"

#include <algorithm>
#include <initializer_list>

#include "messages/text.hpp"

namespace nightshift::bridges::agent {
namespace {

namespace fs = std::filesystem;

/// Of each file system that can be written; they lie in memory.
constexpr const char* scratch_bytes = "67108864";

using Words = std::vector<std::string>;

void add(Words& to, std::initializer_list<std::string> words) { to.insert(to.end(), words); }

/// Programs and libraries, and what they need to find each other.
void add_system(Words& words, bool network) {
  add(words, {"--ro-bind", "/usr", "/usr"});
  for (const auto* part : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) {
    add(words, {"--ro-bind-try", part, part});
  }
  for (const auto* part : {"/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"}) {
    add(words, {"--ro-bind-try", part, part});
  }
  if (!network) return;
  for (const auto* part : {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl",
                           "/etc/ca-certificates"}) {
    add(words, {"--ro-bind-try", part, part});
  }
}

/// What can be written is small and gone afterwards.
void add_scratch(Words& words) {
  add(words, {"--proc", "/proc", "--dev", "/dev"});
  add(words, {"--size", scratch_bytes, "--tmpfs", "/dev/shm"});
  add(words, {"--size", scratch_bytes, "--tmpfs", "/tmp"});
}

/// No way out by more rights, another name space or a terminal.
void add_locks(Words& words, bool network) {
  add(words, {"--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-ipc",
              "--unshare-uts", "--unshare-cgroup-try"});
  if (!network) add(words, {"--unshare-net"});
  add(words, {"--uid", "65534", "--gid", "65534", "--hostname", "sandbox"});
  add(words, {"--cap-drop", "ALL", "--die-with-parent", "--new-session"});
}

/// Within the name space, so that they count its processes alone.
Words limits(const Confines& confines) {
  const auto bytes = std::uint64_t{confines.memory_mib_max} << 20;
  return {"/usr/bin/prlimit", "--nproc=" + std::to_string(confines.processes_max),
          "--data=" + std::to_string(bytes), "--core=0", "--"};
}

/// The nearest folder that there is, without links, and the rest.
fs::path resolved(const fs::path& path) {
  std::error_code failed;
  const auto real = fs::weakly_canonical(path, failed);
  return failed ? path.lexically_normal() : real;
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto rest = path.lexically_relative(folder);
  return !rest.empty() && *rest.begin() != "..";
}

}  // namespace

runtime::BoundedRun confined(const Confines& confines, const std::vector<std::string>& command,
                             std::string input) {
  runtime::BoundedRun run;
  run.arguments = {confines.bubblewrap.string()};
  add_locks(run.arguments, confines.network);
  add_system(run.arguments, confines.network);
  add_scratch(run.arguments);
  for (const auto& file : confines.files) add(run.arguments, {"--ro-bind", file, file});
  add(run.arguments, {"--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--"});
  const auto bounds = limits(confines);
  run.arguments.insert(run.arguments.end(), bounds.begin(), bounds.end());
  run.arguments.insert(run.arguments.end(), command.begin(), command.end());
  run.environment = {std::string("PATH=") + program_path, "HOME=/tmp", "LANG=C.UTF-8"};
  run.input = std::move(input);
  run.answer_descriptor = 1;
  run.as_nobody = true;
  run.time_max = confines.time_max;
  run.answer_bytes_max = answer_bytes_max;
  return run;
}

Result<void> try_sandbox() {
  const auto bubblewrap = runtime::find_program("bwrap", program_path);
  if (!bubblewrap) return fail(ErrorCode::config, "there is no bwrap; install bubblewrap");
  const auto ended = runtime::run_bounded(
      confined({.bubblewrap = *bubblewrap, .files = {}}, {"/usr/bin/true"}, ""));
  if (!ended) return std::unexpected(ended.error());
  if (ended->exit_code == 0) return {};
  return fail(ErrorCode::config, bubblewrap->string() + " ends with " +
                                     std::to_string(ended->exit_code) + ": " +
                                     readable(ended->said));
}

Result<void> check_hidden(const fs::path& path, const fs::path& hidden) {
  const auto shown = resolved(path), secret = resolved(hidden);
  if (!lies_in(shown, secret) && !lies_in(secret, shown)) return {};
  return fail(ErrorCode::config, path.string() + " would show an agent " + hidden.string() +
                                     ", which none may see; name a folder apart from it");
}

}  // namespace nightshift::bridges::agent
