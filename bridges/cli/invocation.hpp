// What a command line says, as the parser fills it in.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "bridges/cli/verbs.hpp"

namespace nightshift::bridges::cli {

/// Does the work and returns the exit code.
using Action = std::function<int(Session&)>;

struct Invocation {
  std::string data;
  Target target;
  bool json = false;
  Action action;
  /// The verb for which words behind `--` are a program's own; the parser is not given them.
  const CLI::App* takes_program = nullptr;
  std::vector<std::string> program_words;
};

/// Shows what went wrong and returns the exit code that stands for it.
int finish(Session& session, const Result<void>& result);

/// The flags of one verb: they outlive parsing, until the action has run.
template <class Flags>
std::shared_ptr<Flags> flags() {
  return std::make_shared<Flags>();
}

/// Sets the action that stands behind `verb`.
template <class Work>
void on(CLI::App& verb, Invocation& invocation, Work work) {
  verb.callback([&invocation, work = std::move(work)] {
    invocation.action = [work](Session& session) { return finish(session, work(session)); };
  });
}

/// The program's own verbs.
void add_verbs(CLI::App& app, Invocation& invocation, const Program& program);
/// Of them, those for processes (`processes/`).
void add_process_verbs(CLI::App& app, Invocation& invocation);
/// And that for agents (`mcp/`).
void add_mcp_verb(CLI::App& app, Invocation& invocation);
/// Those for the vault through git (`sync/`).
void add_sync_verbs(CLI::App& app, Invocation& invocation);
/// A verb per kind that has none of its own, beneath it one per command.
void add_kind_verbs(CLI::App& app, Invocation& invocation, const runtime::Catalog& catalog);
/// Flags and all verbs.
void describe(CLI::App& app, Invocation& invocation, const Program& program);

/// Adds `--approver` and `--passphrase-file`.
void add_signer_flags(CLI::App& verb, SignerFlags& signer);

}  // namespace nightshift::bridges::cli
