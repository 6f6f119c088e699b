// One run of the command line: what was said, where the node is, where output goes.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridges/cli/node_api.hpp"
#include "bridges/cli/show.hpp"
#include "messages/error.hpp"
#include "runtime/catalog.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/history/policy.hpp"
#include "runtime/kernel/retrace.hpp"
#include "runtime/settings.hpp"

namespace nightshift::bridges::cli {

/// What `nightshift node` was given.
struct NodeFlags {
  std::filesystem::path data;
  std::optional<std::string> http;
  std::optional<std::string> cluster;
  std::optional<std::filesystem::path> config;
  /// Log to the file alone.
  bool quiet = false;
  /// What runs goes on when the node stops, and waits for the next one.
  bool keep_children = false;
};

/// A policy as a file says it.
struct PolicyFile {
  runtime::history::Policy policy;
  /// What of the file says nothing about decisions, and why.
  std::vector<std::string> notes;
};

/// What the composition root hands in.
struct Program {
  std::shared_ptr<const runtime::Catalog> catalog;
  std::string version;
  runtime::Environment environment;
  /// Runs a node in the foreground and returns the exit code.
  std::function<int(const NodeFlags&)> run_node;
  /// Leads events back to commands.
  kernel::Retraces retraces = {};
  /// Reads a configuration as a policy. Errors as `runtime::load_settings`.
  std::function<Result<PolicyFile>(const std::filesystem::path&)> read_policy = {};
};

struct Session {
  const Program& program;
  runtime::DataFolder folder;
  Target target;
  NodeApi api;
  bool json = false;
  std::ostream& out;
  std::ostream& err;

  Look look() const;
  const runtime::Catalog& catalog() const { return *program.catalog; }
  /// `unknown_kind`, naming the nearest.
  Result<const kernel::Kind*> kind(std::string_view name) const;
};

/// An approver's key and what opens it, as said on the command line.
struct SignerFlags {
  /// Empty means the only approver of the data folder.
  std::string approver;
  std::optional<std::filesystem::path> passphrase_file;
};

}  // namespace nightshift::bridges::cli
