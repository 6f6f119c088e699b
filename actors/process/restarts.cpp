// The rules of restarts: policy, backoff, limits within windows.
#include "actors/process/restarts.hpp"

#include <algorithm>
#include <array>

namespace nightshift::actors {
namespace {

using namespace process;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t backoff_ms_default = 100;
constexpr std::uint32_t backoff_ms_max_default = 60'000;
constexpr std::uint32_t min_uptime_ms_default = 1'000;
constexpr std::uint32_t watch_delay_ms_default = 500;

struct Limit {
  std::uint32_t restarts;
  seconds window;
};

std::array<Limit, 2> limits_of(const ProcessConfig& config) {
  const auto or_default = [](bool said, std::uint32_t value, std::uint32_t otherwise) {
    return said ? value : otherwise;
  };
  return {
      Limit{or_default(config.has_crash_loop_restarts(), config.crash_loop_restarts(), 5),
            seconds(or_default(config.has_crash_loop_s(), config.crash_loop_s(), 60))},
      Limit{or_default(config.has_restarts_max(), config.restarts_max(), 10),
            seconds(or_default(config.has_restarts_window_s(), config.restarts_window_s(), 600))}};
}

bool is_wanted_end(const ProcessConfig& config, const Exit& exit) {
  if (exit.how_case() != Exit::kCode) return false;
  return exit.code() == 0 ||
         std::ranges::find(config.stop_exit_codes(), exit.code()) != config.stop_exit_codes().end();
}

}  // namespace

bool wants_restart(const ProcessConfig& config, const Exit& exit) {
  switch (config.restart()) {
    case RESTART_POLICY_NEVER: return false;
    case RESTART_POLICY_ON_FAILURE: return !is_wanted_end(config, exit);
    default: break;
  }
  const auto& codes = config.stop_exit_codes();
  return exit.how_case() != Exit::kCode || std::ranges::find(codes, exit.code()) == codes.end();
}

std::uint32_t failures_after(const Subject& subject, std::chrono::microseconds uptime) {
  const auto& config = subject.config();
  const milliseconds enough(config.has_min_uptime_ms() ? config.min_uptime_ms()
                                                       : min_uptime_ms_default);
  return uptime >= enough ? 1 : subject.failures() + 1;
}

milliseconds delay_after(const ProcessConfig& config, std::uint32_t failures,
                         std::string_view random) {
  if (failures <= 1) return milliseconds(config.restart_delay_ms());
  const std::uint64_t first = config.has_backoff_ms() ? config.backoff_ms() : backoff_ms_default;
  const std::uint64_t most =
      config.has_backoff_ms_max() ? config.backoff_ms_max() : backoff_ms_max_default;
  const auto doublings = std::min<std::uint32_t>(failures - 2, 32);
  const auto whole = std::min(first << doublings, most);
  std::uint64_t dice = 0;
  for (const char byte : random.substr(0, 4)) dice = dice << 8 | static_cast<unsigned char>(byte);
  const auto off = whole / 4 * (dice % 1024) / 1024;
  return std::max(milliseconds(whole - off), milliseconds(config.restart_delay_ms()));
}

std::optional<std::string> crash_loop(const Subject& subject, Time now) {
  for (const auto& limit : limits_of(subject.config())) {
    const auto recent = std::ranges::count_if(
        subject.failed_at(), [&](const auto& at) { return from_proto(at) + limit.window > now; });
    if (recent < static_cast<std::int64_t>(limit.restarts)) continue;
    return "crash loop: " + std::to_string(recent) + " restarts within " +
           std::to_string(limit.window.count()) + " s, and it ended again";
  }
  return std::nullopt;
}

void forget_old(Subject& subject, Time now) {
  constexpr int remembered_max = 1001;
  const auto limits = limits_of(subject.config());
  const auto longest = std::max(limits[0].window, limits[1].window);
  auto& failed = *subject.mutable_failed_at();
  const auto is_old = [&](const auto& at) { return from_proto(at) + longest <= now; };
  const auto kept = std::remove_if(failed.begin(), failed.end(), is_old);
  failed.erase(kept, failed.end());
  while (failed.size() > remembered_max) failed.erase(failed.begin());
}

std::uint32_t changes_after(const Subject& subject, std::chrono::microseconds uptime) {
  const auto& config = subject.config();
  const milliseconds quiet(config.has_watch_delay_ms() ? config.watch_delay_ms()
                                                       : watch_delay_ms_default);
  return uptime >= change_soon + quiet ? 0 : subject.changes() + 1;
}

void count_change(Subject& subject, Time at) {
  const bool begins =
      !subject.has_changes_since() || from_proto(subject.changes_since()) + changes_window <= at;
  if (begins) *subject.mutable_changes_since() = to_proto(at);
  subject.set_changes_within(begins ? 1 : subject.changes_within() + 1);
}

std::optional<std::string> change_loop(const Subject& subject) {
  std::string what;
  if (subject.changes() > changes_max) {
    what =
        std::to_string(changes_max) + " times in a row as files had changed soon after its start";
  } else if (subject.changes_within() > changes_within_max) {
    what = std::to_string(changes_within_max) + " times within a day as files had changed";
  } else {
    return std::nullopt;
  }
  return "it was restarted " + what + ": " + subject.cause() +
         "; if it writes there itself, name that in watch_ignore, then start it again";
}

std::optional<std::string> ready_loop(const Subject& subject) {
  const auto most = limits_of(subject.config())[1].restarts;
  if (subject.unready() <= most) return std::nullopt;
  return "it was started " + std::to_string(subject.unready()) +
         " times in a row and never ready in time; mend what makes it ready, or what `ready` asks "
         "for";
}

std::string describe(const Exit& exit) {
  std::string text;
  switch (exit.how_case()) {
    case Exit::kCode: text = "exit code " + std::to_string(exit.code()); break;
    case Exit::kSignal: text = "ended by " + exit.signal(); break;
    default: text = "nobody saw how it ended"; break;
  }
  return exit.detail().empty() ? text : text + ", " + exit.detail();
}

}  // namespace nightshift::actors
