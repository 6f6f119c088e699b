// Reads the words, and refuses what could never work.
#include "messages/process_words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "messages/cron.hpp"
#include "messages/ids.hpp"

namespace nightshift {
namespace {

using google::protobuf::RepeatedPtrField;

constexpr std::array signal_names{
    std::string_view("SIGHUP"),    std::string_view("SIGINT"),  std::string_view("SIGQUIT"),
    std::string_view("SIGABRT"),   std::string_view("SIGKILL"), std::string_view("SIGUSR1"),
    std::string_view("SIGUSR2"),   std::string_view("SIGALRM"), std::string_view("SIGTERM"),
    std::string_view("SIGCONT"),   std::string_view("SIGSTOP"), std::string_view("SIGTSTP"),
    std::string_view("SIGTTIN"),   std::string_view("SIGTTOU"), std::string_view("SIGURG"),
    std::string_view("SIGVTALRM"), std::string_view("SIGPROF"), std::string_view("SIGWINCH"),
    std::string_view("SIGIO"),     std::string_view("SIGPWR")};

std::unexpected<Error> wrong(std::string_view field, const std::string& detail) {
  return fail(ErrorCode::invalid, detail, std::string(field));
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

/// By its characters; what is none after all does not answer, and says so.
bool is_address(std::string_view host) {
  const auto all = [host](std::string_view set) {
    return host.find_first_not_of(set) == host.npos;
  };
  return host.contains(':') ? all("0123456789abcdefABCDEF:.") : all("0123456789.");
}

/// `[HOST:]PORT`, this machine where no host is named.
bool read_address(std::string_view text, std::uint16_t port_default, Check& check) {
  const auto colon = text.rfind(':');
  const bool bare = colon == text.npos;
  auto host = bare ? std::string_view() : text.substr(0, colon);
  auto port = bare ? text : text.substr(colon + 1);
  if (port_default != 0 && (bare || text.ends_with(']'))) {
    host = text;
    check.port = port_default;
  } else {
    const auto number = port_of(port);
    if (!number) return false;
    check.port = *number;
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  check.host = host.empty() ? "localhost" : host;
  return check.host == "localhost" || is_address(check.host);
}

bool read_http(std::string_view text, Check& check) {
  constexpr std::string_view scheme = "http://";
  const auto rest = text.substr(scheme.size());
  const auto slash = rest.find('/');
  check.path = slash == rest.npos ? "/" : rest.substr(slash);
  const bool clean = std::ranges::none_of(check.path, [](char c) { return c <= ' ' || c == 127; });
  return clean && read_address(rest.substr(0, slash), 80, check);
}

Result<Check> parse_check(std::string_view text, std::string_view field) {
  Check check;
  check.text = text;
  bool good = true;
  if (text == "notify") {
    check.way = Check::Way::notify;
  } else if (text == "ipc") {
    check.way = Check::Way::ipc;
  } else if (text.starts_with("output:")) {
    check.way = Check::Way::output;
    check.text = text.substr(7);
    good = !check.text.empty() && check.text.size() <= 256 && !check.text.contains('\n');
  } else if (text.starts_with("tcp:")) {
    check.way = Check::Way::tcp;
    good = read_address(text.substr(4), 0, check);
  } else if (text.starts_with("http://")) {
    check.way = Check::Way::http;
    good = read_http(text, check);
  } else {
    good = false;
  }
  if (good) return check;
  return wrong(field, "\"" + std::string(text) +
                          "\" is no check; write tcp:PORT, tcp:HOST:PORT, http://HOST:PORT/PATH, "
                          "output:TEXT, notify or ipc, joined by \" and \" where all must hold; "
                          "HOST is localhost or an address");
}

bool is_from_outside(const Check& check) {
  return check.way == Check::Way::tcp || check.way == Check::Way::http;
}

Result<void> check_variable(std::string_view text, std::string_view field) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  const bool good = equals != text.npos && !name.empty() &&
                    std::ranges::all_of(name, [](char c) { return c > ' ' && c != '='; });
  if (good && !text.contains('\0')) return {};
  return wrong(field, "every entry is NAME=VALUE");
}

Result<void> check_environment(const ProcessConfig& config) {
  for (const auto& variable : config.env()) {
    if (auto fits = check_variable(variable, "env"); !fits) return fits;
    const auto equals = variable.find('=');
    const auto name = variable.substr(0, equals);
    if (equals + 1 == variable.size() || !names_a_secret(name)) continue;
    return wrong("env", name +
                            " is a secret by its name, and all of env is kept in the journal: "
                            "seal it with \"nightshift secret set NAME\", and write " +
                            name + "=sealed:NAME into secrets");
  }
  for (const auto& secret : config.secrets()) {
    if (auto fits = check_variable(secret, "secrets"); !fits) return fits;
    const auto reference = std::string_view(secret).substr(secret.find('=') + 1);
    const auto begins = [reference](std::string_view word) { return reference.starts_with(word); };
    if (begins("env:") || begins("file:") || begins("sealed:")) continue;
    return wrong("secrets", secret.substr(0, secret.find('=')) +
                                " must be a reference: env:NAME, file:PATH or sealed:NAME");
  }
  return {};
}

Result<void> check_paths(const ProcessConfig& config) {
  const auto absolute = [](const std::string& path) { return path.empty() || path[0] == '/'; };
  if (!absolute(config.cwd())) return wrong("cwd", "cwd must be an absolute path");
  if (!absolute(config.stdin_file())) return wrong("stdin_file", "stdin_file must be absolute");
  if (!absolute(config.out_file())) return wrong("out_file", "out_file must be absolute");
  if (!absolute(config.error_file())) return wrong("error_file", "error_file must be absolute");
  const auto good = [&absolute](const auto& path) { return !path.empty() && absolute(path); };
  if (!std::ranges::all_of(config.watch(), good))
    return wrong("watch", "watch takes absolute paths");
  return {};
}

Result<void> check_limits(const ProcessConfig& config) {
  constexpr std::uint64_t memory_least = 1u << 20;
  if (config.memory_bytes_max() != 0 && config.memory_bytes_max() < memory_least) {
    return wrong("memory_bytes_max", "nothing runs in less than 1 MiB of memory");
  }
  return {};
}

Result<void> check_plans(const ProcessConfig& config) {
  constexpr std::uint32_t every_ms_least = 10;
  if (config.has_live_every_ms() && config.live_every_ms() < every_ms_least) {
    return wrong("live_every_ms", "live_every_ms must be 10 at least: more often is no look");
  }
  if (config.has_live_timeout_ms() && config.live_timeout_ms() == 0) {
    return wrong("live_timeout_ms", "live_timeout_ms must be 1 at least: nothing answers sooner");
  }
  if (config.has_live_failures() && config.live_failures() == 0) {
    return wrong("live_failures", "live_failures must be 1 at least");
  }
  if (config.cron_restart().empty()) {
    if (config.cron_zone().empty()) return {};
    return wrong("cron_zone", "cron_zone says where cron_restart counts, and there is none");
  }
  if (auto cron = parse_cron(config.cron_restart()); !cron) return std::unexpected(cron.error());
  return {};
}

}  // namespace

Result<Dependency> parse_dependency(std::string_view text) {
  const auto colon = text.find(':');
  Dependency dependency;
  dependency.name = text.substr(0, colon);
  const auto condition = colon == text.npos ? "ready" : text.substr(colon + 1);
  bool known = is_id(dependency.name);
  if (condition == "started") {
    dependency.condition = Dependency::Condition::started;
  } else if (condition == "completed") {
    dependency.condition = Dependency::Condition::completed;
  } else {
    known = known && condition == "ready";
  }
  if (known) return dependency;
  return wrong("after", "\"" + std::string(text) +
                            "\" names no process to come after; write NAME, NAME:started, "
                            "NAME:ready or NAME:completed");
}

std::string_view word(Dependency::Condition condition) {
  switch (condition) {
    case Dependency::Condition::started: return "started";
    case Dependency::Condition::ready: return "ready";
    case Dependency::Condition::completed: return "completed";
  }
  return "";
}

Result<AnyOf> parse_checks(const RepeatedPtrField<std::string>& texts, std::string_view field,
                           CheckedFor purpose) {
  constexpr std::string_view joint = " and ";
  AnyOf any;
  for (std::string_view rest : texts) {
    auto& all = any.emplace_back();
    while (true) {
      const auto end = rest.find(joint);
      auto check = parse_check(rest.substr(0, end), field);
      if (!check) return std::unexpected(check.error());
      if (purpose == CheckedFor::liveness && !is_from_outside(*check)) {
        return wrong(field, std::string(field) + " is asked from outside: tcp: or http:// only");
      }
      all.push_back(std::move(*check));
      if (end == rest.npos) break;
      rest.remove_prefix(end + joint.size());
    }
  }
  return any;
}

bool is_signal_name(std::string_view name) {
  return std::ranges::find(signal_names, name) != signal_names.end();
}

bool names_a_secret(std::string_view variable) {
  std::string upper(variable);
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  constexpr std::array words{std::string_view("PASSWORD"),   std::string_view("PASSWD"),
                             std::string_view("PASSPHRASE"), std::string_view("SECRET"),
                             std::string_view("TOKEN"),      std::string_view("CREDENTIAL")};
  constexpr std::array endings{std::string_view("_KEY"), std::string_view("APIKEY"),
                               std::string_view("_PASS"), std::string_view("_PWD")};
  const auto holds = [&upper](std::string_view word) { return upper.contains(word); };
  // PWD alone is where a shell stands.
  const auto ends = [&upper](std::string_view word) { return upper.ends_with(word); };
  return std::ranges::any_of(words, holds) || std::ranges::any_of(endings, ends) ||
         upper == "KEY" || upper == "PASS";
}

Result<void> check_process_config(const ProcessConfig& config) {
  if (config.command().empty() || config.command().contains('\0')) {
    return wrong("command", "command is missing; name the program");
  }
  if (config.spoken_to() && !config.stdin_file().empty()) {
    return wrong("stdin_file", "what is spoken to cannot read a file as well; leave one out");
  }
  if (!config.app().empty() && !is_id(config.app())) return wrong("app", "app is no name");
  if (!config.kill_signal().empty() && !is_signal_name(config.kill_signal())) {
    return wrong("kill_signal", "there is no signal " + config.kill_signal() +
                                    "; SIGTERM, SIGINT and SIGQUIT are usual");
  }
  for (const auto& text : config.after()) {
    if (const auto named = parse_dependency(text); !named) return std::unexpected(named.error());
  }
  if (auto ready = parse_checks(config.ready(), "ready", CheckedFor::readiness); !ready) {
    return std::unexpected(ready.error());
  }
  if (auto live = parse_checks(config.live(), "live", CheckedFor::liveness); !live) {
    return std::unexpected(live.error());
  }
  if (auto startup = parse_checks(config.startup(), "startup", CheckedFor::liveness); !startup) {
    return std::unexpected(startup.error());
  }
  for (const auto check : {check_environment, check_paths, check_limits, check_plans}) {
    if (auto good = check(config); !good) return good;
  }
  return {};
}

}  // namespace nightshift
