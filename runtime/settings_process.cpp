// Checks what is said of a process. A key is a field of its configuration.
#include "runtime/settings_process.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include <google/protobuf/descriptor.h>

#include "messages/json.hpp"
#include "messages/process_words.hpp"
#include "runtime/calendar.hpp"

namespace nightshift::runtime {
namespace {

using google::protobuf::FieldDescriptor;

/// `process.NAME.kill_signal`, as a parameter of a template.
template <std::size_t size>
struct Word {
  char text[size]{};
  consteval Word(const char (&word)[size]) {  // NOLINT(google-explicit-constructor)
    std::copy_n(word, size, text);
  }
};

bool names_a_path(std::string_view field) {
  return field == "cwd" || field == "watch" || field.ends_with("_file");
}

std::string placed(std::string_view field, const SettingValue& value, const std::string& text) {
  if (!names_a_path(field) || text.empty()) return text;
  return std::filesystem::absolute(value.base / text).lexically_normal().string();
}

std::optional<std::string> set_number(ProcessConfig& process, const FieldDescriptor& field,
                                      std::int64_t number) {
  const bool narrow = field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32;
  const std::int64_t most = narrow ? UINT32_MAX : std::int64_t{1} << 53;
  if (number < 0 || number > most) {
    return "must be 0 to " + std::to_string(most) + ", not " + std::to_string(number);
  }
  if (narrow) {
    process.GetReflection()->SetUInt32(&process, &field, static_cast<std::uint32_t>(number));
  } else {
    process.GetReflection()->SetUInt64(&process, &field, static_cast<std::uint64_t>(number));
  }
  return std::nullopt;
}

std::optional<std::string> set_numbers(ProcessConfig& process, const FieldDescriptor& field,
                                       const std::vector<std::string>& texts) {
  for (const auto& text : texts) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      return "must be numbers, such as \"143\", not \"" + text + "\"";
    }
    process.GetReflection()->AddUInt32(&process, &field, number);
  }
  return std::nullopt;
}

std::optional<std::string> set_any(ProcessConfig& process, std::string_view key,
                                   const SettingValue& value) {
  const auto name = key.substr(key.rfind('.') + 1);
  const auto& field = *ProcessConfig::descriptor()->FindFieldByName(std::string(name));
  const auto& reflection = *process.GetReflection();
  switch (value.shape) {
    case SettingShape::number: return set_number(process, field, value.number);
    case SettingShape::flag: reflection.SetBool(&process, &field, value.flag); break;
    case SettingShape::text:
      reflection.SetString(&process, &field, placed(name, value, value.text));
      break;
    case SettingShape::list:
      reflection.ClearField(&process, &field);
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32) {
        return set_numbers(process, field, value.list);
      }
      for (const auto& text : value.list) {
        reflection.AddString(&process, &field, placed(name, value, text));
      }
      break;
  }
  return std::nullopt;
}

std::optional<std::string> set_restart(ProcessConfig& process, const SettingValue& value) {
  std::string word;
  if (auto wrong = one_of(word, value.text, {"always", "on_failure", "never"})) return wrong;
  process.set_restart(word == "never"        ? RESTART_POLICY_NEVER
                      : word == "on_failure" ? RESTART_POLICY_ON_FAILURE
                                             : RESTART_POLICY_ALWAYS);
  return std::nullopt;
}

template <Word key>
constexpr SettingRule<ProcessConfig> rule(SettingShape shape, std::string_view meaning) {
  return {{key.text, shape, meaning}, [](ProcessConfig& process, const SettingValue& value) {
            return set_any(process, key.text, value);
          }};
}

using enum SettingShape;
constexpr std::array rules{
    rule<"process.NAME.command">(text, "What runs: a path, or a name that is looked for in PATH."),
    rule<"process.NAME.args">(list, "Its arguments."),
    rule<"process.NAME.interpreter">(
        text,
        "What runs the command as a script: \"node\", \"python3\"; it runs itself if nobody "
        "says."),
    rule<"process.NAME.interpreter_args">(list, "Arguments of the interpreter, before the script."),
    rule<"process.NAME.cwd">(text, "Where it runs; the home folder of its user if nobody says."),
    rule<"process.NAME.env">(list, "Variables, \"NAME=VALUE\"; never secrets: they are journaled."),
    rule<"process.NAME.secrets">(
        list,
        "Variables that are secrets: \"NAME=env:NAME\", \"NAME=file:PATH\", "
        "\"NAME=sealed:NAME\"."),
    rule<"process.NAME.user">(text, "Whose rights it has; takes a node that runs as root."),
    rule<"process.NAME.stdin_file">(text, "What it reads; nothing if nobody says."),
    rule<"process.NAME.instances">(
        number, "How many of it run: NAME, NAME.1, NAME.2; NODE_APP_INSTANCE counts them from 0."),
    SettingRule<ProcessConfig>{
        {"process.NAME.restart", text,
         "When it is started again: \"always\", \"on_failure\" or \"never\"."},
        set_restart},
    rule<"process.NAME.stop_exit_codes">(list, "After these exit codes it stays stopped."),
    rule<"process.NAME.restart_delay_ms">(number, "Before the first restart in a row."),
    rule<"process.NAME.backoff_ms">(number, "Before the second, doubling from there."),
    rule<"process.NAME.backoff_ms_max">(number, "The longest that a restart waits."),
    rule<"process.NAME.min_uptime_ms">(number, "After so long a failure begins a new row."),
    rule<"process.NAME.crash_loop_restarts">(
        number, "More restarts within crash_loop_s stop it, with an alert."),
    rule<"process.NAME.crash_loop_s">(number, "The window of crash_loop_restarts, in seconds."),
    rule<"process.NAME.restarts_max">(number, "The same for a longer window."),
    rule<"process.NAME.restarts_window_s">(number, "The window of restarts_max, in seconds."),
    rule<"process.NAME.kill_signal">(text, "How it is asked to end."),
    rule<"process.NAME.kill_timeout_ms">(number, "After so long it is killed, with its tree."),
    rule<"process.NAME.kill_first_only">(
        flag, "Whether the signal goes to the first process alone, not to its tree."),
    rule<"process.NAME.after">(
        list, "What must be there first: \"NAME\" (ready), \"NAME:started\", \"NAME:completed\"."),
    rule<"process.NAME.ready">(
        list,
        "When it counts as online, one of: \"tcp:PORT\", \"http://...\", \"output:TEXT\", "
        "\"notify\", \"ipc\"; \"A and B\" wants both."),
    rule<"process.NAME.ready_timeout_ms">(number, "A start that takes longer has failed."),
    rule<"process.NAME.live">(
        list, "Whether it is still well, one of: \"tcp:PORT\", \"http://...\", \"A and B\"."),
    rule<"process.NAME.live_every_ms">(number, "How often that is asked."),
    rule<"process.NAME.live_timeout_ms">(number, "How long an answer may take."),
    rule<"process.NAME.live_failures">(number, "After so many without an answer it is restarted."),
    rule<"process.NAME.startup">(list, "What must have held once before live is asked."),
    rule<"process.NAME.cron_restart">(text, "Restarted at these times: \"0 4 * * *\"."),
    rule<"process.NAME.cron_zone">(text, "In this zone; the node's if nobody says."),
    rule<"process.NAME.watch">(list, "Restarted when these files or folders change."),
    rule<"process.NAME.watch_ignore">(list, "Patterns of paths whose changes do not count."),
    rule<"process.NAME.watch_delay_ms">(number, "How long nothing must change before that."),
    rule<"process.NAME.memory_bytes_max">(number, "The most memory that its tree may use."),
    rule<"process.NAME.cpu_percent_max">(number, "The most of a core: 150 is one and a half."),
    rule<"process.NAME.processes_max">(number, "The most processes and threads of its tree."),
    rule<"process.NAME.memory_restart_bytes">(number, "Restarted when it uses more memory."),
    rule<"process.NAME.out_file">(text, "Where its output goes."),
    rule<"process.NAME.error_file">(text, "Where what it prints to stderr goes."),
    rule<"process.NAME.log_bytes_max">(number, "A longer log is put aside; 0: never."),
    rule<"process.NAME.log_files_max">(number, "How many that were put aside stay."),
    rule<"process.NAME.log_time">(flag, "Whether each line of the logs begins with its time."),
};

}  // namespace

std::span<const SettingRule<ProcessConfig>> process_rules() { return rules; }

std::optional<std::string> incomplete(const ProcessConfig& process) {
  if (process.command().empty()) return "has no command; say what runs";
  auto checked = check_process_config(process);
  if (checked) checked = check_rules(process);
  if (checked && !process.cron_zone().empty()) {
    const auto zone = Zone::find(process.cron_zone());
    if (!zone) checked = std::unexpected(zone.error());
  }
  if (checked) return std::nullopt;
  return "is refused: " + checked.error().detail;
}

}  // namespace nightshift::runtime
