// What follows when the log has answered.
#include "runtime/host/landing.hpp"

#include <utility>

namespace nightshift::runtime::host {
namespace {

void begin_work(Core& core, const std::vector<storage::WorkChange>& changes) {
  for (const auto& [key, value] : changes) {
    if (!value) continue;
    if (key.kind == storage::WorkKind::tell) {
      TellWork work;
      work.ParseFromString(*value);
      core.tells->want(key, std::move(work));
    }
    if (key.kind != storage::WorkKind::effect && key.kind != storage::WorkKind::deadline) continue;
    WorkValue why;
    why.ParseFromString(*value);
    if (key.kind == storage::WorkKind::effect) core.effects->want({key.entity, key.name}, why);
    if (key.kind == storage::WorkKind::deadline) core.deadlines->add(key, why);
  }
}

void reply(Landing& landing) {
  if (!landing.call) return;
  if (landing.refusal) return landing.call->answer(std::unexpected(std::move(*landing.refusal)));
  if (landing.takes_offset) landing.answer->position.offset = landing.lane->offset;
  landing.call->answer(*landing.answer);
}

void landed(Landing& landing, const storage::Committed& committed) {
  auto& lane = *landing.lane;
  auto& core = *lane.core;
  core.point("after_sync");
  if (landing.has_records) lane.offset = committed.offset;
  if (landing.contribution) core.authority.set(lane.entity, std::move(*landing.contribution));
  begin_work(core, landing.work);
  if (landing.then) landing.then(core, true);
  core.point("before_answer");
  reply(landing);
  core.watchers.durable(core.log, committed.offset);
}

void refused(Landing& landing, Error error) {
  auto& lane = *landing.lane;
  auto& core = *lane.core;
  if (error.code == ErrorCode::unavailable) core.log_failed(error);
  if (!lane.lost.exchange(true)) {
    core.router->send_to(lane.entity, lane.activation, Lost{lane.epoch, error});
  }
  if (landing.then) landing.then(core, false);
  if (!landing.call) return;
  if (error.code == ErrorCode::unavailable) error.instance = landing.call->id();
  // The fence is the host's business: the caller may simply try again.
  if (error.code == ErrorCode::conflict) error.detail.clear();
  landing.call->answer(std::unexpected(std::move(error)));
}

/// Counts one append as answered, whatever comes of it.
class Answered {
 public:
  explicit Answered(std::shared_ptr<Lane> lane) : lane_(std::move(lane)) {}
  Answered(const Answered&) = delete;
  Answered& operator=(const Answered&) = delete;
  ~Answered() {
    lane_->answered.fetch_add(1);
    lane_->core->outstanding.fetch_sub(1);
  }

 private:
  // Kept until the counters are lowered: the landing may be all that holds it.
  const std::shared_ptr<Lane> lane_;
};

void finish(Landing& landing, Result<storage::Committed> committed) {
  const Answered answered(landing.lane);
  if (committed) {
    landed(landing, *committed);
  } else {
    refused(landing, std::move(committed.error()));
  }
}

}  // namespace

Landing landing_on(std::shared_ptr<Lane> lane, std::unique_ptr<Call> call) {
  Landing landing;
  landing.lane = std::move(lane);
  landing.call = std::move(call);
  return landing;
}

void submit(storage::Append append, Landing landing) {
  auto& lane = *landing.lane;
  auto& core = *lane.core;
  ++lane.submitted;
  core.outstanding.fetch_add(1);
  if (landing.call) landing.call->submitted();
  core.point("before_append");
  core.log.submit(std::move(append), [landing = std::move(landing)](
                                         Result<storage::Committed> committed) mutable {
    auto& completion = landing.lane->core->completion;
    completion.pass([landing = std::move(landing), committed = std::move(committed)]() mutable {
      finish(landing, std::move(committed));
    });
  });
}

void answer_now(Landing landing) { reply(landing); }

}  // namespace nightshift::runtime::host
