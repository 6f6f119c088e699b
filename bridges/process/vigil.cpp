// Asks in rounds.
#include "bridges/process/vigil.hpp"

#include <algorithm>

#include "runtime/cron.hpp"

namespace nightshift::bridges::process {
namespace {

namespace pb = nightshift::process;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds ready_every{50};
constexpr milliseconds startup_every{500};
constexpr milliseconds memory_every{2'000};
constexpr std::uint32_t live_every_ms_default = 30'000;
constexpr std::uint32_t live_timeout_ms_default = 5'000;
constexpr std::uint32_t live_failures_default = 3;
constexpr std::uint32_t watch_delay_ms_default = 500;

AnyOf checks_of(const google::protobuf::RepeatedPtrField<std::string>& texts,
                CheckedFor purpose) {
  return parse_checks(texts, "checks", purpose).value_or(AnyOf());
}

bool is_from_outside(const Check& check) {
  return check.way == Check::Way::tcp || check.way == Check::Way::http;
}

}  // namespace

Vigil::Vigil(const ProcessConfig& config, const runtime::Clock& clock, const std::string& zone)
    : config_(config),
      clock_(clock),
      zone_(config.cron_zone().empty() ? zone : config.cron_zone()),
      ready_(checks_of(config.ready(), CheckedFor::readiness)),
      live_(checks_of(config.live(), CheckedFor::liveness)),
      startup_(checks_of(config.startup(), CheckedFor::liveness)),
      ask_at_(clock.elapsed()),
      memory_at_(clock.elapsed() + memory_every) {
  startup_passed_ = startup_.empty();
  if (!config_.cron_restart().empty()) {
    const auto cron = runtime::parse_cron(config_.cron_restart());
    if (cron) cron_at_ = runtime::next_time(*cron, clock_.now(), zone_);
  }
  if (!config_.watch().empty()) {
    const milliseconds quiet(config_.has_watch_delay_ms() ? config_.watch_delay_ms()
                                                          : watch_delay_ms_default);
    files_.emplace(config_.watch(), config_.watch_ignore(), quiet);
  }
}

void Vigil::add_to(std::vector<std::pair<int, short>>& descriptors) const {
  for (const auto& all : probes_) {
    for (const auto& probe : all) {
      if (probe && probe->descriptor() >= 0) {
        descriptors.emplace_back(probe->descriptor(), probe->events());
      }
    }
  }
  if (files_) descriptors.emplace_back(files_->descriptor(), FileWatch::events);
}

std::optional<microseconds> Vigil::next_look() const {
  std::optional<microseconds> next;
  const auto consider = [&next](microseconds at) { next = next ? std::min(*next, at) : at; };
  if (asking_) {
    for (const auto& all : probes_) {
      for (const auto& probe : all) {
        if (probe && probe->state() == ProbeState::under_way) consider(probe->deadline());
      }
    }
  }
  if (!asking_ && (!ready_.empty() || !live_.empty())) consider(ask_at_);
  if (config_.memory_restart_bytes() > 0) consider(memory_at_);
  if (cron_at_) consider(clock_.elapsed() + std::min(*cron_at_ - clock_.now(), microseconds(60'000'000)));
  if (files_ && files_->due_at()) consider(*files_->due_at());
  return next;
}

const AnyOf& Vigil::question_of(bool online) {
  if (!online) return ready_;
  return startup_passed_ ? live_ : startup_;
}

void Vigil::ask(bool online) {
  const milliseconds timeout(config_.has_live_timeout_ms() ? config_.live_timeout_ms()
                                                           : live_timeout_ms_default);
  asked_ = &question_of(online);
  probes_.clear();
  for (const auto& all : *asked_) {
    auto& row = probes_.emplace_back();
    for (const auto& check : all) {
      row.push_back(is_from_outside(check)
                        ? std::make_unique<Probe>(check, clock_.elapsed() + timeout)
                        : nullptr);
    }
  }
  asking_ = !asked_->empty();
}

bool Vigil::is_answered() const {
  return std::ranges::all_of(probes_, [](const auto& row) {
    return std::ranges::all_of(row, [](const auto& probe) {
      return !probe || probe->state() != ProbeState::under_way;
    });
  });
}

std::optional<std::size_t> Vigil::held(const HasSaid& has_said) const {
  for (std::size_t i = 0; i < asked_->size(); ++i) {
    const auto& all = (*asked_)[i];
    bool holds = true;
    for (std::size_t j = 0; j < all.size(); ++j) {
      const auto& probe = probes_[i][j];
      holds &= probe ? probe->state() == ProbeState::holds : has_said(all[j]);
    }
    if (holds) return i;
  }
  return std::nullopt;
}

std::optional<Finding> Vigil::look(bool online, const HasSaid& has_said,
                                   const std::function<std::uint64_t()>& memory_bytes) {
  if (auto finding = look_at_answers(online, has_said)) return finding;
  if (!online) return std::nullopt;
  if (config_.memory_restart_bytes() > 0 && clock_.elapsed() >= memory_at_) {
    memory_at_ = clock_.elapsed() + memory_every;
    const auto used = memory_bytes();
    if (used > config_.memory_restart_bytes()) {
      return Finding{.trouble = pb::TROUBLE_OUTGROWN,
                     .detail = "it uses " + std::to_string(used >> 20) + " MiB, more than " +
                               std::to_string(config_.memory_restart_bytes() >> 20)};
    }
  }
  return look_at_plans();
}

std::optional<Finding> Vigil::look_at_answers(bool online, const HasSaid& has_said) {
  const auto now = clock_.elapsed();
  if (asking_ && asked_ != &question_of(online)) asking_ = false;
  if (!asking_) {
    // What it says by itself is heard at once, between two rounds as well.
    const bool due = now >= ask_at_ || (!online && !ready_.empty());
    if (!due || question_of(online).empty()) return std::nullopt;
    ask(online);
  }
  for (const auto& row : probes_) {
    for (const auto& probe : row) {
      if (probe) probe->go_on(now);
    }
  }
  const auto which = held(has_said);
  if (!which && !is_answered()) return std::nullopt;
  asking_ = false;
  probes_.clear();
  return conclude(online, which);
}

std::optional<Finding> Vigil::conclude(bool online, std::optional<std::size_t> which) {
  const auto now = clock_.elapsed();
  if (!online) {
    ask_at_ = now + ready_every;
    if (!which) return std::nullopt;
    return Finding{.ready = true, .detail = config_.ready(static_cast<int>(*which))};
  }
  if (!startup_passed_) {
    startup_passed_ = which.has_value();
    ask_at_ = now + startup_every;
    return std::nullopt;
  }
  ask_at_ = now + milliseconds(config_.has_live_every_ms() ? config_.live_every_ms()
                                                           : live_every_ms_default);
  failures_ = which ? 0 : failures_ + 1;
  const auto most = config_.has_live_failures() ? config_.live_failures() : live_failures_default;
  if (failures_ < std::max(most, 1u)) return std::nullopt;
  failures_ = 0;
  std::string words;
  for (const auto& text : config_.live()) words += (words.empty() ? "" : " or ") + text;
  return Finding{.trouble = pb::TROUBLE_NOT_LIVE,
                 .detail = "it is not well: " + words + " did not hold " + std::to_string(most) +
                           (most == 1 ? " time" : " times in a row")};
}

std::optional<Finding> Vigil::look_at_plans() {
  if (cron_at_ && clock_.now() >= *cron_at_) {
    cron_at_.reset();
    return Finding{.trouble = pb::TROUBLE_CRON,
                   .detail = "it is time: " + config_.cron_restart() + ", " + zone_};
  }
  if (!files_) return std::nullopt;
  const auto changed = files_->look(clock_.elapsed());
  if (changed.empty()) return std::nullopt;
  return Finding{.trouble = pb::TROUBLE_FILES_CHANGED, .detail = changed + " has changed"};
}

}  // namespace nightshift::bridges::process
