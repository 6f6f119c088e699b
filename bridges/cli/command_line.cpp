// argv to one action.
#include "bridges/cli/command_line.hpp"

#include <algorithm>
#include <clocale>
#include <ostream>

#include "bridges/cli/completion_line.hpp"
#include "bridges/cli/invocation.hpp"
#include "messages/nearest.hpp"

namespace nightshift::bridges::cli {
namespace {

std::string from_environment(const Program& program, const char* name) {
  const auto found = program.environment.find(name);
  return found == program.environment.end() ? "" : found->second;
}

int show(std::ostream& err, bool json, const Error& error) {
  err << (json ? error_json(error) : show_error(error));
  return info(error.code).exit_code;
}

std::vector<std::string> verb_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(verb->get_name());
  }
  return names;
}

/// What nobody took: an unknown verb, kind, command or flag.
Error unknown_word(const CLI::App& app, const runtime::Catalog& catalog) {
  const auto rest = app.remaining();
  const auto& word = rest.front();
  const auto chosen = app.get_subcommands();
  if (word.starts_with('-')) return {ErrorCode::usage, "there is no flag " + word, word};
  if (chosen.empty()) {
    // `KIND COMMAND ID` of a kind that is not there, rather than a verb.
    const auto code = rest.size() > 2 ? ErrorCode::unknown_kind : ErrorCode::usage;
    return {code,
            "there is no verb or kind \"" + word + "\"; did you mean " +
                nearest(word, verb_names(app)) + "?",
            word};
  }
  const auto* verb = chosen.front();
  if (catalog.find(verb->get_name()) != nullptr && verb->get_subcommands().empty()) {
    return {ErrorCode::unknown_command,
            verb->get_name() + " has no command \"" + word + "\"; did you mean " +
                nearest(word, verb_names(*verb)) + "?",
            word};
  }
  return {ErrorCode::usage, "\"" + word + "\" is one word too many", word};
}

/// A verb with verbs beneath it, and none of them said.
const CLI::App* unfinished(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) return &app;
  const auto* verb = chosen.front();
  const bool wants_more = !verb->get_subcommands([](const CLI::App*) { return true; }).empty();
  return wants_more && verb->get_subcommands().empty() ? verb : nullptr;
}

/// Puts aside what stands behind `--` where the verb takes that, and returns how many words that
/// are, `--` included.
int take_program_words(const CLI::App& app, Invocation& invocation, int argc,
                       const char* const* argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto mark = std::ranges::find(words, "--");
  const auto before = static_cast<std::size_t>(mark - words.begin());
  if (mark == words.end()) return 0;
  const auto said = read_line(app, std::span(words).first(before));
  if (said.verb != invocation.takes_program) return 0;
  invocation.program_words.assign(mark + 1, words.end());
  return static_cast<int>(words.size() - before);
}

}  // namespace

int finish(Session& session, const Result<void>& result) {
  return result ? 0 : show(session.err, session.json, result.error());
}

void describe(CLI::App& app, Invocation& invocation, const Program& program) {
  app.description("Durable actors for people who let AI agents work for them.");
  app.fallthrough();
  app.require_subcommand(0, 1);
  app.add_option("--data", invocation.data, "The node's data folder")->type_name("DIR");
  app.add_option("--url", invocation.target.url, "A node elsewhere")->type_name("URL");
  app.add_option("--token", invocation.target.token, "Who calls; admin.token if absent")
      ->type_name("TOKEN");
  app.add_option("--key", invocation.target.key,
                 "Command id: the same command under the same id is done once")
      ->type_name("KEY");
  app.add_option("--if-match", invocation.target.if_match,
                 "Only if the entity still has this sequence")
      ->type_name("SEQUENCE");
  app.add_flag("--json", invocation.json, "For programs");
  add_verbs(app, invocation, program);
  add_kind_verbs(app, invocation, *program.catalog);
  // Last, so that verbs do not inherit it: an unknown word ends the search for verbs.
  app.prefix_command();
}

int run(int argc, const char* const* argv, const Program& program, std::ostream& out,
        std::ostream& err) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  Invocation invocation;
  invocation.target.url = from_environment(program, "NIGHTSHIFT_URL");
  invocation.target.token = from_environment(program, "NIGHTSHIFT_TOKEN");
  CLI::App app{"", "nightshift"};
  describe(app, invocation, program);
  app.set_version_flag("--version", program.version);
  try {
    app.parse(argc - take_program_words(app, invocation, argc, argv), argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked, out, err);
  } catch (const CLI::ParseError& wrong) {
    return show(err, invocation.json, {ErrorCode::usage, wrong.what(), ""});
  }
  if (!app.remaining().empty()) {
    return show(err, invocation.json, unknown_word(app, *program.catalog));
  }
  if (const auto* verb = unfinished(app)) {
    err << verb->help(verb == &app ? "" : "nightshift");
    return info(ErrorCode::usage).exit_code;
  }
  runtime::DataFolder folder(invocation.data.empty()
                                 ? runtime::default_data_folder(program.environment)
                                 : std::filesystem::path(invocation.data));
  Session session{
      program, folder, invocation.target, NodeApi(invocation.target, folder), invocation.json,
      out,     err};
  return invocation.action(session);
}

}  // namespace nightshift::bridges::cli
