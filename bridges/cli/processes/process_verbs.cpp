// The verbs of PM2 as the parser knows them.
#include "bridges/cli/invocation.hpp"
#include "bridges/cli/processes/verbs.hpp"

namespace nightshift::bridges::cli {
namespace {

/// What the completion offers there: the ids of the kind, and `all`.
constexpr const char* process_form = "process";

std::shared_ptr<SelectFlags> add_selection(CLI::App& verb, bool required = true) {
  auto said = flags<SelectFlags>();
  auto* words = verb.add_option("process", said->words, "Names, instances, numbers, or all")
                    ->type_name(process_form);
  if (required) words->required();
  return said;
}

void add_file_flags(CLI::App& verb, ImportFlags& file) {
  verb.add_option("--env", file.environment, "Add the variables of env_NAME in the file")
      ->type_name("NAME");
  verb.add_option("--only", file.only, "These apps of the file alone")
      ->delimiter(',')
      ->type_name("APP");
  verb.add_option("--pass", file.pass,
                  "A variable of yours that a configuration in JavaScript may see")
      ->expected(1)
      ->take_all()
      ->type_name("NAME");
  verb.add_flag("--unconfined", file.unconfined,
                "Evaluate JavaScript without a sandbox, with all your rights");
}

/// A flag of `pm2 start` and the field of its file that says the same.
struct FieldFlag {
  const char* flag;
  const char* field;
  const char* type;
  const char* about;
};
constexpr FieldFlag field_flags[] = {
    {"-n,--name", "name", "NAME", "What it is called; else as its program"},
    {"--interpreter", "interpreter", "PROGRAM", "What runs it; none: it runs itself"},
    {"--interpreter-args,--node-args", "interpreter_args", "ARGS", "Arguments for that"},
    {"-i,--instances", "instances", "N|max", "So many of it"},
    {"--cwd", "cwd", "DIR", "Where it runs; else here"},
    {"--user,--uid", "user", "NAME", "As whom it runs; needs root"},
    {"-o,--output", "out_file", "FILE", "Where its stdout goes"},
    {"-e,--error", "error_file", "FILE", "Where its stderr goes"},
    {"--max-memory-restart", "max_memory_restart", "SIZE", "Restart it beyond, such as 300M"},
    {"-c,--cron,--cron-restart", "cron_restart", "CRON", "Restart it then, such as \"0 4 * * *\""},
    {"--restart-delay", "restart_delay", "MS", "Before each restart"},
    {"--exp-backoff-restart-delay", "exp_backoff_restart_delay", "MS", "The same, growing"},
    {"--max-restarts", "max_restarts", "N", "More within an hour are a crash loop"},
    {"--min-uptime", "min_uptime", "TIME", "What ran so long did not fail at starting"},
    {"--stop-exit-codes", "stop_exit_codes", "CODE", "It stays stopped after this"},
    {"--kill-timeout", "kill_timeout", "MS", "Before SIGKILL"},
    {"--listen-timeout", "listen_timeout", "MS", "How long it may take to be ready"},
    {"--ignore-watch", "ignore_watch", "PATTERN", "Changes there count for nothing"},
};
constexpr FieldFlag switches[] = {
    {"--watch", "watch", "", "Restart it when something in its folder changes"},
    {"--wait-ready", "wait_ready", "", "It says itself when it is ready: process.send('ready')"},
    {"--time", "time", "", "Each line of its log begins with its time"},
    {"--no-treekill", "treekill", "", "Ask its first process alone to end"},
    {"--no-autorestart", "autorestart", "", "Leave it when it ends"},
};

void add_definition_verbs(CLI::App& app, Invocation& invocation) {
  const auto file = flags<ImportFlags>();
  auto& import_verb = *app.add_subcommand(
      "import",
      "Take over what runs under PM2 or a Procfile: ecosystem.config.js, .json, .yaml; or the MCP "
      "servers of an mcp.json");
  import_verb.add_option("file", file->file, "FILE")->required()->type_name("FILE");
  add_file_flags(import_verb, *file);
  import_verb.add_flag("--dry-run", file->dry_run, "Show what would become of it, and end");
  import_verb.add_flag("--no-start", file->no_start, "Define the processes only");
  on(import_verb, invocation, [file](Session& session) { return import(session, *file); });

  const auto said = flags<StartFlags>();
  auto& start_verb = *app.add_subcommand("start",
                                         "Start processes, those of a file, or a program: start "
                                         "app.js -- ARGS; and a node, if none runs");
  start_verb.add_option("process", said->words, "Names, a file, or a program with -- ARGS")
      ->required()
      ->type_name(process_form);
  for (const auto& flag : field_flags) {
    start_verb
        .add_option_function<std::string>(
            flag.flag,
            [said, field = flag.field](const std::string& value) {
              said->fields.emplace_back(field, value);
            },
            flag.about)
        ->type_name(flag.type);
  }
  for (const auto& flag : switches) {
    const bool off = std::string_view(flag.flag).starts_with("--no-");
    start_verb.add_flag_callback(
        flag.flag,
        [said, field = flag.field, off] {
          said->fields.emplace_back(field, off ? "false" : "true");
        },
        flag.about);
  }
  add_file_flags(start_verb, said->file);
  invocation.takes_program = &start_verb;
  start_verb.callback([&invocation, said] {
    said->arguments = invocation.program_words;
    invocation.action = [said](Session& session) { return finish(session, start(session, *said)); };
  });
}

void add_act_verbs(CLI::App& app, Invocation& invocation) {
  using Act = Result<void> (*)(Session&, const SelectFlags&);
  const auto add = [&](const char* name, const char* about, Act act) {
    auto& verb = *app.add_subcommand(name, about);
    const auto said = add_selection(verb);
    if (act == restart || act == reload) {
      verb.add_flag("--update-env", said->update_env, "Variables come from definitions alone");
    }
    on(verb, invocation, [said, act](Session& session) { return act(session, *said); });
  };
  add("stop", "End processes, with all that they have started", stop);
  add("restart", "End processes and run them again, as they are defined now", restart);
  add("reload", "The same one after the other, each when the one before is online", reload);
  add("delete", "End processes, and forget them", delete_processes);

  const auto sent = flags<SignalFlags>();
  auto& signal_verb = *app.add_subcommand("signal", "Send processes a signal: signal HUP web");
  signal_verb.alias("sendSignal");
  signal_verb.add_option("signal", sent->signal, "SIGNAL")->required()->type_name("SIGNAL");
  signal_verb.add_option("process", sent->words, "Names, instances, numbers, or all")
      ->required()
      ->type_name(process_form);
  on(signal_verb, invocation, [sent](Session& session) { return signal(session, *sent); });

  const auto wanted = flags<ScaleFlags>();
  auto& scale_verb = *app.add_subcommand("scale", "Have so many instances of an app");
  scale_verb.add_option("process", wanted->app, "The app")->required()->type_name(process_form);
  scale_verb.add_option("count", wanted->count, "N, +N or -N")->required()->type_name("COUNT");
  on(scale_verb, invocation, [wanted](Session& session) { return scale(session, *wanted); });
}

void add_look_verbs(CLI::App& app, Invocation& invocation) {
  auto& ps_verb = *app.add_subcommand("ps", "Processes, as they run");
  ps_verb.alias("ls")->alias("status");
  on(ps_verb, invocation, ps);
  on(*app.add_subcommand("jlist", "The same as PM2's document, without secrets"), invocation,
     jlist);
  on(*app.add_subcommand("prettylist", "The same over many lines"), invocation, prettylist);

  auto& describe_verb = *app.add_subcommand("describe", "All about processes");
  describe_verb.alias("desc")->alias("show")->alias("info");
  const auto described = add_selection(describe_verb);
  on(describe_verb, invocation,
     [described](Session& session) { return describe(session, *described); });

  auto& env_verb = *app.add_subcommand("env", "Variables of processes; of secrets, the names");
  const auto shown = add_selection(env_verb);
  on(env_verb, invocation, [shown](Session& session) { return show_environment(session, *shown); });

  const auto watched = flags<MonitFlags>();
  auto& monit_verb = *app.add_subcommand("monit", "Processes, as they go on");
  monit_verb.add_option("--every", watched->every_s, "Look again after so long")
      ->capture_default_str()
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 3600));
  on(monit_verb, invocation, [watched](Session& session) { return monit(session, *watched); });

  const auto printed = flags<LogsFlags>();
  auto& logs_verb = *app.add_subcommand("logs", "What processes print");
  logs_verb.add_option("process", printed->words, "Names, instances, numbers; all if absent")
      ->type_name(process_form);
  logs_verb.add_option("--lines", printed->lines, "The newest so many of each file")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000));
  logs_verb.add_flag("-f,--follow", printed->follow, "Go on as they print more");
  logs_verb.add_flag_callback(
               "--nostream", [] {}, "End with what is there, as without --follow")
      ->excludes("--follow");
  logs_verb.add_flag("--out", printed->only_out, "Only their stdout");
  logs_verb.add_flag("--err", printed->only_error, "Only their stderr");
  logs_verb.add_flag("--raw", printed->raw, "Lines as they are, without names");
  on(logs_verb, invocation, [printed](Session& session) { return logs(session, *printed); });

  auto& flush_verb = *app.add_subcommand("flush", "Empty the log files of processes");
  const auto emptied = add_selection(flush_verb, false);
  on(flush_verb, invocation, [emptied](Session& session) { return flush(session, *emptied); });
}

void add_boot_verbs(CLI::App& app, Invocation& invocation) {
  on(*app.add_subcommand("save", "Nothing to do: definitions are durable at once"), invocation,
     save);
  on(*app.add_subcommand("resurrect", "Start the node, and with it what is to run"), invocation,
     resurrect);
  const auto unit = flags<StartupFlags>();
  auto& startup_verb = *app.add_subcommand("startup", "Write a systemd unit that starts the node");
  startup_verb.add_flag("--user", unit->user, "For your own systemd; so without root anyway");
  startup_verb.add_option("--to", unit->to, "Where to write it; - is stdout")->type_name("FILE");
  on(startup_verb, invocation, [unit](Session& session) { return startup(session, *unit); });
}

}  // namespace

void add_process_verbs(CLI::App& app, Invocation& invocation) {
  add_definition_verbs(app, invocation);
  add_act_verbs(app, invocation);
  add_look_verbs(app, invocation);
  add_boot_verbs(app, invocation);
}

}  // namespace nightshift::bridges::cli
