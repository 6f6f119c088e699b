// The executor of `ComposeDraft`: asks the agent's drafter, and hands the draft in.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "bridges/agent/command_drafter.hpp"
#include "runtime/executor.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::agent {

struct ComposerOptions {
  runtime::Agents agents;
  Hidden hidden;
  Secret secret;
  /// Agents that draft at once.
  std::size_t places = 4;
  std::chrono::milliseconds call_timeout{30'000};
};

/// Thread-safe. What it hands in is handed in in the name of `agent.NAME`, an agent that may
/// propose and nothing else; the program never has that name's rights. A draft stands in the
/// journal before the effect has ended; which one it is, the assignment says, so it is looked for
/// after a crash.
class Composer final : public runtime::Executor {
 public:
  /// Error `config`: an agent that cannot be run as it is configured.
  static Result<std::shared_ptr<Composer>> open(ComposerOptions options);

  /// Where drafts are handed in; until then what is asked waits.
  void attach(runtime::Node& node);
  /// The node stops: agents that run are ended, and nothing is begun.
  void stop();

  std::string effect_type() const override;
  /// An agent of the configuration, and a task of this node.
  Result<void> covered(const runtime::Permit& permit) const override;
  std::size_t places() const override { return options_.places; }
  runtime::ReceiverClass receiver_class(const runtime::Permit&) const override {
    return runtime::ReceiverClass::queryable;
  }
  runtime::Outcome look(const runtime::Permit& permit) override;
  runtime::Outcome perform(const runtime::Permit& permit) override;

 private:
  using Drafters = std::map<std::string, std::unique_ptr<Drafter>, std::less<>>;

  Composer(ComposerOptions options, Drafters drafters)
      : options_(std::move(options)), drafters_(std::move(drafters)) {}

  /// The draft of this assignment, under the name that it has; empty where there is none.
  static Result<std::string> find(const runtime::Node& node, const effect::ComposeDraft& task);
  runtime::Outcome hand_in(runtime::Node& node, const effect::ComposeDraft& task,
                           draft::Write draft) const;
  /// Null once it stops.
  runtime::Node* node();
  bool stops();

  const ComposerOptions options_;
  const Drafters drafters_;
  std::mutex mutex_;
  std::condition_variable changed_;
  runtime::Node* node_ = nullptr;
  bool stopping_ = false;
};

}  // namespace nightshift::bridges::agent
