// One thread that waits for the hour or a wish.
#include "runtime/upkeep/archivist.hpp"

#include "runtime/upkeep/daily.hpp"

namespace nightshift::runtime::upkeep {

using State = RetentionRun::State;

Archivist::Archivist(ArchivistOptions options)
    : options_(std::move(options)), routine_(*options_.clock, [this] { return turn(); }) {
  const auto& plan = options_.plan;
  view_.folder = plan.folder;
  view_.keep = plan.keep;
  if (is_wanted()) view_.next_at = next_daily(options_.clock->now(), plan.at, plan.zone);
}

Result<void> Archivist::is_wanted() const {
  if (options_.plan.keep.count() > 0) return {};
  return fail(ErrorCode::config,
              "nothing is archived here: say how long to keep what is at rest, with [retention] "
              "keep = \"365d\"",
              "retention.keep");
}

Result<void> Archivist::begin() {
  if (auto wanted = is_wanted(); !wanted) return wanted;
  {
    const std::lock_guard lock(mutex_);
    if (view_.run && view_.run->state == State::running) return {};
    view_.run = RetentionRun{
        .at = options_.clock->now(), .state = State::running, .outcome = {}, .error = {}};
  }
  routine_.wake();
  return {};
}

Result<Survey> Archivist::plan() {
  if (auto wanted = is_wanted(); !wanted) return std::unexpected(wanted.error());
  return survey(surroundings(), options_.clock->now() - options_.plan.keep);
}

RetentionView Archivist::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

RetentionSurroundings Archivist::surroundings() {
  return {.log = options_.log,
          .catalog = *options_.catalog,
          .custody = *options_.custody,
          .report = options_.report,
          .point = options_.point ? options_.point : [](std::string_view) {},
          .stopping = [this] { return routine_.stopping(); }};
}

std::optional<std::chrono::microseconds> Archivist::turn() {
  if (is_due()) run_once();
  const auto next = view().next_at;
  if (!next) return std::nullopt;
  return std::max(std::chrono::microseconds(0), *next - options_.clock->now());
}

bool Archivist::is_due() {
  const std::lock_guard lock(mutex_);
  if (view_.run && view_.run->state == State::running) return true;
  const auto now = options_.clock->now();
  if (!view_.next_at || *view_.next_at > now) return false;
  view_.next_at = next_daily(now, options_.plan.at, options_.plan.zone);
  view_.run = RetentionRun{.at = now, .state = State::running, .outcome = {}, .error = {}};
  return true;
}

void Archivist::run_once() {
  const auto now = options_.clock->now();
  Result<RetentionOutcome> outcome;
  if (auto found = plan())
    outcome = archive_aged(surroundings(), options_.plan.folder, found->going, now);
  else
    outcome = std::unexpected(found.error());
  {
    const std::lock_guard lock(mutex_);
    view_.run->state = outcome ? State::done : State::failed;
    if (outcome)
      view_.run->outcome = *outcome;
    else
      view_.run->error = outcome.error();
  }
  if (!outcome)
    return options_.report(true, "retention failed: " + std::string(outcome.error().message()));
  if (outcome->archives > 0)
    options_.report(false, "archived " + std::to_string(outcome->entities) + " entities with " +
                               std::to_string(outcome->records) + " events in " +
                               std::to_string(outcome->archives) + " files in " +
                               options_.plan.folder.string());
}

}  // namespace nightshift::runtime::upkeep
