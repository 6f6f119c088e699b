// Looks at what was asked for, and remembers what it finds.
#include "bridges/process/vigil.hpp"

#include <algorithm>

#include "runtime/cron.hpp"

namespace nightshift::bridges::process {
namespace {

namespace pb = nightshift::process;
using google::protobuf::RepeatedPtrField;
using std::chrono::milliseconds;

constexpr milliseconds pause_least{20};
constexpr milliseconds pause_most{1'000};
constexpr milliseconds memory_every{2'000};
/// So often at the least a clock is looked at that may be set.
constexpr std::chrono::minutes plan_every{1};
/// A node that was away for less than this makes up for the time that it missed.
constexpr std::chrono::minutes plan_grace{1};
constexpr std::uint32_t live_every_ms_default = 30'000;
constexpr std::uint32_t live_timeout_ms_default = 5'000;
constexpr std::uint32_t live_failures_default = 3;
constexpr std::uint32_t ready_timeout_ms_default = 60'000;
constexpr std::uint32_t watch_delay_ms_default = 500;

/// What was checked when it was defined.
AnyOf checks_of(const RepeatedPtrField<std::string>& texts, CheckedFor purpose) {
  return parse_checks(texts, "", purpose).value_or(AnyOf());
}

milliseconds live_timeout(const ProcessConfig& config) {
  return milliseconds(config.has_live_timeout_ms() ? config.live_timeout_ms()
                                                   : live_timeout_ms_default);
}

milliseconds live_every(const ProcessConfig& config) {
  return milliseconds(config.has_live_every_ms() ? config.live_every_ms() : live_every_ms_default);
}

/// Often at first, and never so late that more than a tenth of the time was waited for nothing.
Moment next_round(Moment now, Moment asked_since) {
  return now + std::clamp<Moment>((now - asked_since) / 10, pause_least, pause_most);
}

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

}  // namespace

Vigil::Vigil(std::string run, const ProcessConfig& config, const runtime::Clock& clock)
    : run_(std::move(run)),
      config_(config),
      clock_(clock),
      readiness_(checks_of(config.ready(), CheckedFor::readiness), live_timeout(config)),
      startup_(checks_of(config.startup(), CheckedFor::liveness), live_timeout(config)),
      life_(checks_of(config.live(), CheckedFor::liveness), live_timeout(config)),
      asked_since_(clock.elapsed()),
      memory_at_(clock.elapsed() + memory_every) {}

Result<std::unique_ptr<Vigil>> Vigil::begin(const std::string& run, const ProcessConfig& config,
                                            std::vector<std::string> own_files,
                                            const runtime::Clock& clock,
                                            const runtime::Zone& zone) {
  const bool needed = !config.ready().empty() || !config.startup().empty() ||
                      !config.live().empty() || !config.watch().empty() ||
                      !config.cron_restart().empty() || config.memory_restart_bytes() > 0;
  if (!needed) return nullptr;
  std::unique_ptr<Vigil> vigil(new Vigil(run, config, clock));
  if (auto opened = vigil->open(std::move(own_files), zone); !opened) {
    return std::unexpected(opened.error());
  }
  return vigil;
}

Result<void> Vigil::open(std::vector<std::string> own_files, const runtime::Zone& zone) {
  if (!config_.cron_restart().empty()) {
    auto cron = parse_cron(config_.cron_restart());
    if (!cron) return std::unexpected(cron.error());
    auto named = config_.cron_zone().empty() ? zone : runtime::Zone::find(config_.cron_zone());
    if (!named) return fail(ErrorCode::config, "cron_zone: " + named.error().detail, "cron_zone");
    cron_ = *cron;
    zone_ = *named;
  }
  if (config_.watch().empty()) return {};
  const milliseconds quiet(config_.has_watch_delay_ms() ? config_.watch_delay_ms()
                                                        : watch_delay_ms_default);
  auto files = FileWatch::open({{config_.watch().begin(), config_.watch().end()},
                                {config_.watch_ignore().begin(), config_.watch_ignore().end()},
                                std::move(own_files),
                                quiet});
  if (!files) return std::unexpected(files.error());
  files_.emplace(std::move(*files));
  return {};
}

void Vigil::find(pb::Trouble trouble, std::string detail) {
  if (!finding_) finding_ = Finding{trouble, std::move(detail)};
}

void Vigil::look(const Sight& sight) {
  if (finding_) return;
  if (sight.online_at && !online_) come_online(*sight.online_at);
  if (!online_) {
    look_at_readiness(sight.has_said);
  } else if (!started_up_) {
    look_at_startup(sight.has_said);
  } else {
    look_at_life(sight.has_said);
  }
  look_at_memory(sight);
  look_at_files();
  look_at_plan();
}

void Vigil::come_online(Time online_at) {
  online_ = true;
  started_up_ = startup_.is_empty();
  asked_since_ = clock_.elapsed();
  life_.ask_at(asked_since_ + live_every(config_));
  if (cron_) {
    cron_at_ = runtime::next_time(*cron_, std::max(online_at, clock_.now() - plan_grace), zone_);
  }
}

void Vigil::look_at_readiness(const HasSaid& has_said) {
  if (ready_) return;
  const auto now = clock_.elapsed();
  const auto answer = readiness_.look(now, has_said);
  if (readiness_.is_empty()) ready_ = "";
  if (answer) readiness_.ask_at(next_round(now, asked_since_));
  if (answer && answer->held) ready_ = config_.ready(static_cast<int>(*answer->held));
  if (ready_ || now - asked_since_ < ready_timeout()) return;
  find(pb::TROUBLE_NEVER_READY, "it was not ready within " +
                                    std::to_string(ready_timeout().count()) +
                                    " ms: " + readiness_.missing(has_said));
}

milliseconds Vigil::ready_timeout() const {
  return milliseconds(config_.has_ready_timeout_ms() ? config_.ready_timeout_ms()
                                                     : ready_timeout_ms_default);
}

void Vigil::look_at_startup(const HasSaid& has_said) {
  const auto now = clock_.elapsed();
  const auto answer = startup_.look(now, has_said);
  if (!answer) return;
  startup_.ask_at(next_round(now, asked_since_));
  if (answer->held) {
    started_up_ = true;
    life_.ask_at(now + live_every(config_));
    return;
  }
  if (now - asked_since_ < ready_timeout()) return;
  find(pb::TROUBLE_NEVER_READY, "it has not come up within " +
                                    std::to_string(ready_timeout().count()) +
                                    " ms: " + answer->reasons);
}

void Vigil::look_at_life(const HasSaid& has_said) {
  const auto now = clock_.elapsed();
  const auto answer = life_.look(now, has_said);
  if (!answer) return;
  life_.ask_at(now + live_every(config_));
  failures_ = answer->held ? 0 : failures_ + 1;
  const auto most = config_.has_live_failures() ? config_.live_failures() : live_failures_default;
  if (failures_ < most) return;
  find(pb::TROUBLE_NOT_LIVE, "it is not well" +
                                 (most > 1 ? ", " + std::to_string(most) + " times in a row" : "") +
                                 ": " + answer->reasons);
}

void Vigil::look_at_memory(const Sight& sight) {
  const auto most = config_.memory_restart_bytes();
  if (most == 0 || clock_.elapsed() < memory_at_) return;
  memory_at_ = clock_.elapsed() + memory_every;
  const auto used = sight.memory_bytes();
  if (used <= most) return;
  find(pb::TROUBLE_OUTGROWN, "it uses " + mebibytes(used) + " of memory, more than " +
                                 mebibytes(most) + " (memory_restart_bytes)");
}

void Vigil::look_at_files() {
  if (!files_) return;
  const auto changed = files_->look(clock_.elapsed());
  if (!changed.empty()) find(pb::TROUBLE_FILES_CHANGED, changed + " has changed");
}

void Vigil::look_at_plan() {
  if (!cron_at_ || clock_.now() < *cron_at_) return;
  find(pb::TROUBLE_CRON, "it is time: " + config_.cron_restart() + " in " + zone_.name());
}

const Inquiry* Vigil::present() const {
  if (!online_) return ready_ ? nullptr : &readiness_;
  return started_up_ ? &life_ : &startup_;
}

void Vigil::add_to(std::vector<pollfd>& watched) const {
  if (finding_) return;
  if (const auto* inquiry = present()) inquiry->add_to(watched);
  if (files_) watched.push_back({files_->descriptor(), POLLIN, 0});
}

std::optional<Moment> Vigil::next_look() const {
  if (finding_) return std::nullopt;
  std::optional<Moment> next;
  const auto consider = [&next](std::optional<Moment> at) {
    if (at) next = next ? std::min(*next, *at) : *at;
  };
  if (const auto* inquiry = present()) consider(inquiry->next_look());
  if (!online_ && !ready_) consider(asked_since_ + ready_timeout());
  if (config_.memory_restart_bytes() > 0) consider(memory_at_);
  if (files_) consider(files_->due_at());
  if (cron_at_) {
    consider(clock_.elapsed() +
             std::clamp<Moment>(*cron_at_ - clock_.now(), Moment(0), plan_every));
  }
  return next;
}

}  // namespace nightshift::bridges::process
