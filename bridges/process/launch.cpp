// Finds, checks and puts together.
#include "bridges/process/launch.hpp"

#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "bridges/process/keeper/tree.hpp"
#include "messages/process_words.hpp"

namespace nightshift::bridges::process {
namespace {

namespace fs = std::filesystem;

struct NamedSignal {
  std::string_view name;
  int number;
};
constexpr std::array signals{NamedSignal{"SIGHUP", SIGHUP},   NamedSignal{"SIGINT", SIGINT},
                             NamedSignal{"SIGQUIT", SIGQUIT}, NamedSignal{"SIGILL", SIGILL},
                             NamedSignal{"SIGTRAP", SIGTRAP}, NamedSignal{"SIGABRT", SIGABRT},
                             NamedSignal{"SIGBUS", SIGBUS},   NamedSignal{"SIGFPE", SIGFPE},
                             NamedSignal{"SIGKILL", SIGKILL}, NamedSignal{"SIGUSR1", SIGUSR1},
                             NamedSignal{"SIGSEGV", SIGSEGV}, NamedSignal{"SIGUSR2", SIGUSR2},
                             NamedSignal{"SIGPIPE", SIGPIPE}, NamedSignal{"SIGALRM", SIGALRM},
                             NamedSignal{"SIGTERM", SIGTERM}, NamedSignal{"SIGSTKFLT", SIGSTKFLT},
                             NamedSignal{"SIGCHLD", SIGCHLD}, NamedSignal{"SIGCONT", SIGCONT},
                             NamedSignal{"SIGSTOP", SIGSTOP}, NamedSignal{"SIGTSTP", SIGTSTP},
                             NamedSignal{"SIGTTIN", SIGTTIN}, NamedSignal{"SIGTTOU", SIGTTOU},
                             NamedSignal{"SIGURG", SIGURG},   NamedSignal{"SIGXCPU", SIGXCPU},
                             NamedSignal{"SIGXFSZ", SIGXFSZ}, NamedSignal{"SIGVTALRM", SIGVTALRM},
                             NamedSignal{"SIGPROF", SIGPROF}, NamedSignal{"SIGWINCH", SIGWINCH},
                             NamedSignal{"SIGIO", SIGIO},     NamedSignal{"SIGPWR", SIGPWR},
                             NamedSignal{"SIGSYS", SIGSYS}};

constexpr const char* usual_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::uint32_t kill_timeout_ms_default = 10'000;
constexpr std::uint64_t log_bytes_default = 10u << 20;
constexpr std::uint32_t log_files_default = 5;

using Variables = std::map<std::string, std::string>;

std::unexpected<Error> never(std::string text, std::string field) {
  return fail(ErrorCode::config, std::move(text), std::move(field));
}

void set_variable(Variables& variables, const std::string& text) {
  const auto equals = text.find('=');
  variables[text.substr(0, equals)] = text.substr(equals + 1);
}

bool is_program(const fs::path& file) {
  struct stat status{};
  return ::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(file.c_str(), X_OK) == 0;
}

/// A name is looked for in PATH, a relative path starts at `cwd`.
Result<std::string> find_program(const std::string& name, const fs::path& cwd,
                                 const std::string& path) {
  if (name.contains('/')) {
    const auto file = (cwd / name).lexically_normal();
    std::error_code error;
    if (is_program(file)) return file.string();
    if (!fs::exists(file, error)) {
      return never(file.string() + " does not exist: mend the command", "command");
    }
    return never(file.string() + " is not executable: chmod +x it, or name an interpreter",
                 "command");
  }
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find(':', begin), path.size());
    const auto file = fs::path(path.substr(begin, end - begin)) / name;
    if (begin != end && is_program(file)) return file.string();
    begin = end + 1;
  }
  return never("there is no program " + name + " in " + path + ": install it, or give its path",
               "command");
}

Result<Variables> environment_of(const ProcessConfig& config, const LaunchPlaces& places,
                                 const ResolveSecret& secret) {
  auto variables = places.environment;
  if (!config.user().empty()) {
    if (const auto* account = ::getpwnam(config.user().c_str())) {
      variables["HOME"] = account->pw_dir;
      variables["USER"] = variables["LOGNAME"] = config.user();
    }
  }
  variables.try_emplace("PATH", usual_path);
  for (const auto& text : config.env()) set_variable(variables, text);
  for (const auto& text : config.secrets()) {
    const auto equals = text.find('=');
    const auto value = secret(text.substr(equals + 1));
    if (!value) return never(text.substr(0, equals) + ": " + value.error().detail, "secrets");
    variables[text.substr(0, equals)] = value->reveal();
  }
  return variables;
}

/// What only root may listen on; known where the configuration itself says on which port it will
/// be asked.
Result<void> check_ports(const ProcessConfig& config) {
  int first_free = 1024;
  std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> first_free;
  const auto* account = config.user().empty() ? nullptr : ::getpwnam(config.user().c_str());
  const auto user = account != nullptr ? account->pw_uid : ::geteuid();
  if (user == 0) return {};
  const auto checks = parse_checks(config.ready(), "ready", CheckedFor::readiness);
  if (!checks) return std::unexpected(checks.error());
  for (const auto& all : *checks) {
    for (const auto& check : all) {
      const bool here =
          check.host == "localhost" || check.host == "127.0.0.1" || check.host == "::1";
      if (!here || check.port == 0 || check.port >= first_free) continue;
      return never("port " + std::to_string(check.port) + " is below " +
                       std::to_string(first_free) +
                       ", and only root may listen there: choose another port, put a proxy before "
                       "it, or let the program have CAP_NET_BIND_SERVICE and wait for its output",
                   "ready");
    }
  }
  return {};
}

keeper::OutputFile output_of(const ProcessConfig& config, const std::string& path,
                             const fs::path& usual) {
  keeper::OutputFile file;
  file.set_path(path.empty() ? usual.string() : path);
  file.set_bytes_max(config.has_log_bytes_max() ? config.log_bytes_max() : log_bytes_default);
  file.set_files_max(config.has_log_files_max() ? config.log_files_max() : log_files_default);
  file.set_time(config.log_time());
  return file;
}

Result<void> set_program(keeper::Start& start, const ProcessConfig& config,
                         const std::string& path) {
  const bool by_itself = config.interpreter().empty() || config.interpreter() == "none";
  auto program =
      find_program(by_itself ? config.command() : config.interpreter(), start.cwd(), path);
  if (!program) return std::unexpected(program.error());
  start.set_program(std::move(*program));
  if (by_itself) {
    start.add_arguments(config.command());
  } else {
    const auto script = (fs::path(start.cwd()) / config.command()).lexically_normal();
    std::error_code error;
    if (!fs::exists(script, error)) {
      return never(script.string() + " does not exist: mend the command", "command");
    }
    start.add_arguments(config.interpreter());
    for (const auto& argument : config.interpreter_args()) start.add_arguments(argument);
    start.add_arguments(script.string());
  }
  for (const auto& argument : config.args()) start.add_arguments(argument);
  return {};
}

Result<void> set_listening(keeper::Start& start, const ProcessConfig& config) {
  const auto checks = parse_checks(config.ready(), "ready", CheckedFor::readiness);
  if (!checks) return std::unexpected(checks.error());
  for (const auto& all : *checks) {
    for (const auto& check : all) {
      if (check.way == Check::Way::notify) start.set_notify(true);
      if (check.way == Check::Way::ipc) start.set_ipc(true);
      if (check.way == Check::Way::output) start.add_patterns(check.text);
    }
  }
  return {};
}

}  // namespace

int signal_number(std::string_view name) {
  for (const auto& signal : signals) {
    if (signal.name == name) return signal.number;
  }
  return 0;
}

std::string signal_name(int number) {
  for (const auto& signal : signals) {
    if (signal.number == number) return std::string(signal.name);
  }
  return "signal " + std::to_string(number);
}

Result<keeper::Start> launch_of(const ProcessConfig& config, const std::string& instance,
                                const std::string& run, const LaunchPlaces& places,
                                const ResolveSecret& secret) {
  auto variables = environment_of(config, places, secret);
  if (!variables) return std::unexpected(variables.error());
  keeper::Start start;
  start.set_run(run);
  start.set_instance(instance);
  std::error_code error;
  const auto& home = (*variables)["HOME"];
  // An account that nobody logs in to may have none.
  start.set_cwd(!config.cwd().empty() ? config.cwd() : fs::is_directory(home, error) ? home : "/");
  if (!fs::is_directory(start.cwd(), error)) {
    return never("its folder " + start.cwd() + " does not exist: make it, or mend cwd", "cwd");
  }
  if (auto found = set_program(start, config, (*variables)["PATH"]); !found) {
    return std::unexpected(found.error());
  }
  if (auto allowed = check_ports(config); !allowed) return std::unexpected(allowed.error());
  if (auto set = set_listening(start, config); !set) return std::unexpected(set.error());
  (*variables)["NIGHTSHIFT_PROCESS"] = instance;
  (*variables)["NODE_APP_INSTANCE"] = std::to_string(config.instance());
  (*variables)[place_variable] = places.mark;
  (*variables)[run_variable] = run;
  for (const auto& [name, value] : *variables) start.add_environment(name + "=" + value);
  start.set_user(config.user());
  start.set_stdin_file(config.stdin_file());
  if (config.spoken_to()) start.set_streams((places.streams / run).string());
  *start.mutable_out() =
      output_of(config, config.out_file(), places.logs / (instance + "-out.log"));
  *start.mutable_error() =
      output_of(config, config.error_file(), places.logs / (instance + "-error.log"));
  start.mutable_limits()->set_memory_bytes_max(config.memory_bytes_max());
  start.mutable_limits()->set_cpu_percent_max(config.cpu_percent_max());
  start.mutable_limits()->set_processes_max(config.processes_max());
  const auto kill = signal_number(config.kill_signal());
  start.set_kill_signal(static_cast<std::uint32_t>(kill == 0 ? SIGTERM : kill));
  start.set_kill_timeout_ms(config.has_kill_timeout_ms() ? config.kill_timeout_ms()
                                                         : kill_timeout_ms_default);
  start.set_kill_first_only(config.kill_first_only());
  return start;
}

}  // namespace nightshift::bridges::process
