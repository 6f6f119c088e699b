// Starts the vault bridge, and says how it is.
#include "tools/nightshift/vault.hpp"

#include <spdlog/spdlog.h>

#include "bridges/vault/vault.hpp"
#include "messages/text.hpp"
#include "tools/nightshift/moves.hpp"

namespace nightshift::tools {
namespace {

using bridges::vault::VaultBridge;
using runtime::supervision::Component;
using runtime::supervision::Health;

class Running final : public Component {
 public:
  explicit Running(std::unique_ptr<VaultBridge> bridge) : bridge_(std::move(bridge)) {}
  Health health() const override {
    const auto refused = bridge_->refusals().count();
    if (refused == 0) return {};
    return {0, std::to_string(refused) + " files are refused: see refused.md under Logs/"};
  }

 private:
  const std::unique_ptr<VaultBridge> bridge_;
};

}  // namespace

runtime::supervision::Part vault_part(runtime::Node& node, const runtime::Settings& settings,
                                      Refusals refusals, Arrivals arrivals) {
  return {
      .name = "vault",
      .start = [&node, &settings, refusals = std::move(refusals), arrivals = std::move(arrivals)](
                   runtime::supervision::Failed failed) -> Result<std::unique_ptr<Component>> {
        bridges::vault::VaultOptions options;
        options.root = settings.vault_path;
        options.owner = vault_owner(settings);
        options.decisions = settings.vault_decisions;
        options.moves_doubted = doubts_about_moves(node, settings);
        options.zone = settings.node_zone;
        options.log = [](std::string_view line) { spdlog::info("vault: {}", line); };
        options.refusals = refusals;
        options.arrivals = arrivals;
        options.shared = arrivals != nullptr;
        options.failed = std::move(failed);
        auto bridge = VaultBridge::start(node, std::move(options));
        if (!bridge) return std::unexpected(bridge.error());
        return std::make_unique<Running>(std::move(*bridge));
      }};
}

std::vector<bridges::http::RefusedFile> shown(const Refusals& refusals, std::size_t most) {
  std::vector<bridges::http::RefusedFile> files;
  for (auto& [path, reason, since] : refusals->list(most)) {
    files.push_back({.path = readable(path), .reason = std::move(reason), .since = since});
  }
  return files;
}

}  // namespace nightshift::tools
