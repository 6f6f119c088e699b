// Tables of processes.
#include "bridges/cli/processes/show.hpp"

#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "bridges/cli/processes/jlist.hpp"
#include "bridges/cli/table.hpp"
#include "bridges/cli/text.hpp"

namespace nightshift::bridges::cli {
namespace {

std::string tenths(double number) {
  const auto rounded = std::llround(number * 10);
  return std::to_string(rounded / 10) + "." + std::to_string(rounded % 10);
}

std::string uptime_of(const Process& process, Time now) {
  if (process.status != "online" && process.status != "launching") return "-";
  const auto since = from_rfc3339(process.text("started_at"));
  return since ? duration_words(now - *since) : "-";
}

/// Why it is where it is, for what is not simply running.
std::string cause_of(const Process& process) {
  if (process.view.value("outdated", false)) return "restart it: it was defined anew since";
  return process.status == "online" ? "" : process.text("cause");
}

std::string joined(const Json& list) {
  std::string text;
  if (!list.is_array()) return text;
  for (const auto& item : list) {
    text += (text.empty() ? "" : " ") + (item.is_string() ? item.get<std::string>() : item.dump());
  }
  return text;
}

std::string exit_words(const Process& process) {
  const auto exit = process.view.find("last_exit");
  if (exit == process.view.end() || !exit->is_object()) return "";
  const auto detail = text_of(*exit, "detail");
  std::string text;
  if (const auto signal = text_of(*exit, "signal"); !signal.empty()) {
    text = signal;
  } else if (exit->value("unseen", false)) {
    text = "nobody saw it end";
  } else if (const auto code = exit->find("code"); code != exit->end()) {
    text = "exit code " + code->dump();
  }
  return text + (detail.empty() ? "" : ", " + detail) + ", " + local_time(text_of(*exit, "at"));
}

}  // namespace

std::string duration_words(std::chrono::microseconds time) {
  const auto seconds = std::max<std::int64_t>(time.count() / 1'000'000, 0);
  constexpr std::array<std::pair<std::int64_t, char>, 3> units{
      {{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}}};
  for (const auto& [length, letter] : units) {
    if (seconds >= length) return std::to_string(seconds / length) + letter;
  }
  return std::to_string(seconds) + "s";
}

std::string size_words(std::uint64_t bytes) {
  constexpr double step = 1024;
  const auto number = static_cast<double>(bytes);
  if (number < step * step) return tenths(number / step) + "kb";
  if (number < step * step * step) return tenths(number / step / step) + "mb";
  return tenths(number / step / step / step) + "gb";
}

std::string process_table(std::span<const Process> processes, const Machine& machine,
                          const Look& look, Time now) {
  Table table({"ID", "NAME", "STATUS", "RESTARTS", "UPTIME", "PID", "CPU", "MEM", "WHY"});
  for (const auto& process : processes) {
    const auto use = machine.use_of(process);
    table.add({std::to_string(process.number), process.id, pm2_status(process.status),
               std::to_string(process.count("restart_count")), uptime_of(process, now),
               process.pid() == 0 ? "-" : std::to_string(process.pid()),
               use ? tenths(use->cpu_percent) + "%" : "-",
               use ? size_words(use->memory_bytes) : "-", cause_of(process)});
  }
  return table.render(look.columns, look.colour);
}

std::string process_page(const Process& process, const Machine& machine, const Look& look,
                         Time now) {
  const auto config = process.config();
  const auto use = machine.use_of(process);
  Table table({"process/" + process.id, pm2_status(process.status)});
  const auto add = [&table](const char* name, const std::string& value) {
    if (!value.empty() && value != "-") table.add({name, value});
  };
  add("id", std::to_string(process.number));
  add("why", process.text("cause"));
  add("alert", process.text("alert"));
  add("app", process.app());
  add("pid", process.pid() == 0 ? "" : std::to_string(process.pid()));
  add("uptime", uptime_of(process, now));
  add("restarts", std::to_string(process.count("restart_count")));
  add("failed starts in a row", std::to_string(process.count("unstable_restarts")));
  add("last exit", exit_words(process));
  add("cpu", use ? tenths(use->cpu_percent) + "%" : "");
  add("memory", use ? size_words(use->memory_bytes) : "");
  add("started", local_time(process.text("started_at")));
  add("online since", local_time(process.text("online_at")));
  add("interpreter", text_of(config, "interpreter"));
  add("interpreter args", joined(config.value("interpreter_args", Json::array())));
  add("command", text_of(config, "command"));
  add("args", joined(config.value("args", Json::array())));
  add("cwd", text_of(config, "cwd"));
  add("user", text_of(config, "user"));
  add("after", joined(config.value("after", Json::array())));
  add("ready", joined(config.value("ready", Json::array())));
  add("live", joined(config.value("live", Json::array())));
  add("cron restart", text_of(config, "cron_restart"));
  add("watch", joined(config.value("watch", Json::array())));
  add("out log", process.text("log_file_path"));
  add("error log", process.text("error_file_path"));
  add("cgroup", process.text("cgroup"));
  return table.render(look.columns, look.colour) + "\nmore: nightshift env " + process.id +
         ", nightshift logs " + process.id + ", nightshift why process/" + process.id + "\n";
}

}  // namespace nightshift::bridges::cli
