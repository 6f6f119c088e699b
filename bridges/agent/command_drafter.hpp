// A program that reads the task on stdin and prints a draft.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bridges/agent/drafter.hpp"
#include "bridges/agent/sandbox.hpp"
#include "runtime/secrets/secret_text.hpp"
#include "runtime/settings_agent.hpp"

namespace nightshift::bridges::agent {

/// At the moment that it is needed.
using Secret = std::function<Result<runtime::SecretText>(const runtime::SecretReference&)>;

/// What no agent may see: the node's data folder.
using Hidden = std::vector<std::filesystem::path>;

class CommandDrafter final : public Drafter {
 public:
  /// Error `config`: there is no bubblewrap or no such program, or what it may read would show what
  /// is hidden.
  static Result<std::unique_ptr<CommandDrafter>> open(const std::string& name,
                                                      const runtime::AgentSettings& settings,
                                                      const Hidden& hidden, Secret secret);

  Result<draft::Write> write(const effect::ComposeDraft& task, const Stop& stop) override;

 private:
  CommandDrafter(std::string name, runtime::AgentSettings settings, Confines confines,
                 Secret secret)
      : name_(std::move(name)),
        settings_(std::move(settings)),
        confines_(std::move(confines)),
        secret_(std::move(secret)) {}

  const std::string name_;
  const runtime::AgentSettings settings_;
  const Confines confines_;
  const Secret secret_;
};

}  // namespace nightshift::bridges::agent
