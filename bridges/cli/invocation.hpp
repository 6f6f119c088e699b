// What a command line says, as the parser fills it in.
#pragma once

#include <functional>
#include <optional>
#include <string>

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
};

/// Shows what went wrong and returns the exit code that stands for it.
int finish(Session& session, const Result<void>& result);

/// The program's own verbs.
void add_verbs(CLI::App& app, Invocation& invocation, const Program& program);
/// A verb per kind, beneath it one per command.
void add_kind_verbs(CLI::App& app, Invocation& invocation, const runtime::Catalog& catalog);
/// Flags and all verbs.
void describe(CLI::App& app, Invocation& invocation, const Program& program);

/// Adds `--approver` and `--passphrase-file`.
void add_signer_flags(CLI::App& verb, SignerFlags& signer);

}  // namespace nightshift::bridges::cli
