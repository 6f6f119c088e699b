// What a whole app comes to: its program, its variables, its instances.
#include "bridges/cli/ecosystem/draft.hpp"

#include <algorithm>
#include <array>

#include "bridges/cli/ecosystem/values.hpp"
#include "messages/ids.hpp"
#include "messages/json.hpp"
#include "messages/process_words.hpp"

namespace nightshift::bridges::cli::ecosystem {
namespace {

namespace fs = std::filesystem;

struct Interpreter {
  std::string_view ending;
  std::string_view program;
};
constexpr std::array<Interpreter, 10> interpreters{{{".js", "node"},
                                                    {".mjs", "node"},
                                                    {".cjs", "node"},
                                                    {".ts", "node"},
                                                    {".py", "python3"},
                                                    {".sh", "bash"},
                                                    {".rb", "ruby"},
                                                    {".php", "php"},
                                                    {".pl", "perl"},
                                                    {".tsx", "bun"}}};

/// Null for a script whose name does not say what runs it.
const Interpreter* ending_of(const std::string& script) {
  const auto ending = fs::path(script).extension().string();
  const auto known = std::ranges::find(interpreters, ending, &Interpreter::ending);
  return known == interpreters.end() ? nullptr : &*known;
}

bool is_variable(std::string_view name) {
  const auto fits = [](unsigned char c) { return c > ' ' && c < 127 && c != '='; };
  return !name.empty() && std::ranges::all_of(name, fits);
}

void choose_interpreter(Draft& draft, Lies lies) {
  if (const auto* known = ending_of(draft.script)) {
    draft.interpreter = std::string(known->program);
    if (known->ending == ".ts") {
      draft.changed("script",
                    "node runs it, which reads TypeScript from version 22.18 on; name "
                    "another interpreter where there is an older one");
    }
  } else {
    // What is no program by itself is JavaScript to PM2.
    draft.interpreter = lies == Lies::text ? "node" : "none";
  }
}

/// The command, its arguments and what runs it.
void resolve_program(Draft& draft) {
  if (draft.script.empty()) return draft.wrong("script", "is missing: what is to be run?");
  const auto place = (fs::path(draft.cwd) / draft.script).lexically_normal().string();
  const auto lies = draft.around.look(place);
  auto& config = draft.config;
  if (lies == Lies::nothing && draft.script.find(' ') != std::string::npos) {
    if (draft.args) draft.left_out("args", "the script is a line of the shell already");
    config.set_command("bash");
    config.add_args("-c");
    config.add_args(draft.script);
    return;
  }
  const bool by_name = draft.script.find('/') == std::string::npos && !ending_of(draft.script);
  config.set_command(lies == Lies::nothing && by_name ? draft.script : place);
  if (lies == Lies::nothing && !by_name) {
    draft.changed("script", place + " is not there now; it has to be when it is started");
  }
  if (!draft.interpreter && lies == Lies::nothing && by_name) draft.interpreter = "none";
  if (!draft.interpreter) choose_interpreter(draft, lies);
  if (*draft.interpreter != "none") {
    const bool is_path = draft.interpreter->find('/') != std::string::npos;
    config.set_interpreter(is_path ? draft.path(*draft.interpreter) : *draft.interpreter);
    const bool python = draft.interpreter->find("python") != std::string::npos;
    if (python) draft.set_variable("PYTHONUNBUFFERED", "1");
  } else if (config.interpreter_args_size() > 0) {
    draft.left_out("interpreter_args", "it runs without an interpreter");
    config.clear_interpreter_args();
  }
  for (const auto& word : draft.args.value_or(std::vector<std::string>{})) config.add_args(word);
}

void resolve_restarts(Draft& draft) {
  auto& config = draft.config;
  if (!draft.autorestart) config.set_restart(RESTART_POLICY_NEVER);
  for (const auto code : draft.stop_exit_codes) config.add_stop_exit_codes(code);
  if (draft.wait_ready) {
    config.add_ready("ipc");
    if (draft.listen_timeout_ms) config.set_ready_timeout_ms(*draft.listen_timeout_ms);
    draft.changed("wait_ready",
                  "one that is not ready in time is started again, where PM2 "
                  "takes it for ready");
  } else if (draft.listen_timeout_ms) {
    draft.left_out("listen_timeout", "nothing is waited for without wait_ready");
  }
}

void resolve_watch(Draft& draft) {
  if (!draft.watches) {
    if (draft.watch_ignore) draft.left_out("ignore_watch", "nothing is watched");
    return;
  }
  if (draft.watch.empty()) draft.watch.push_back(draft.cwd);
  for (const auto& path : draft.watch) draft.config.add_watch(path);
  const std::vector<std::string> usual{"node_modules", ".*"};
  for (const auto& pattern : draft.watch_ignore.value_or(usual)) {
    draft.config.add_watch_ignore(pattern);
  }
}

std::uint32_t count_instances(Draft& draft) {
  auto count = draft.instances;
  if (count <= 0) {
    count += draft.around.processors;
    draft.changed("instances", "\"max\" and numbers below 1 count this machine's processors now: " +
                                   std::to_string(std::max<std::int64_t>(count, 1)));
  }
  count = std::max<std::int64_t>(count, 1);
  if (draft.cluster && count > 1) {
    draft.changed("exec_mode",
                  "each instance is a process of its own and none shares its port: "
                  "listen on PORT + NODE_APP_INSTANCE behind a proxy, or with "
                  "reusePort: true (node 22.12 and newer)");
  }
  return static_cast<std::uint32_t>(count);
}

/// `out.log` of the second instance is `out-1.log`.
std::string numbered(const std::string& file, std::uint32_t instance) {
  if (file.empty() || file == "/dev/null") return file;
  const fs::path path(file);
  const auto name =
      path.stem().string() + "-" + std::to_string(instance) + path.extension().string();
  return (path.parent_path() / name).string();
}

std::optional<std::string> counted(const std::string& value, std::uint32_t instance) {
  const auto begin = read_count(value);
  if (!begin) return std::nullopt;
  return std::to_string(*begin + instance);
}

/// `postgres://user:password@host/`
bool has_login(std::string_view value) {
  const auto scheme = value.find("://");
  if (scheme == value.npos) return false;
  const auto host = value.substr(scheme + 3, value.find('/', scheme + 3) - scheme - 3);
  const auto at = host.rfind('@');
  return at != host.npos && host.substr(0, at).find(':') != host.npos;
}

bool is_secret(const std::string& name, const std::string& value) {
  if (value.empty()) return false;
  return names_a_secret(name) || has_login(value) || value.starts_with("-----BEGIN ");
}

void add_variable(const Draft& draft, const std::string& name, const std::string& value,
                  ProcessConfig& config, Translation& translation) {
  if (!is_secret(name, value)) return config.add_env(name + "=" + value);
  const auto sealed = draft.name + "." + name;
  translation.secrets[sealed] = value;
  config.add_secrets(name + "=sealed:" + sealed);
}

void add_instance(Draft& draft, std::uint32_t instance, std::uint32_t instances,
                  Translation& translation) {
  Imported made;
  made.id = instance_id(draft.name, instance);
  made.start = draft.start;
  made.config = draft.config;
  auto& config = made.config;
  config.set_app(draft.name);
  config.set_instance(instance);
  config.set_instances(instances);
  config.set_cwd(draft.cwd);
  if (instances > 1) {
    config.set_out_file(numbered(config.out_file(), instance));
    config.set_error_file(numbered(config.error_file(), instance));
  }
  for (const auto& [name, value] : draft.variables) {
    const auto number = name == draft.counted_variable ? counted(value, instance) : std::nullopt;
    add_variable(draft, name, number.value_or(value), config, translation);
  }
  if (!draft.instance_variable.empty()) {
    config.add_env(draft.instance_variable + "=" + std::to_string(instance));
  }
  auto checked = check_rules(config);
  if (checked) checked = check_process_config(config);
  if (!checked) {
    return draft.wrong(checked.error().instance, std::string(checked.error().message()));
  }
  translation.processes.push_back(std::move(made));
}

void note_logs(Draft& draft, std::uint32_t instances) {
  if (instances < 2) return;
  if (draft.merge_logs) {
    draft.left_out("merge_logs",
                   "each instance has log files of its own; \"nightshift logs\" "
                   "shows them together");
  } else if (!draft.config.out_file().empty() || !draft.config.error_file().empty()) {
    draft.changed("out_file", "each instance writes a file of its own, with -0, -1 and so on");
  }
}

}  // namespace

std::string instance_id(const std::string& app, std::uint32_t instance) {
  return instance == 0 ? app : app + "." + std::to_string(instance);
}

std::string Draft::path(const std::string& text) const {
  if (text == "~" || text.starts_with("~/")) return around.home + text.substr(1);
  const auto& base = cwd.empty() ? around.folder : fs::path(cwd);
  return (base / text).lexically_normal().string();
}

void Draft::set_variable(const std::string& variable, std::string value) {
  const auto known = std::ranges::find(variables, variable, [](const auto& v) { return v.first; });
  if (known != variables.end()) {
    known->second = std::move(value);
  } else {
    variables.emplace_back(variable, std::move(value));
  }
}

void take_cwd(Draft& draft, const Json& app) {
  const auto found = app.find("cwd");
  if (found != app.end() && !found->is_null() && !found->is_string()) {
    draft.wrong("cwd", "wants a text, not " + name_of(*found));
  }
  draft.cwd = draft.path(found != app.end() && found->is_string() ? found->get<std::string>() : "");
  while (draft.cwd.size() > 1 && draft.cwd.ends_with('/')) draft.cwd.pop_back();
}

void take_variables(Draft& draft, const Json& app) {
  const auto wanted = "env_" + draft.around.environment;
  const auto take_block = [&](const std::string& block, const Json& variables) {
    if (variables.is_null()) return;
    if (!variables.is_object()) {
      return draft.wrong(block, "wants an object of variables, not " + name_of(variables));
    }
    for (const auto& [name, value] : variables.items()) {
      const auto text = read_variable(value);
      if (!is_variable(name)) {
        draft.wrong(block, "has a name that is none of a variable");
      } else if (!text || text->find('\0') != std::string::npos) {
        if (value.is_null()) continue;
        draft.left_out(block + "." + name, "a variable is text, not " + name_of(value));
      } else {
        draft.set_variable(name, *text);
      }
    }
  };
  if (const auto env = app.find("env"); env != app.end()) take_block("env", *env);
  bool found = false;
  for (const auto& [field, value] : app.items()) {
    if (!field.starts_with("env_")) continue;
    if (field == wanted) {
      take_block(field, value);
      found = true;
    } else {
      draft.left_out(field, "it counts with --env " + field.substr(4));
    }
  }
  if (!draft.around.environment.empty() && !found) {
    draft.changed(wanted, "there is no such block, so env alone counts");
  }
}

void finish(Draft& draft, Translation& translation) {
  resolve_program(draft);
  resolve_restarts(draft);
  resolve_watch(draft);
  if (draft.config.kill_signal().empty()) draft.config.set_kill_signal(draft.around.kill_signal);
  const auto instances = count_instances(draft);
  note_logs(draft, instances);
  for (std::uint32_t i = 0; i < instances; ++i) {
    if (translation.processes.size() == processes_max) {
      return draft.wrong("instances", "make more than " + std::to_string(processes_max) +
                                          " processes of one file");
    }
    add_instance(draft, i, instances, translation);
  }
}

}  // namespace nightshift::bridges::cli::ecosystem
