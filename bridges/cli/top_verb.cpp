// top: what a node does, as it does it.
#include <poll.h>

#include <csignal>
#include <ostream>

#include "bridges/cli/observation.hpp"
#include "bridges/cli/screen.hpp"
#include "bridges/cli/terminal.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"

namespace nightshift::bridges::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A key that is pressed while the node is asked waits so long.
constexpr milliseconds answer_max{2'000};
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
class Watched {
 public:
  void look(NodeApi& api) {
    auto seen = observe(api);
    if (!seen) {
      gone_ = std::string(seen.error().message());
      return;
    }
    gone_.clear();
    rates_ = now_ ? rates_between(*now_, *seen) : std::nullopt;
    now_ = std::move(*seen);
  }

  std::vector<std::string> lines(const Look& look) const {
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
  std::optional<Observation> now_;
  std::optional<Rates> rates_;
  std::string gone_;
};

/// Until somebody quits; returns the signal that asked for it, 0 for a key.
int watch(Screen& screen, NodeApi& api, milliseconds pause) {
  Watched watched;
  while (true) {
    watched.look(api);
    const auto next = steady_clock::now() + pause;
    for (auto left = pause; left.count() > 0;
         left = std::chrono::ceil<milliseconds>(next - steady_clock::now())) {
      screen.draw(watched.lines({screen.columns(), output_wants_colour()}));
      const auto event = screen.wait(left);
      if (event.key == 'q' || event.key == 'Q') return 0;
      if (event.signal != 0) return event.signal == SIGINT ? 0 : event.signal;
    }
  }
}

}  // namespace

Result<void> top(Session& session, const TopFlags& flags) {
  if (flags.once || session.json) return print_once(session);
  auto screen = Screen::open();
  if (!screen) return print_once(session);
  auto target = session.target;
  target.patience = milliseconds(0);
  target.timeout = answer_max;
  NodeApi api(std::move(target), session.folder);
  const int signal = watch(*screen, api, milliseconds(flags.every_s * 1'000));
  screen.reset();
  // As if the terminal had never been taken.
  if (signal != 0) ::raise(signal);
  return {};
}

}  // namespace nightshift::bridges::cli
