// Looks, draws, waits.
#include "bridges/cli/live.hpp"

#include <csignal>

#include "bridges/cli/screen.hpp"
#include "bridges/cli/terminal.hpp"

namespace nightshift::bridges::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A key that is pressed while the node is asked waits so long.
constexpr milliseconds answer_max{2'000};

/// Until somebody quits; returns the signal that asked for it, 0 for a key.
int watch(Screen& screen, LiveView& view, milliseconds every) {
  while (true) {
    view.look();
    const auto next = steady_clock::now() + every;
    for (auto left = every; left.count() > 0;
         left = std::chrono::ceil<milliseconds>(next - steady_clock::now())) {
      screen.draw(view.lines({screen.columns(), output_wants_colour()}, screen.rows()));
      const auto event = screen.wait(left);
      if (event.key == 'q' || event.key == 'Q') return 0;
      if (event.key != 0) view.press(event.key);
      if (event.signal != 0) return event.signal == SIGINT ? 0 : event.signal;
    }
  }
}

}  // namespace

bool show_live(const Session& session, milliseconds every, const MakeLiveView& make) {
  auto screen = Screen::open();
  if (!screen) return false;
  auto target = session.target;
  target.patience = milliseconds(0);
  target.timeout = answer_max;
  NodeApi api(std::move(target), session.folder);
  const auto view = make(api);
  const int signal = watch(*screen, *view, every);
  screen.reset();
  // As if the terminal had never been taken.
  if (signal != 0) ::raise(signal);
  return true;
}

}  // namespace nightshift::bridges::cli
