// Shows processes as PM2 would.
#include "bridges/cli/processes/jlist.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "messages/process_words.hpp"
#include "messages/time.hpp"

namespace nightshift::bridges::cli {
namespace {

/// PM2's own defaults are not ours: what is not said is ours.
constexpr std::uint64_t kill_timeout_ms = 10'000;
constexpr std::uint64_t min_uptime_ms = 1'000;

std::int64_t epoch_ms(const std::string& rfc3339) {
  const auto time = from_rfc3339(rfc3339);
  return time ? to_us(*time) / 1000 : 0;
}

std::uint64_t number_or(const Json& config, const char* field, std::uint64_t otherwise) {
  const auto found = config.find(field);
  return found != config.end() && found->is_number_unsigned() ? found->get<std::uint64_t>()
                                                              : otherwise;
}

Json list_of(const Json& config, const char* field) {
  const auto found = config.find(field);
  return found != config.end() && found->is_array() ? *found : Json::array();
}

Json exit_code_of(const Process& process) {
  const auto exit = process.view.find("last_exit");
  if (exit == process.view.end() || !exit->is_object()) return nullptr;
  const auto code = exit->find("code");
  return code == exit->end() ? Json(nullptr) : *code;
}

Json environment_of(const Process& process) {
  const auto config = process.config();
  Json env;
  env["name"] = process.app();
  env["pm_id"] = process.number;
  env["unique_id"] = "process/" + process.id;
  env["status"] = pm2_status(process.status);
  env["restart_time"] = process.count("restart_count");
  env["unstable_restarts"] = process.count("unstable_restarts");
  env["exit_code"] = exit_code_of(process);
  const auto instances = std::max<std::uint64_t>(number_or(config, "instances", 1), 1);
  env["exec_mode"] = instances > 1 ? "cluster_mode" : "fork_mode";
  env["instances"] = instances;
  env["NODE_APP_INSTANCE"] = number_or(config, "instance", 0);
  env["pm_uptime"] = epoch_ms(process.text("started_at"));
  env["created_at"] = epoch_ms(process.text("launched_at"));
  env["pm_exec_path"] = text_of(config, "command");
  env["pm_cwd"] = text_of(config, "cwd");
  env["args"] = list_of(config, "args");
  const auto interpreter = text_of(config, "interpreter");
  env["exec_interpreter"] = interpreter.empty() ? "none" : interpreter;
  env["node_args"] = list_of(config, "interpreter_args");
  env["pm_out_log_path"] = process.text("log_file_path");
  env["pm_err_log_path"] = process.text("error_file_path");
  env["autorestart"] = text_of(config, "restart") != "never";
  env["watch"] = !list_of(config, "watch").empty();
  env["cron_restart"] = text_of(config, "cron_restart");
  env["kill_timeout"] = number_or(config, "kill_timeout_ms", kill_timeout_ms);
  env["min_uptime"] = number_or(config, "min_uptime_ms", min_uptime_ms);
  env["max_memory_restart"] = number_or(config, "memory_restart_bytes", 0);
  env["namespace"] = "default";
  env["env"] = Json::object();
  for (const auto& [name, value] : shown_environment(config)) env["env"][name] = value;
  return env;
}

}  // namespace

std::string pm2_status(std::string_view status) {
  return status == "waiting" ? "waiting restart" : std::string(status);
}

std::vector<std::pair<std::string, std::string>> shown_environment(const Json& config) {
  std::vector<std::pair<std::string, std::string>> shown;
  for (const auto& [list, secret] : {std::pair{"env", false}, std::pair{"secrets", true}}) {
    for (const auto& item : list_of(config, list)) {
      if (!item.is_string()) continue;
      const auto text = item.get<std::string>();
      const auto equals = std::min(text.find('='), text.size());
      const auto name = text.substr(0, equals);
      auto value = equals < text.size() ? text.substr(equals + 1) : "";
      if (secret) {
        value = "(" + value + ")";
      } else if (!value.empty() && names_a_secret(name)) {
        value = "(hidden)";
      }
      shown.emplace_back(name, std::move(value));
    }
  }
  return shown;
}

Json jlist_of(std::span<const Process> processes, const Machine& machine) {
  Json all = Json::array();
  for (const auto& process : processes) {
    const auto use = machine.use_of(process).value_or(Use{});
    Json one;
    one["pid"] = process.pid();
    one["name"] = process.app();
    one["pm_id"] = process.number;
    one["monit"] = {{"memory", use.memory_bytes}, {"cpu", std::round(use.cpu_percent * 10) / 10}};
    one["pm2_env"] = environment_of(process);
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace nightshift::bridges::cli
