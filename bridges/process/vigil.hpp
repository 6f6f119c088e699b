// The watch over one run: is it ready, is it still well, is it time for a restart.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridges/process/file_watch.hpp"
#include "bridges/process/probe.hpp"
#include "messages/process.pb.h"
#include "runtime/clock.hpp"

namespace nightshift::bridges::process {

/// Something to be reported of the run.
struct Finding {
  /// It is ready; else the trouble that it is in.
  bool ready = false;
  nightshift::process::Trouble trouble = nightshift::process::TROUBLE_UNSPECIFIED;
  std::string detail;
};

/// What the process has said by itself.
using HasSaid = std::function<bool(const Check&)>;

/// Of one run, from its start to its end. Used by one thread.
class Vigil {
 public:
  /// `zone`: where cron counts, unless the configuration names another.
  Vigil(const ProcessConfig& config, const runtime::Clock& clock, const std::string& zone);

  /// What to wait for; entries of descriptors that poll(2) takes.
  void add_to(std::vector<std::pair<int, short>>& descriptors) const;
  /// When to look again at the latest.
  std::optional<std::chrono::microseconds> next_look() const;

  /// Looks. `online`: it is ready already. `memory_bytes` is asked where the configuration wants it.
  std::optional<Finding> look(bool online, const HasSaid& has_said,
                              const std::function<std::uint64_t()>& memory_bytes);

 private:
  enum class Question { readiness, startup, liveness };

  std::optional<Finding> look_at_answers(bool online, const HasSaid& has_said);
  std::optional<Finding> look_at_plans();
  /// Asks everything of the present question at once.
  void ask(bool online);
  bool is_answered() const;
  std::optional<std::size_t> held(const HasSaid& has_said) const;
  const AnyOf& question_of(bool online);
  std::optional<Finding> conclude(bool online, std::optional<std::size_t> which);

  const ProcessConfig config_;
  const runtime::Clock& clock_;
  const std::string zone_;
  AnyOf ready_, live_, startup_;
  bool startup_passed_ = false;
  std::uint32_t failures_ = 0;
  std::chrono::microseconds ask_at_{0};
  bool asking_ = false;
  const AnyOf* asked_ = nullptr;
  /// As the checks of `asked_` lie; none for those that the process answers by itself.
  std::vector<std::vector<std::unique_ptr<Probe>>> probes_;
  std::optional<Time> cron_at_;
  std::chrono::microseconds memory_at_{0};
  std::optional<FileWatch> files_;
};

}  // namespace nightshift::bridges::process
