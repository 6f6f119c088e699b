// Surveys, opens, archives, hands over.
#include "runtime/upkeep/retention.hpp"

#include <algorithm>
#include <future>
#include <set>

#include "messages/tell.pb.h"
#include "runtime/host/entity_state.hpp"
#include "runtime/upkeep/archive.hpp"

namespace nightshift::runtime::upkeep {
namespace {

using host::EntityState;
using storage::WorkKind;

constexpr std::size_t ids_at_once = 256;
// Of one archive, and so of one batch of the log.
constexpr std::size_t entities_max = 512;
constexpr std::size_t records_max = 16'384;
// What goes in one batch of the log must fit into memory.
constexpr std::uint64_t events_max = 500'000;

using Entities = std::set<EntityRef>;

/// Everybody with open work, and everybody whom a Tell is on its way to.
Result<Entities> busy_entities(const storage::EventLog& log) {
  Entities busy;
  for (const auto sort : {WorkKind::effect, WorkKind::deadline, WorkKind::tell}) {
    storage::WorkKey first;
    first.kind = sort;
    first.due = Time::min();
    const auto scanned = log.scan_work(sort, first, [&](const storage::WorkRow& row) {
      busy.insert(row.key.entity);
      TellWork tell;
      if (sort == WorkKind::tell && tell.ParseFromString(row.value))
        busy.insert({tell.kind(), tell.id()});
      return true;
    });
    if (!scanned) return std::unexpected(scanned.error());
  }
  return busy;
}

bool has_ended(const kernel::Kind& kind, const EntityState& state) {
  const auto& phases = kind.phases();
  const auto at = std::ranges::find(phases, state.entity().phase(), &kernel::PhaseInfo::name);
  return at != phases.end() && kind.ends_in(static_cast<std::size_t>(at - phases.begin()));
}

std::string why_not_at_rest(const kernel::Kind& kind, const EntityState& state, bool busy) {
  const auto work = state.entity().pending();
  if (busy || !work.effects.empty() || !work.deadlines.empty())
    return "something is open: an effect, a deadline, or what entities tell each other";
  const auto answer = state.answer(work, 0, {});
  if (answer.stale) return "it has events that this version does not know";
  const bool unknown = std::ranges::any_of(answer.effects, [](const EffectView& effect) {
    return effect.state() == EFFECT_STATE_IN_PROGRESS ||
           effect.state() == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH;
  });
  if (unknown) return "it is not known what became of an effect";
  if (answer.sequence > events_max)
    return "it has more than " + std::to_string(events_max) + " events";
  if (!has_ended(kind, state)) return "it is " + answer.status + ", which is no end";
  return {};
}

class Surveyor {
 public:
  Surveyor(const RetentionSurroundings& around, Time older_than)
      : around_(around), older_than_(older_than) {}

  Result<Survey> run() {
    auto busy = busy_entities(around_.log);
    if (!busy) return std::unexpected(busy.error());
    busy_ = std::move(*busy);
    for (const auto* kind : around_.catalog.all()) {
      // Who may do what is read from them at every start.
      if (kind->contributes()) continue;
      if (auto looked = look_at(*kind); !looked) return std::unexpected(looked.error());
    }
    return std::move(survey_);
  }

 private:
  Result<void> look_at(const kernel::Kind& kind) {
    auto holds = around_.custody.holds(std::string(kind.name()));
    if (!holds) return std::unexpected(holds.error());
    std::string after;
    while (true) {
      std::string last;
      std::vector<std::string> old;
      std::size_t seen = 0;
      const auto scanned =
          around_.log.scan_states(kind.name(), after, [&](std::string_view id, auto row) {
            last = id;
            StateRow state;
            const bool readable = state.ParseFromArray(row.data(), static_cast<int>(row.size()));
            if (readable && time_from_us(state.updated_at_us()) >= older_than_)
              ++survey_.young;
            else
              old.emplace_back(id);
            return ++seen < ids_at_once;
          });
      if (!scanned) return scanned;
      for (const auto& id : old) judge(kind, {std::string(kind.name()), id}, *holds);
      if (seen < ids_at_once) return {};
      after = std::move(last);
      if (around_.stopping()) return fail(ErrorCode::stopping, "the survey was cut off");
    }
  }

  void judge(const kernel::Kind& kind, const EntityRef& entity, const Holds& holds) {
    Aged aged{.entity = entity, .status = {}, .events = 0, .newest_at = {}, .why = {}};
    const auto state = EntityState::load(around_.log, kind, entity);
    if (state) {
      const auto answer = (*state)->answer(0, {});
      aged.status = answer.status;
      aged.events = answer.sequence;
      aged.newest_at = answer.updated_at;
      // The row of a large state may be older than the entity.
      if (answer.updated_at >= older_than_) {
        ++survey_.young;
        return;
      }
      aged.why = why_not_at_rest(kind, **state, busy_.contains(entity));
    } else {
      aged.why = "it cannot be read: " + std::string(state.error().message());
    }
    if (const auto* held = holds.on(entity.id)) aged.why = "under hold: " + *held;
    if (const auto cause = around_.custody.quarantined(entity); !cause.empty())
      aged.why = "in quarantine: " + cause;
    (aged.why.empty() ? survey_.going : survey_.staying).push_back(std::move(aged));
  }

  const RetentionSurroundings& around_;
  const Time older_than_;
  Entities busy_;
  Survey survey_;
};

/// Entities of one kind on their way into one archive. They are opened so that whoever writes one
/// of them meanwhile is noticed when they are to be deleted.
class Load {
 public:
  Load(const RetentionSurroundings& around, const kernel::Kind& kind)
      : around_(around), kind_(kind), archival_(std::make_shared<storage::Archival>()) {}
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() {
    for (const auto& stream : archival_->streams) around_.log.close(stream.entity, stream.epoch);
  }

  /// False if it is not as it was surveyed.
  Result<bool> add(const Aged& aged) {
    auto opened = open(aged.entity);
    if (!opened) return std::unexpected(opened.error());
    auto& stream = archival_->streams.emplace_back();
    stream.entity = aged.entity;
    stream.epoch = opened->epoch;
    stream.sequence = opened->sequence;
    const auto state = EntityState::load(around_.log, kind_, aged.entity);
    const bool same = state && opened->sequence == aged.events &&
                      (*state)->sequence() == aged.events &&
                      why_not_at_rest(kind_, **state, false).empty();
    if (!same) return drop_last();
    stream.index = (*state)->entity().index();
    const auto read =
        around_.log.scan_entity(aged.entity, 1, [&](const storage::StoredRecord& record) {
          stream.leaves.push_back({record.offset, storage::leaf_of(record.salt, record.bytes)});
          return true;
        });
    if (!read) return std::unexpected(read.error());
    if (stream.leaves.size() != stream.sequence) return drop_last();
    for (const auto& leaf : stream.leaves) offsets_.push_back(leaf.offset);
    return true;
  }

  bool empty() const { return archival_->streams.empty(); }
  bool full() const {
    return archival_->streams.size() >= entities_max || offsets_.size() >= records_max;
  }
  std::size_t entities() const { return archival_->streams.size(); }
  std::size_t records() const { return offsets_.size(); }

  Result<void> archive(const std::filesystem::path& folder, Time now) {
    const auto name = archive_name(kind_.name(), now);
    const auto file = folder / name;
    std::ranges::sort(offsets_);
    const auto digest =
        make_archive(around_.log, offsets_, file, [&] { around_.point("archive_written"); });
    if (!digest) return std::unexpected(digest.error());
    archival_->tombstone.set_archive(name);
    archival_->tombstone.set_digest(std::string(as_bytes(*digest)));
    archival_->tombstone.set_archived_at_us(to_us(now));
    around_.point("archive_checked");
    auto gone = around_.custody.archive(std::string(kind_.name()), archival_);
    if (!gone && !is_open(gone.error().code)) {
      std::error_code ignored;
      std::filesystem::remove(file, ignored);
    }
    return gone;
  }

 private:
  /// What was asked for may have been done.
  static bool is_open(ErrorCode code) {
    return code == ErrorCode::unavailable || code == ErrorCode::timed_out ||
           code == ErrorCode::stopping;
  }

  Result<storage::Opened> open(const EntityRef& entity) {
    auto promise = std::make_shared<std::promise<Result<storage::Opened>>>();
    auto opened = promise->get_future();
    around_.log.open(entity, [promise](Result<storage::Opened> result) {
      promise->set_value(std::move(result));
    });
    return opened.get();
  }

  bool drop_last() {
    const auto& stream = archival_->streams.back();
    around_.log.close(stream.entity, stream.epoch);
    archival_->streams.pop_back();
    return false;
  }

  const RetentionSurroundings& around_;
  const kernel::Kind& kind_;
  const std::shared_ptr<storage::Archival> archival_;
  std::vector<std::uint64_t> offsets_;
};

/// Nothing was changed, and another run may find it otherwise.
bool is_passing(ErrorCode code) { return code == ErrorCode::conflict || code == ErrorCode::held; }

}  // namespace

const std::string* Holds::on(std::string_view id) const {
  const auto found = by_id.find(id);
  if (found != by_id.end()) return &found->second;
  return all ? &*all : nullptr;
}

Result<Survey> survey(const RetentionSurroundings& surroundings, Time older_than) {
  return Surveyor(surroundings, older_than).run();
}

Result<RetentionOutcome> archive_aged(const RetentionSurroundings& surroundings,
                                      const std::filesystem::path& folder,
                                      const std::vector<Aged>& going, Time now) {
  RetentionOutcome outcome;
  auto next = going.begin();
  while (next != going.end() && !surroundings.stopping()) {
    const auto* kind = surroundings.catalog.find(next->entity.kind);
    Load load(surroundings, *kind);
    for (; next != going.end() && next->entity.kind == kind->name() && !load.full(); ++next) {
      const auto added = load.add(*next);
      if (!added) return std::unexpected(added.error());
      if (!*added) ++outcome.postponed;
    }
    if (load.empty()) continue;
    if (auto gone = load.archive(folder, now); gone) {
      ++outcome.archives;
      outcome.entities += load.entities();
      outcome.records += load.records();
    } else if (is_passing(gone.error().code)) {
      outcome.postponed += load.entities();
      surroundings.report(false, "left for the next run: " + std::string(gone.error().message()));
    } else {
      return std::unexpected(gone.error());
    }
  }
  return outcome;
}

}  // namespace nightshift::runtime::upkeep
