// Runs a program in the sandbox and reads what it prints.
#include "bridges/agent/command_drafter.hpp"

#include <unistd.h>

#include <filesystem>
#include <utility>

#include "bridges/agent/agent_text.hpp"
#include "messages/text.hpp"
#include "messages/utf8.hpp"

namespace nightshift::bridges::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t words_shown = 500;
constexpr std::size_t name_bytes_max = 256;

std::unexpected<Error> not_so(const std::string& name, const std::string& what) {
  return fail(ErrorCode::config, "[agent." + name + "]: " + what, "agent." + name);
}

/// The program as the sandbox has it; one outside of `/usr` is shown to it alone.
Result<fs::path> find(const std::string& program) {
  const bool by_path = program.contains('/');
  const auto found =
      by_path ? std::optional<fs::path>(program) : runtime::find_program(program, program_path);
  std::error_code failed;
  const bool there = found && fs::is_regular_file(*found, failed);
  if (!there || ::access(found->c_str(), X_OK) != 0) {
    return fail(ErrorCode::config, "command " + program + " is no program that can be run" +
                                       (by_path ? "" : "; give its whole path") +
                                       "; is it installed, and executable?");
  }
  return *found;
}

/// What it said last, for people.
std::string tail_of(const std::string& said) {
  const auto from = said.size() > words_shown ? said.size() - words_shown : 0;
  const auto text = readable(std::string_view(said).substr(from));
  return text.empty() ? "it said nothing" : "it said: " + text;
}

}  // namespace

Result<std::unique_ptr<CommandDrafter>> CommandDrafter::open(const std::string& name,
                                                             const runtime::AgentSettings& settings,
                                                             const Hidden& hidden, Secret secret) {
  const auto bubblewrap = runtime::find_program("bwrap", program_path);
  if (!bubblewrap) {
    return not_so(name,
                  "an agent runs in a sandbox alone, and there is no bwrap; install bubblewrap");
  }
  const auto program = find(settings.command.front());
  if (!program) return not_so(name, program.error().detail);
  Confines confines{.bubblewrap = *bubblewrap,
                    .files = settings.files,
                    .time_max = settings.timeout,
                    .processes_max = settings.processes_max,
                    .memory_mib_max = settings.memory_mib_max,
                    .network = settings.network};
  std::error_code unknown;
  const auto real = fs::canonical(*program, unknown);
  if (!real.string().starts_with("/usr/")) confines.files.push_back(*program);
  auto shown = confines.files;
  shown.emplace_back("/usr");
  for (const auto& file : shown) {
    std::error_code failed;
    if (!fs::exists(file, failed)) return not_so(name, file.string() + " is not there");
    for (const auto& secret_place : hidden) {
      if (auto apart = check_hidden(file, secret_place); !apart) {
        return not_so(name, apart.error().detail);
      }
    }
  }
  return std::unique_ptr<CommandDrafter>(
      new CommandDrafter(name, settings, std::move(confines), std::move(secret)));
}

Result<draft::Write> CommandDrafter::write(const effect::ComposeDraft& task, const Stop& stop) {
  auto run = confined(confines_, settings_.command, task_text(task));
  run.stop = stop;
  for (const auto& [variable, reference] : settings_.secrets) {
    const auto value = secret_(reference);
    if (!value) return not_so(name_, std::string(value.error().message()));
    run.environment.push_back(variable + "=" + std::string(value->reveal()));
  }
  const auto ended = runtime::run_bounded(run);
  for (auto& variable : run.environment) runtime::wipe(variable);
  if (!ended) return fail(ended.error().code, ended.error().detail);
  if (ended->exit_code != 0) {
    return fail(ErrorCode::io, settings_.command.front() + " ended with " +
                                   std::to_string(ended->exit_code) + "; " + tail_of(ended->said));
  }
  auto draft = read_draft(ended->answer);
  if (!draft) return draft;
  draft->set_written_by(std::string(utf8_cut(settings_.command.front(), name_bytes_max)));
  return draft;
}

}  // namespace nightshift::bridges::agent
