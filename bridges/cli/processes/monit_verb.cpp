// monit: processes, as they run, and what one of them prints.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "bridges/cli/live.hpp"
#include "bridges/cli/processes/jlist.hpp"
#include "bridges/cli/processes/output.hpp"
#include "bridges/cli/processes/show.hpp"
#include "bridges/cli/processes/verbs.hpp"
#include "bridges/cli/text.hpp"
#include "runtime/clock.hpp"

namespace nightshift::bridges::cli {
namespace {

class Watched final : public LiveView {
 public:
  explicit Watched(NodeApi& api) : roster_(api) {}

  void look() override {
    auto seen = roster_.all();
    gone_ = seen ? "" : std::string(seen.error().message());
    if (!seen) return;
    processes_ = std::move(*seen);
    machine_.look(processes_);
    chosen_ = std::min(chosen_, processes_.empty() ? 0 : processes_.size() - 1);
  }

  void press(char key) override {
    if (key == 'j') move(1);
    if (key == 'k') move(-1);
  }

  std::vector<std::string> lines(const Look& look, std::size_t rows) const override {
    std::vector<std::string> shown;
    const auto add = [&](const std::string& text) {
      shown.push_back(cut_to_width(sanitise(text, Lines::escape), look.columns.value_or(80)));
    };
    if (!gone_.empty()) add("WAITING FOR THE NODE: " + gone_);
    add(totals());
    shown.emplace_back();
    add_table(look, shown);
    if (processes_.empty() || shown.size() + 3 > rows) return shown;
    const auto& process = processes_[chosen_];
    shown.emplace_back();
    add(process.id + ": what it printed last, " + process.text("log_file_path"));
    for (const auto& line : last_lines(process.text("log_file_path"), rows - shown.size())) {
      add(line);
    }
    return shown;
  }

 private:
  void move(int by) {
    const auto last = static_cast<long>(processes_.size()) - 1;
    chosen_ = static_cast<std::size_t>(
        std::clamp(static_cast<long>(chosen_) + by, 0L, std::max(last, 0L)));
  }

  std::string totals() const {
    std::size_t online = 0, alerts = 0;
    Use sum;
    for (const auto& process : processes_) {
      online += process.status == "online" ? 1 : 0;
      alerts += process.text("alert").empty() ? 0 : 1;
      const auto use = machine_.use_of(process).value_or(Use{});
      sum.memory_bytes += use.memory_bytes;
      sum.cpu_percent += use.cpu_percent;
    }
    return std::to_string(online) + " of " + std::to_string(processes_.size()) + " online, " +
           std::to_string(alerts) + " alerts, " + size_words(sum.memory_bytes) + ", " +
           std::to_string(static_cast<long>(sum.cpu_percent)) +
           "% of a processor  (j and k choose, q quits)";
  }

  void add_table(const Look& look, std::vector<std::string>& shown) const {
    auto narrow = look;
    if (narrow.columns) narrow.columns = std::max<std::size_t>(*narrow.columns, 4) - 2;
    const auto table = process_table(processes_, machine_, narrow, runtime::SystemClock().now());
    std::size_t row = 0;
    for (std::size_t at = 0; at < table.size(); ++row) {
      const auto end = std::min(table.find('\n', at), table.size());
      shown.push_back((row == chosen_ + 1 ? "> " : "  ") + table.substr(at, end - at));
      at = end + 1;
    }
  }

  Roster roster_;
  Machine machine_;
  std::vector<Process> processes_;
  std::size_t chosen_ = 0;
  std::string gone_;
};

}  // namespace

Result<void> monit(Session& session, const MonitFlags& flags) {
  if (session.json) return jlist(session);
  const bool shown = show_live(session, std::chrono::milliseconds(flags.every_s * 1'000),
                               [](NodeApi& api) { return std::make_unique<Watched>(api); });
  return shown ? Result<void>() : ps(session);
}

}  // namespace nightshift::bridges::cli
