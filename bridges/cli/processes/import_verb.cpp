// import, start: processes from files of PM2, from Procfiles, from a line of the shell.
#include <unistd.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <thread>

#include <nlohmann/json.hpp>

#include "bridges/cli/ecosystem/javascript.hpp"
#include "bridges/cli/ecosystem/translate.hpp"
#include "bridges/cli/processes/import_parts.hpp"
#include "bridges/cli/processes/jlist.hpp"
#include "bridges/cli/processes/verbs.hpp"
#include "bridges/cli/table.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"
#include "messages/json.hpp"
#include "runtime/bounded_run.hpp"

namespace nightshift::bridges::cli {
namespace {

namespace fs = std::filesystem;
using ecosystem::Lies;
using ecosystem::Remark;
using ecosystem::Surroundings;
using ecosystem::Translation;

std::string variable(const Session& session, const std::string& name) {
  const auto found = session.program.environment.find(name);
  return found == session.program.environment.end() ? "" : found->second;
}

Lies look_at(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return Lies::nothing;
  return ::access(path.c_str(), X_OK) == 0 ? Lies::program : Lies::text;
}

Surroundings around(const Session& session, const fs::path& folder) {
  Surroundings here;
  here.folder = folder;
  here.home = variable(session, "HOME");
  here.processors = std::max(std::thread::hardware_concurrency(), 1u);
  here.look = look_at;
  return here;
}

Result<Json> evaluate(Session& session, const fs::path& file, const ImportFlags& flags) {
  ecosystem::Evaluation evaluation{file, variable(session, "PATH"), variable(session, "HOME"), {}};
  evaluation.unconfined = flags.unconfined;
  for (const auto& name : flags.pass) {
    evaluation.variables.push_back(name + "=" + variable(session, name));
  }
  auto read = ecosystem::evaluate_javascript(evaluation);
  if (!read) return std::unexpected(read.error());
  for (const auto& name : read->missed) {
    session.err << "note: it looks for " << sanitise(name, Lines::escape)
                << " in the environment, which is empty for it; --pass " +
                       sanitise(name, Lines::escape) + " passes yours\n";
  }
  return std::move(read->document);
}

/// The file, whatever its form, as processes.
Result<Translation> read_file(Session& session, const ImportFlags& flags) {
  std::error_code failed;
  const auto file = fs::canonical(flags.file, failed);
  if (failed) {
    return fail(ErrorCode::not_found, "there is no file " + flags.file.string(),
                flags.file.string());
  }
  const auto form = ecosystem::form_of(file);
  if (!form) {
    return fail(ErrorCode::usage,
                file.filename().string() + " is none of .js, .cjs, .mjs, .json, .yaml and Procfile",
                file.string());
  }
  auto here = around(session, file.parent_path());
  here.environment = flags.environment;
  if (*form == ecosystem::Form::javascript) {
    const auto document = evaluate(session, file, flags);
    if (!document) return std::unexpected(document.error());
    return translate(*document, here);
  }
  const auto text = runtime::read_small_file(file);
  if (!text) return std::unexpected(text.error());
  const auto named = [&file](Error error) {
    error.detail = file.filename().string() + ": " + error.detail;
    return std::unexpected(std::move(error));
  };
  if (*form == ecosystem::Form::procfile) {
    const auto lines = ecosystem::read_procfile(*text);
    if (!lines) return named(lines.error());
    return translate(*lines, here);
  }
  const auto document =
      *form == ecosystem::Form::json ? ecosystem::read_json(*text) : ecosystem::read_yaml(*text);
  if (!document) return named(document.error());
  return translate(*document, here);
}

/// Those of `mcp.json`; nothing where the file is another.
Result<std::optional<ecosystem::Servers>> read_servers(Session& session, const ImportFlags& flags) {
  std::error_code failed;
  const auto file = fs::canonical(flags.file, failed);
  if (failed || ecosystem::form_of(file) != ecosystem::Form::json) return std::nullopt;
  const auto text = runtime::read_small_file(file);
  if (!text) return std::unexpected(text.error());
  const auto document = ecosystem::read_json(*text);
  if (!document || !ecosystem::holds_servers(*document)) return std::nullopt;
  return ecosystem::translate_servers(*document, session.program.environment, file.parent_path());
}

Result<void> keep_only(Translation& translation, const ImportFlags& flags) {
  const auto& apps = flags.only;
  if (apps.empty()) return {};
  std::set<std::string> known;
  for (const auto& process : translation.processes) known.insert(process.config.app());
  // One that could not be read has remarks alone.
  for (const auto& remark : translation.remarks) known.insert(remark.app);
  known.erase("");
  for (const auto& app : apps) {
    if (known.contains(app)) continue;
    std::string names;
    for (const auto& name : known) names += (names.empty() ? "" : ", ") + name;
    return fail(ErrorCode::not_found,
                flags.file.string() + " has no app \"" + app + "\"" +
                    (names.empty() ? "" : "; it has " + names),
                "--only");
  }
  std::erase_if(translation.processes, [&apps](const auto& process) {
    return std::ranges::find(apps, process.config.app()) == apps.end();
  });
  std::erase_if(translation.remarks, [&apps](const auto& remark) {
    return !remark.app.empty() && std::ranges::find(apps, remark.app) == apps.end();
  });
  return {};
}

const char* word(Remark::Weight weight) {
  switch (weight) {
    case Remark::Weight::changed: return "differs";
    case Remark::Weight::left_out: return "left out";
    case Remark::Weight::wrong: return "WRONG";
  }
  return "";
}

Json json_of(const Translation& translation) {
  auto report = remarks_json(translation.remarks, translation.secrets);
  report["processes"] = Json::array();
  for (const auto& process : translation.processes) {
    Json one{{"id", process.id}, {"start", process.start}};
    one["config"] = Json::parse(to_json(process.config));
    report["processes"].push_back(std::move(one));
  }
  return report;
}

void show_report(Session& session, const Translation& translation, bool dry) {
  if (session.json) {
    if (dry) session.out << json_of(translation).dump() << "\n";
    return;
  }
  const auto look = session.look();
  if (dry) {
    Table table({"PROCESS", "COMMAND", "IN"});
    for (const auto& process : translation.processes) {
      auto line = process.config.interpreter();
      line += (line.empty() ? "" : " ") + process.config.command();
      for (const auto& argument : process.config.args()) line += " " + argument;
      table.add({process.id, line, process.config.cwd()});
    }
    session.out << table.render(look.columns, look.colour);
  }
  show_remarks(session, translation.remarks, translation.secrets, dry);
}

std::string define_body(const ecosystem::Imported& process, bool start, bool new_only) {
  auto body = "{\"config\":" + to_json(process.config);
  if (start) body += ",\"start\":true";
  if (new_only) body += ",\"new_only\":true";
  return body + "}";
}

/// Defines them all; what was there and runs is restarted where that is wanted.
Result<void> define(Session& session, const Translation& translation, const ImportFlags& flags,
                    bool new_only) {
  Roster roster(session.api);
  std::vector<Process> now;
  for (const auto& imported : translation.processes) {
    Process process;
    process.id = imported.id;
    const bool start = imported.start && !flags.no_start;
    auto defined =
        command_process(session, process, "define", define_body(imported, start, new_only));
    if (!defined) return std::unexpected(defined.error());
    if (flags.restart && defined->view.value("outdated", false)) {
      defined = command_process(session, process, "restart");
    } else if (flags.restart && start && defined->status == "stopped") {
      defined = command_process(session, process, "start");
    }
    if (!defined) return std::unexpected(defined.error());
  }
  const auto all = roster.all();
  if (!all) return std::unexpected(all.error());
  for (const auto& process : *all) {
    if (std::ranges::find(translation.processes, process.id, &ecosystem::Imported::id) ==
        translation.processes.end()) {
      continue;
    }
    auto settled = await_settled(roster, process);
    if (!settled) return std::unexpected(settled.error());
    now.push_back(std::move(*settled));
  }
  show_processes(session, now);
  return {};
}

Result<void> take_over(Session& session, const Translation& translation, const ImportFlags& flags,
                       bool new_only) {
  show_report(session, translation, flags.dry_run);
  if (!translation.usable()) {
    return fail(ErrorCode::invalid, "nothing was imported: mend what is marked WRONG first",
                flags.file.string());
  }
  if (flags.dry_run) return {};
  if (auto sealed = seal(session, translation.secrets); !sealed) return sealed;
  return define(session, translation, flags, new_only);
}

/// As an app of PM2, so that a flag means what the same field means in a file.
Json app_of(const StartFlags& flags) {
  Json app = Json::object();
  app["script"] = flags.words.front();
  if (!flags.arguments.empty()) app["args"] = flags.arguments;
  for (const auto& [field, value] : flags.fields) {
    if (value == "true" || value == "false") {
      app[field] = value == "true";
    } else {
      app[field] = value;
    }
  }
  return app;
}

Result<void> start_program(Session& session, const StartFlags& flags) {
  std::error_code failed;
  auto here = around(session, fs::current_path(failed));
  here.kill_signal = "SIGTERM";
  const auto& program = flags.words.front();
  const bool is_file = here.look((here.folder / program).lexically_normal()) != Lies::nothing;
  const bool in_path = program.find('/') == std::string::npos &&
                       runtime::find_program(program, variable(session, "PATH"));
  if (!is_file && !in_path && program.find(' ') == std::string::npos) {
    return fail(ErrorCode::not_found,
                "there is no process \"" + program + "\", no file of that name in " +
                    here.folder.string() + ", and no program in PATH",
                program);
  }
  ImportFlags definition;
  definition.file = program;
  return take_over(session, translate(app_of(flags), here), definition, true);
}

/// True if every word names processes that there are.
Result<bool> are_processes(Session& session, const std::vector<std::string>& words) {
  auto chosen = Roster(session.api).select(words);
  if (chosen) return true;
  if (chosen.error().code == ErrorCode::not_found) return false;
  return std::unexpected(chosen.error());
}

Result<void> start_named(Session& session, const std::vector<std::string>& words) {
  Roster roster(session.api);
  const auto chosen = roster.select(words);
  if (!chosen) return std::unexpected(chosen.error());
  std::vector<Process> now;
  for (const auto& process : *chosen) {
    auto begun = process.status == "online" || process.status == "launching"
                     ? Result<Process>(process)
                     : command_process(session, process, "start");
    if (!begun) return std::unexpected(begun.error());
    begun->number = process.number;
    auto settled = await_settled(roster, *begun);
    if (!settled) return std::unexpected(settled.error());
    now.push_back(std::move(*settled));
  }
  show_processes(session, now);
  return {};
}

}  // namespace

void show_remarks(Session& session, const std::vector<Remark>& remarks,
                  const SecretsToSeal& secrets, bool dry) {
  if (!remarks.empty()) {
    Table table({"", "APP", "FIELD", "WHAT"});
    for (const auto& remark : remarks) {
      table.add({word(remark.weight), remark.app, remark.field, remark.text});
    }
    // Whole sentences, however narrow the terminal.
    session.err << table.render(std::nullopt, session.look().colour);
  }
  for (const auto& [name, value] : secrets) {
    session.err << (dry ? "would be sealed: " : "sealed: ") << sanitise(name, Lines::escape)
                << "\n";
  }
}

Json remarks_json(const std::vector<Remark>& remarks, const SecretsToSeal& secrets) {
  Json report;
  report["remarks"] = Json::array();
  for (const auto& remark : remarks) {
    report["remarks"].push_back({{"weight", word(remark.weight)},
                                 {"app", remark.app},
                                 {"field", remark.field},
                                 {"text", remark.text}});
  }
  report["secrets"] = Json::array();
  for (const auto& [name, value] : secrets) report["secrets"].push_back(name);
  return report;
}

Result<void> seal(Session& session, const SecretsToSeal& secrets) {
  if (secrets.empty()) return {};
  if (session.api.is_elsewhere()) {
    return fail(ErrorCode::usage,
                "there are secrets in it, which are sealed in the node's data folder: run this on "
                "the node's own machine, with --data instead of --url",
                "--url");
  }
  auto store = open_sealed_store(session, {});
  if (!store) return std::unexpected(store.error());
  runtime::NamedSecrets named;
  for (const auto& [name, value] : secrets) named.emplace_back(name, runtime::SecretText(value));
  return store->put(named, true);
}

Result<void> import(Session& session, const ImportFlags& flags) {
  const auto servers = read_servers(session, flags);
  if (!servers) return std::unexpected(servers.error());
  if (*servers) return import_servers(session, **servers, flags);
  auto translation = read_file(session, flags);
  if (!translation) return std::unexpected(translation.error());
  if (auto kept = keep_only(*translation, flags); !kept) return kept;
  return take_over(session, *translation, flags, false);
}

Result<void> start(Session& session, const StartFlags& flags) {
  if (flags.words.empty()) {
    return fail(ErrorCode::usage, "name a process, a file, or a program with its arguments");
  }
  auto known = are_processes(session, flags.words);
  if (!known && known.error().code == ErrorCode::unreachable && !session.api.is_elsewhere()) {
    if (auto runs = up_for_others(session); !runs) return runs;
    known = are_processes(session, flags.words);
  }
  if (!known) return std::unexpected(known.error());
  if (*known) return start_named(session, flags.words);
  const auto& first = flags.words.front();
  if (ecosystem::form_of_configuration(first) && look_at(first) != Lies::nothing) {
    auto file = flags.file;
    file.file = first;
    file.restart = true;
    return import(session, file);
  }
  if (flags.words.size() > 1) {
    return fail(ErrorCode::usage,
                "\"" + flags.words[1] +
                    "\" is one word too many; arguments of a program stand "
                    "behind --: nightshift start " +
                    first + " -- " + flags.words[1],
                flags.words[1]);
  }
  return start_program(session, flags);
}

}  // namespace nightshift::bridges::cli
