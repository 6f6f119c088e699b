// top: what a node does, as it does it.
#include <poll.h>

#include <ostream>

#include "bridges/cli/live.hpp"
#include "bridges/cli/observation.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"

namespace nightshift::bridges::cli {
namespace {

/// Between the two looks of a snapshot, from which the rates come.
constexpr int snapshot_ms = 1'000;

Result<void> print_once(Session& session) {
  const auto before = observe(session.api);
  if (!before) return std::unexpected(before.error());
  ::poll(nullptr, 0, snapshot_ms);
  const auto now = observe(session.api);
  if (!now) return std::unexpected(now.error());
  const auto rates = rates_between(*before, *now);
  if (session.json) {
    session.out << json_of(*now, rates).dump() << "\n";
    return {};
  }
  for (const auto& line : show_observation(*now, rates, session.look())) {
    session.out << line << "\n";
  }
  return {};
}

/// The newest two observations, and why there is no newer one.
class Watched final : public LiveView {
 public:
  explicit Watched(NodeApi& api) : api_(api) {}

  void look() override {
    auto seen = observe(api_);
    if (!seen) {
      gone_ = std::string(seen.error().message());
      return;
    }
    gone_.clear();
    rates_ = now_ ? rates_between(*now_, *seen) : std::nullopt;
    now_ = std::move(*seen);
  }

  std::vector<std::string> lines(const Look& look, std::size_t) const override {
    std::vector<std::string> shown;
    const auto add = [&](const std::string& text) {
      shown.push_back(cut_to_width(sanitise(text, Lines::escape), look.columns.value_or(80)));
    };
    if (!gone_.empty()) {
      add("WAITING FOR THE NODE: " + gone_);
      add(now_ ? "What follows is what it said last." : "");
      shown.emplace_back();
    }
    if (now_) {
      for (auto& line : show_observation(*now_, rates_, look)) shown.push_back(std::move(line));
    }
    if (now_ && gone_.empty()) shown.front() += look.columns > 60 ? "  (q quits)" : "";
    return shown;
  }

 private:
  NodeApi& api_;
  std::optional<Observation> now_;
  std::optional<Rates> rates_;
  std::string gone_;
};

}  // namespace

Result<void> top(Session& session, const TopFlags& flags) {
  if (flags.once || session.json) return print_once(session);
  const bool shown = show_live(session, std::chrono::milliseconds(flags.every_s * 1'000),
                               [](NodeApi& api) { return std::make_unique<Watched>(api); });
  return shown ? Result<void>() : print_once(session);
}

}  // namespace nightshift::bridges::cli
