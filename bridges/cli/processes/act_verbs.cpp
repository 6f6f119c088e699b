// stop, restart, reload, delete, signal, scale: what is wanted of processes, and how it went.
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <ostream>
#include <set>

#include <nlohmann/json.hpp>

#include "bridges/cli/ecosystem/translate.hpp"
#include "bridges/cli/processes/verbs.hpp"
#include "bridges/cli/text.hpp"

namespace nightshift::bridges::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int pause_ms = 20;
constexpr milliseconds patience_least{10'000};
constexpr std::uint64_t kill_timeout_ms = 10'000;
constexpr std::uint64_t ready_timeout_ms = 60'000;
constexpr std::uint32_t instances_max = 1'000;

std::uint64_t number_or(const Json& config, const char* field, std::uint64_t otherwise) {
  const auto found = config.find(field);
  return found != config.end() && found->is_number_unsigned() ? found->get<std::uint64_t>()
                                                              : otherwise;
}

/// How long its configuration lets it take to end and to be ready again.
milliseconds patience_of(const Process& process) {
  const auto config = process.config();
  const auto ends = number_or(config, "kill_timeout_ms", kill_timeout_ms);
  const bool waits = !config.value("ready", Json::array()).empty();
  const auto ready = waits ? number_or(config, "ready_timeout_ms", ready_timeout_ms) : 0;
  return patience_least + milliseconds(2 * (ends + ready));
}

/// Does one thing to each, waits for all, shows them, and gives the first error.
template <class Act>
Result<void> for_each(Session& session, const SelectFlags& flags, Act act) {
  Roster roster(session.api);
  const auto chosen = roster.select(flags.words);
  if (!chosen) return std::unexpected(chosen.error());
  std::optional<Error> failed;
  const auto note = [&](const Process& process, const Error& error) {
    session.err << "process/" << process.id << ": " << sanitise(error.message(), Lines::escape)
                << "\n";
    if (!failed) failed = error;
  };
  std::vector<Process> begun, now;
  for (const auto& process : *chosen) {
    auto done = act(process);
    if (done) {
      begun.push_back(std::move(*done));
      begun.back().number = process.number;
    } else {
      note(process, done.error());
    }
  }
  for (const auto& process : begun) {
    auto settled = await_settled(roster, process);
    if (settled) {
      now.push_back(std::move(*settled));
    } else {
      note(process, settled.error());
    }
  }
  if (!now.empty()) show_processes(session, now);
  if (failed) return std::unexpected(*failed);
  return {};
}

/// What PM2's flag does is not done: a definition says what runs.
void note_environment(Session& session, const SelectFlags& flags) {
  if (!flags.update_env) return;
  session.err << "note: variables come from definitions alone, not from your shell; to take a file "
                 "over anew: nightshift start FILE\n";
}

/// A stop of what is stopped, and the like, is what was wanted.
Result<Process> unless_so(Session& session, const Process& process, const std::string& word,
                          std::string_view wanted) {
  if (process.status == wanted) return process;
  return command_process(session, process, word);
}

Result<Process> restarted(Session& session, const Process& process) {
  const bool down = process.status == "stopped" || process.status == "errored";
  return command_process(session, process, down ? "start" : "restart");
}

/// `4`, `+1`, `-1` for an app with `now` instances.
Result<std::uint32_t> count_of(const std::string& text, std::uint32_t now) {
  std::int64_t number = 0;
  const bool relative = text.starts_with('+') || text.starts_with('-');
  const auto* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
  if (error == std::errc() && *end == 0 && begin != end) {
    if (relative) number += now;
    if (number >= 1 && number <= instances_max) return static_cast<std::uint32_t>(number);
  }
  return fail(ErrorCode::usage,
              "\"" + text +
                  "\" is no number of instances: 1 to 1000, or +1, -1; to have none, "
                  "nightshift delete",
              "count");
}

/// `out-2.log` beside `out-0.log`; empty, its usual place, where the name does not say whose it is.
std::string log_file_beside(const std::string& file, std::uint64_t its, std::uint32_t instance) {
  const std::filesystem::path path(file);
  auto stem = path.stem().string();
  const auto number = "-" + std::to_string(its);
  if (file == "/dev/null") return file;
  if (!stem.ends_with(number)) return {};
  stem.replace(stem.size() - number.size(), number.size(), "-" + std::to_string(instance));
  return (path.parent_path() / (stem + path.extension().string())).string();
}

/// As the first is, but for what only one may have.
Result<void> add_instance(Session& session, const Process& first, const std::string& id,
                          std::uint32_t instance, std::uint32_t instances) {
  auto config = first.config();
  for (const auto* field : {"out_file", "error_file"}) {
    const auto file =
        log_file_beside(text_of(config, field), number_or(config, "instance", 0), instance);
    config.erase(field);
    if (!file.empty()) config[field] = file;
  }
  config["app"] = first.app();
  config["instance"] = instance;
  config["instances"] = instances;
  Process process;
  process.id = id;
  const auto made =
      command_process(session, process, "define", Json{{"config", config}, {"start", true}}.dump());
  if (!made) return std::unexpected(made.error());
  return {};
}

}  // namespace

Result<Process> command_process(Session& session, const Process& process, const std::string& word,
                                const std::string& body) {
  const auto answer = session.api.post("/v1/process/" + process.id + "/" + word, body);
  if (!answer) return std::unexpected(answer.error());
  const auto entity = parse_json(answer->body);
  if (!entity) return std::unexpected(entity.error());
  return process_of(*entity);
}

Result<Process> await_settled(Roster& roster, const Process& process) {
  const auto give_up = steady_clock::now() + patience_of(process);
  auto now = process;
  while (!is_settled(now) && steady_clock::now() < give_up) {
    ::poll(nullptr, 0, pause_ms);
    auto again = roster.again(process);
    if (!again) return again;
    now = std::move(*again);
  }
  return now;
}

Result<void> stop(Session& session, const SelectFlags& flags) {
  return for_each(session, flags, [&session](const Process& process) {
    return unless_so(session, process, "stop", "stopped");
  });
}

Result<void> restart(Session& session, const SelectFlags& flags) {
  note_environment(session, flags);
  return for_each(session, flags,
                  [&session](const Process& process) { return restarted(session, process); });
}

Result<void> reload(Session& session, const SelectFlags& flags) {
  note_environment(session, flags);
  Roster roster(session.api);
  std::set<std::string> given_up;
  return for_each(session, flags, [&](const Process& process) -> Result<Process> {
    if (given_up.contains(process.app())) return process;
    auto begun = restarted(session, process);
    auto now = begun ? await_settled(roster, *begun) : begun;
    if (now && now->status == "online") return now;
    given_up.insert(process.app());
    if (!now) return now;
    return fail(ErrorCode::wrong_phase,
                "it is " + now->status + " after its restart, so the other instances of " +
                    process.app() + " were left as they are: " + now->text("cause"),
                process.id);
  });
}

Result<void> delete_processes(Session& session, const SelectFlags& flags) {
  return for_each(session, flags, [&session](const Process& process) {
    return command_process(session, process, "delete");
  });
}

Result<void> signal(Session& session, const SignalFlags& flags) {
  auto name = flags.signal;
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (!name.starts_with("SIG")) name = "SIG" + name;
  const auto body = Json{{"signal", name}}.dump();
  return for_each(session, {.words = flags.words}, [&](const Process& process) {
    return command_process(session, process, "signal", body);
  });
}

Result<void> scale(Session& session, const ScaleFlags& flags) {
  Roster roster(session.api);
  const auto named = roster.select({flags.app});
  if (!named) return std::unexpected(named.error());
  const auto app = named->front().app();
  const auto instances = roster.select({app});
  if (!instances) return std::unexpected(instances.error());
  const auto wanted = count_of(flags.count, static_cast<std::uint32_t>(instances->size()));
  if (!wanted) return std::unexpected(wanted.error());
  for (std::uint32_t i = 0; i < *wanted; ++i) {
    const auto id = ecosystem::instance_id(app, i);
    if (std::ranges::find(*instances, id, &Process::id) != instances->end()) continue;
    if (auto made = add_instance(session, instances->front(), id, i, *wanted); !made) return made;
  }
  for (const auto& process : *instances) {
    if (number_or(process.config(), "instance", 0) < *wanted) continue;
    if (auto gone = command_process(session, process, "delete"); !gone) {
      return std::unexpected(gone.error());
    }
  }
  const auto left = roster.select({app});
  if (!left) return std::unexpected(left.error());
  std::vector<Process> now;
  for (const auto& process : *left) {
    auto settled = await_settled(roster, process);
    if (!settled) return std::unexpected(settled.error());
    now.push_back(std::move(*settled));
  }
  show_processes(session, now);
  return {};
}

}  // namespace nightshift::bridges::cli
