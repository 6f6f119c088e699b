// The watch over one run: is it ready, is it still well, is it time for a restart.
#pragma once

#include <poll.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridges/process/file_watch.hpp"
#include "bridges/process/inquiry.hpp"
#include "messages/cron.hpp"
#include "messages/process.pb.h"
#include "runtime/calendar.hpp"
#include "runtime/clock.hpp"

namespace nightshift::bridges::process {

/// From the start of one run to its end, as it was configured at its start. What it finds stays
/// found: whoever could not report it at once does so later. Used by one thread.
class Vigil {
 public:
  /// Of a run that is to be started, or was found running. `zone`: where cron counts, unless the
  /// configuration names another. `own_files`: its logs. Error `config`: a zone that is none,
  /// something that cannot be watched. Null where nothing is to be looked at.
  static Result<std::unique_ptr<Vigil>> begin(const std::string& run, const ProcessConfig& config,
                                              std::vector<std::string> own_files,
                                              const runtime::Clock& clock,
                                              const runtime::Zone& zone);

  const std::string& run() const { return run_; }

  /// What is known of the run from elsewhere.
  struct Sight {
    /// Since when it is online; nothing while it is launching.
    std::optional<Time> online_at;
    HasSaid has_said;
    /// Asked where the configuration wants it.
    std::function<std::uint64_t()> memory_bytes;
  };
  void look(const Sight& sight);

  /// The entry of `ready` that held; nothing while none has.
  const std::optional<std::string>& ready() const { return ready_; }

  /// Why it is to be restarted.
  struct Finding {
    nightshift::process::Trouble trouble = nightshift::process::TROUBLE_UNSPECIFIED;
    std::string detail;
  };
  const std::optional<Finding>& finding() const { return finding_; }

  void add_to(std::vector<pollfd>& watched) const;
  /// When to look again at the latest; nothing: when something happens.
  std::optional<Moment> next_look() const;

 private:
  Vigil(std::string run, const ProcessConfig& config, const runtime::Clock& clock);

  Result<void> open(std::vector<std::string> own_files, const runtime::Zone& zone);
  void come_online(Time online_at);
  void look_at_readiness(const HasSaid& has_said);
  std::chrono::milliseconds ready_timeout() const;
  void look_at_startup(const HasSaid& has_said);
  void look_at_life(const HasSaid& has_said);
  void look_at_memory(const Sight& sight);
  void look_at_files();
  void look_at_plan();
  const Inquiry* present() const;
  void find(nightshift::process::Trouble trouble, std::string detail);

  const std::string run_;
  const ProcessConfig config_;
  const runtime::Clock& clock_;
  Inquiry readiness_, startup_, life_;
  /// When the question that is asked now was asked first.
  Moment asked_since_;
  bool online_ = false;
  bool started_up_ = false;
  std::uint32_t failures_ = 0;
  Moment memory_at_;
  std::optional<Cron> cron_;
  runtime::Zone zone_;
  std::optional<Time> cron_at_;
  std::optional<FileWatch> files_;
  std::optional<std::string> ready_;
  std::optional<Finding> finding_;
};

}  // namespace nightshift::bridges::process
