// Puts the node's processes together.
#include "tools/nightshift/processes.hpp"

#include <spdlog/spdlog.h>
#include <array>
#include <filesystem>

#include "messages/process.pb.h"

namespace nightshift::tools {
namespace {

namespace bridge = bridges::process;
using runtime::supervision::Component;
using runtime::supervision::Health;

constexpr std::chrono::seconds patience{30};

/// What a child may know of the node's environment: where things are, never what they are for.
constexpr std::array passed_on{"PATH", "HOME",   "USER",   "LOGNAME",  "SHELL", "LANG",
                               "TZ",   "TMPDIR", "LC_ALL", "LC_CTYPE", "TERM",  "XDG_RUNTIME_DIR"};

std::string instance_name(const std::string& app, std::uint32_t n) {
  return n == 0 ? app : app + "." + std::to_string(n);
}

void define(runtime::Node& node, const std::string& name, const ProcessConfig& config) {
  process::Define define;
  *define.mutable_config() = config;
  define.set_start(true);
  runtime::Command command;
  command.entity = {"process", name};
  command.body = std::make_shared<process::Define>(std::move(define));
  command.caller = kernel::Caller::of_host();
  const auto answer = node.call(std::move(command), patience);
  if (!answer) spdlog::error("[process.{}]: {}", config.app(), answer.error().message());
}

}  // namespace

void ensure_processes(runtime::Node& node, const runtime::Settings& settings) {
  for (const auto& [name, said] : settings.processes) {
    auto config = said;
    const auto count = std::max(config.instances(), 1u);
    config.set_app(name);
    config.set_instances(count);
    for (std::uint32_t n = 0; n < count; ++n) {
      config.set_instance(n);
      define(node, instance_name(name, n), config);
    }
  }
}

class Processes::Running final : public Component {
 public:
  Running(Processes& owner, std::unique_ptr<bridge::ProcessBridge> its_bridge)
      : owner_(owner), bridge_(std::move(its_bridge)) {
    const std::lock_guard lock(owner_.mutex_);
    owner_.bridge_ = bridge_.get();
  }
  ~Running() override {
    const std::lock_guard lock(owner_.mutex_);
    owner_.bridge_ = nullptr;
  }
  Health health() const override { return {bridge_->active(), {}}; }

 private:
  Processes& owner_;
  const std::unique_ptr<bridge::ProcessBridge> bridge_;
};

Processes::Processes(runtime::DataFolder folder, const runtime::Environment& environment,
                     runtime::Zone zone, std::shared_ptr<const runtime::SecretResolver> secrets,
                     std::shared_ptr<runtime::Streams> streams,
                     std::function<void(std::string_view)> crash_point)
    : folder_(std::move(folder)),
      environment_(environment),
      zone_(zone),
      secrets_(std::move(secrets)),
      streams_(std::move(streams)),
      crash_point_(std::move(crash_point)) {}

bridge::ProcessOptions Processes::options() const {
  bridge::ProcessOptions options;
  std::error_code ignored;
  const auto root = std::filesystem::absolute(folder_.root(), ignored);
  options.run_folder = root / "run";
  options.keeper = {std::filesystem::read_symlink("/proc/self/exe", ignored).string(),
                    {"keeper", options.run_folder.string()}};
  options.places.logs = root / "logs";
  for (const char* name : passed_on) {
    const auto found = environment_.find(name);
    if (found != environment_.end()) options.places.environment.insert(*found);
  }
  options.secret = [secrets = secrets_](const std::string& text) -> Result<runtime::SecretText> {
    const auto reference = runtime::parse_secret_reference(text, {});
    if (!reference) return std::unexpected(reference.error());
    return secrets->resolve(*reference);
  };
  options.zone = zone_;
  options.streams = streams_;
  options.log = [](std::string_view line) { spdlog::warn("process: {}", line); };
  options.crash_point = crash_point_;
  return options;
}

runtime::supervision::Part Processes::part(runtime::Node& node) {
  return {.name = "process",
          .start = [this, &node](
                       runtime::supervision::Failed failed) -> Result<std::unique_ptr<Component>> {
            auto options = this->options();
            options.failed = std::move(failed);
            auto started = bridge::ProcessBridge::start(node, std::move(options));
            if (!started) return std::unexpected(started.error());
            return std::make_unique<Running>(*this, std::move(*started));
          }};
}

void Processes::end_children(std::chrono::milliseconds within) {
  const std::lock_guard lock(mutex_);
  if (bridge_ == nullptr) return;
  if (!bridge_->end_children(within)) {
    spdlog::warn("process: not all children have ended in time; their keeper ends them");
  }
}

}  // namespace nightshift::tools
