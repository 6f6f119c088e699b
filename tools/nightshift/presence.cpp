// A thread that says so.
#include "tools/nightshift/presence.hpp"

#include <atomic>
#include <thread>
#include <utility>

#include <spdlog/spdlog.h>

#include "messages/member.pb.h"

namespace nightshift::tools {
namespace {

using runtime::supervision::Component;

/// Twice within the silence after which a member is off line.
constexpr std::chrono::minutes beat_every{2};
constexpr std::chrono::seconds patience{30}, patience_at_the_end{2};

template <class Message>
Result<void> say(runtime::Node& node, const Message& message, std::chrono::milliseconds within) {
  runtime::Command command;
  command.entity = {.kind = "member", .id = node.identity().node()};
  command.body = std::make_shared<Message>(message);
  command.caller = kernel::Caller::of_host();
  const auto answer = node.call(std::move(command), within);
  if (!answer) return std::unexpected(answer.error());
  return {};
}

Result<void> declare(runtime::Node& node, const std::filesystem::path& vault,
                     const std::string& git_remote) {
  member::Declare profile;
  profile.set_agent_id(node.identity().role());
  profile.set_vault_path(std::filesystem::absolute(vault).lexically_normal().string());
  profile.set_git_remote_url(git_remote);
  auto said = say(node, profile, patience);
  if (said || git_remote.empty() || said.error().code != ErrorCode::invalid) return said;
  // The seeds want one over SSH there; another does as well, and is shown by `sync/NODE`.
  profile.clear_git_remote_url();
  return say(node, profile, patience);
}

class Presence final : public Component {
 public:
  Presence(runtime::Node& node, std::shared_ptr<runtime::Clock> clock, std::filesystem::path vault,
           std::string git_remote)
      : node_(node),
        clock_(std::move(clock)),
        vault_(std::move(vault)),
        git_remote_(std::move(git_remote)),
        alarm_(clock_->alarm()),
        thread_([this] { run(); }) {}
  ~Presence() override {
    stopping_ = true;
    alarm_->wake();
    thread_.join();
  }

 private:
  void run() {
    auto said = declare(node_, vault_, git_remote_);
    if (!said) spdlog::warn("what this node is cannot be said: {}", said.error().message());
    while (!stopping_) {
      alarm_->arm();
      if (stopping_) return;
      // One that is missed is made up for by the next.
      said = say(node_, member::Beat(), patience);
      alarm_->wait(beat_every);
    }
  }

  runtime::Node& node_;
  const std::shared_ptr<runtime::Clock> clock_;
  const std::filesystem::path vault_;
  const std::string git_remote_;
  const std::unique_ptr<runtime::Alarm> alarm_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace

runtime::supervision::Part presence_part(runtime::Node& node, std::shared_ptr<runtime::Clock> clock,
                                         std::filesystem::path vault, std::string git_remote) {
  return {.name = "presence",
          .start = [&node, clock = std::move(clock), vault = std::move(vault),
                    git_remote = std::move(git_remote)](
                       const runtime::supervision::Failed&) -> Result<std::unique_ptr<Component>> {
            return std::make_unique<Presence>(node, clock, vault, git_remote);
          }};
}

void say_goodbye(runtime::Node& node) {
  const auto left = say(node, member::Leave(), patience_at_the_end);
  const bool is_no_member = !left && left.error().code == ErrorCode::not_found;
  if (!left && !is_no_member) spdlog::warn("left without a word: {}", left.error().message());
}

}  // namespace nightshift::tools
