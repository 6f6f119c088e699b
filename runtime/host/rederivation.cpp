// First the rows that a kind's entities should have, then those that they should not: the rows of
// deadlines lie in the order of time, so those of one entity cannot be found by its id.
#include "runtime/host/rederivation.hpp"

#include <exception>
#include <future>
#include <utility>

namespace nightshift::runtime::host {
namespace {

// Bounds of one step: what is in memory, and what a crash repeats.
constexpr std::size_t step_entities_max = 512;
constexpr std::size_t step_state_bytes_max = 1 << 20;

storage::WorkKey first_of(storage::WorkKind sort) {
  storage::WorkKey key;
  key.kind = sort;
  key.due = Time::min();
  return key;
}

}  // namespace

Rederivation::Rederivation(Surroundings surroundings, const kernel::Kind& kind)
    : surroundings_(std::move(surroundings)), log_(surroundings_.log), kind_(kind) {}

Result<void> Rederivation::run() {
  const auto done = is_done();
  if (!done) return std::unexpected(done.error());
  if (*done) return {};
  if (auto begun = begin(); !begun) return begun;
  if (auto made = make_rows(); !made) return made;
  for (const auto sort : {storage::WorkKind::effect, storage::WorkKind::deadline}) {
    if (auto dropped = drop_stale(sort); !dropped) return dropped;
  }
  mark_.set_under_way(false);
  mark_.clear_after();
  mark_.clear_states();
  if (auto finished = write({}); !finished) return finished;
  if (entities_ == 0) return {};
  surroundings_.report("the rows of " + std::to_string(entities_) + " entities of " +
                       std::string(kind_.name()) + " have been made anew");
  return {};
}

Result<bool> Rederivation::is_done() {
  auto stored = log_.derivation(kind_.name());
  if (!stored) return std::unexpected(stored.error());
  mark_.set_evolver(1);
  mark_.set_derivation(1);
  if (*stored && !mark_.ParseFromString(**stored)) {
    return fail(ErrorCode::corrupt,
                "the journal's mark of the derivation of " + std::string(kind_.name()) +
                    " cannot be read; restore a backup",
                std::string(kind_.name()));
  }
  return !mark_.under_way() && mark_.evolver() == kind_.evolver_version() &&
         mark_.derivation() == kind_.derivation_version();
}

Result<void> Rederivation::begin() {
  const bool fold_changed = mark_.evolver() != kind_.evolver_version();
  if (!fold_changed && mark_.derivation() == kind_.derivation_version()) return {};
  mark_.set_states(mark_.states() || fold_changed);
  mark_.set_evolver(kind_.evolver_version());
  mark_.set_derivation(kind_.derivation_version());
  mark_.set_under_way(true);
  mark_.clear_after();
  storage::Rederivation step;
  step.forget_index = true;
  return write(std::move(step));
}

Result<void> Rederivation::make_rows() {
  for (;;) {
    std::vector<std::string> ids;
    auto scanned = log_.scan_states(kind_.name(), mark_.after(), [&](std::string_view id, auto) {
      ids.emplace_back(id);
      return ids.size() < step_entities_max;
    });
    if (!scanned) return scanned;
    if (ids.empty()) return {};
    storage::Rederivation step;
    std::size_t bytes = 0;
    for (const auto& id : ids) {
      bytes += add(id, step);
      mark_.set_after(id);
      ++entities_;
      if (bytes > step_state_bytes_max) break;
    }
    if (auto written = write(std::move(step)); !written) return written;
  }
}

std::size_t Rederivation::add(const std::string& id, storage::Rederivation& step) {
  auto derived = derive({std::string(kind_.name()), id});
  if (!derived) return 0;
  const auto& state = *derived->state;
  for (const auto& [key, type] : derived->work) {
    if (const auto value = value_for(state, key, type)) {
      step.work.push_back({key, value->SerializeAsString()});
    }
  }
  storage::DerivedRows rows{id, std::move(derived->index), std::nullopt, state.offset()};
  if (mark_.states()) rows.state = derived->state->row();
  return step.entities.emplace_back(std::move(rows)).state.value_or("").size();
}

std::optional<WorkValue> Rederivation::value_for(const EntityState& state,
                                                 const storage::WorkKey& key,
                                                 const std::string& type) {
  auto value = stored(key);
  if (value && value->type() == type) return std::nullopt;
  if (!value) {
    value.emplace();
    // The last record made the state that asks for it.
    (void)log_.scan_entity(state.ref(), state.sequence(), [&](const auto& last) {
      Record record;
      if (record.ParseFromString(last.bytes)) {
        value->set_cause(record.cause());
        value->set_correlation(record.correlation());
      }
      return false;
    });
  }
  value->set_type(type);
  return value;
}

std::optional<WorkValue> Rederivation::stored(const storage::WorkKey& key) {
  std::optional<WorkValue> value;
  (void)log_.scan_work(key.kind, key, [&](const storage::WorkRow& row) {
    if (row.key == key) value.emplace().ParseFromString(row.value);
    return false;
  });
  return value;
}

Result<void> Rederivation::drop_stale(storage::WorkKind sort) {
  auto from = first_of(sort);
  for (;;) {
    storage::Rederivation step;
    auto scanned = log_.scan_work(sort, from, [&](const storage::WorkRow& row) {
      from = row.key;
      if (row.key.entity.kind != kind_.name() || !is_stale(row.key)) return true;
      step.work.push_back({row.key, std::nullopt});
      return step.work.size() < step_entities_max;
    });
    if (!scanned) return scanned;
    const bool last = step.work.size() < step_entities_max;
    if (!step.work.empty()) {
      if (auto written = write(std::move(step)); !written) return written;
    }
    if (last) return {};
  }
}

bool Rederivation::is_stale(const storage::WorkKey& key) {
  const auto derived = derive(key.entity);
  return derived && !is_under_way(*derived->state, key) && !derived->work.contains(key);
}

std::optional<Rederivation::Derived> Rederivation::derive(const EntityRef& entity) {
  std::string why;
  try {
    auto state = EntityState::load(log_, kind_, entity);
    if (state) {
      auto index = (*state)->entity().index();
      auto work = work_types(entity, (*state)->entity().pending());
      return Derived{std::move(*state), std::move(index), std::move(work)};
    }
    why = state.error().message();
  } catch (const std::exception& error) {
    why = error.what();
  }
  surroundings_.report(to_string(entity) + " keeps the rows of work that it has, and is not " +
                       "listed: " + why);
  return std::nullopt;
}

Result<void> Rederivation::write(storage::Rederivation step) {
  step.kind = kind_.name();
  step.mark = mark_.SerializeAsString();
  auto promise = std::make_shared<std::promise<Result<storage::Committed>>>();
  auto written = promise->get_future();
  log_.rederive(std::move(step), [promise](Result<storage::Committed> committed) {
    promise->set_value(std::move(committed));
  });
  if (surroundings_.drive) surroundings_.drive();
  if (auto result = written.get(); !result) {
    auto error = std::move(result.error());
    error.detail = "the rows of " + std::string(kind_.name()) +
                   " must be made anew before the node can start: " + std::string(error.message());
    return std::unexpected(std::move(error));
  }
  surroundings_.point("after_rederive");
  return {};
}

}  // namespace nightshift::runtime::host
