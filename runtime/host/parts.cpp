// The parts of the host. A part that is stopped stays reachable for those who still call it, and
// does nothing; the next one takes its place and reads from the log what that one missed.
#include "runtime/host/parts.hpp"

#include <algorithm>
#include <utility>

#include "runtime/host/tell_posts.hpp"
#include "runtime/host/watchdog.hpp"

namespace nightshift::runtime::host {
namespace {

using supervision::Component;
using supervision::Failed;
using supervision::Health;
using supervision::Part;
using supervision::Strategy;
using Made = Result<std::unique_ptr<Component>>;

/// A part whose work is done by objects of the core.
class Handle final : public Component {
 public:
  Handle(std::function<void()> stop, std::function<Health()> health)
      : stop_(std::move(stop)), health_(std::move(health)) {}
  ~Handle() override { stop_(); }
  Health health() const override { return health_(); }

 private:
  std::function<void()> stop_;
  std::function<Health()> health_;
};

Health fine() { return {}; }

Made handle(std::function<void()> stop, std::function<Health()> health = fine) {
  return std::make_unique<Handle>(std::move(stop), std::move(health));
}

Part journal(Core& core) {
  return {.name = "journal", .start = [&core](const Failed&) {
            return handle([] {}, [&core] { return Health{core.log.stats().queued, {}}; });
          }};
}

Part completion(Core& core) {
  return {.name = "completion", .start = [&core](Failed failed) {
            core.completion.open(std::move(failed));
            return handle([&core] { core.completion.close(); },
                          [&core] { return Health{core.completion.parked(), {}}; });
          }};
}

Part readers(Core& core) {
  return {.name = "readers", .start = [&core](const Failed&) {
            core.readers->resume();
            return handle([&core] { core.readers->pause(); },
                          [&core] { return Health{core.readers->queued(), {}}; });
          }};
}

Part feeds(Core& core) {
  return {.name = "feeds", .start = [&core](Failed failed) {
            core.watchers.start(core.log.head().offset, std::move(failed));
            return handle([&core] { core.watchers.stop(); });
          }};
}

/// An owner may be ended before it reads a mail: whoever does the part's work by then tries again.
template <class Again>
std::shared_ptr<Duty> unless_read(Core& core, Again again) {
  return std::make_shared<Duty>([&core, again = std::move(again)] {
    if (!core.calls->stopping) again(core);
  });
}

void send_to_owner(Core& core, const EntityRef& entity, Mail mail) {
  if (auto* dispatch = std::get_if<Dispatch>(&mail)) {
    dispatch->duty = unless_read(core, [key = EffectKey{entity, dispatch->effect_id}](Core& later) {
      later.effects->later(key);
    });
  }
  if (auto* report = std::get_if<Report>(&mail)) {
    report->duty = unless_read(core, [entity, told = *report](Core& later) {
      later.effects->report_later({entity, told.effect_id}, told);
    });
  }
  core.send(entity, std::move(mail));
}

/// Rows of open work, from that one on.
template <class Row>
Result<void> scan(Core& core, const storage::WorkKey& from, Row row) {
  return core.log.scan_work(from.kind, from, [&](const auto& found) {
    WorkValue why;
    why.ParseFromString(found.value);
    return row(found.key, why);
  });
}

/// The open effects of one entity, or of all.
Result<void> want_effects(Core& core, const std::optional<EntityRef>& entity) {
  storage::WorkKey from;
  from.kind = storage::WorkKind::effect;
  from.entity = entity.value_or(EntityRef());
  return scan(core, from, [&](const auto& key, const auto& why) {
    if (entity && key.entity != *entity) return false;
    core.effects->want({key.entity, key.name}, why);
    return true;
  });
}

std::shared_ptr<Effects> make_effects(Core& core, const PartsOptions& options) {
  const auto threads = std::max<std::size_t>(1, core.options.effect_threads);
  return std::make_shared<Effects>(
      Effects::Parts{.executors = options.executors,
                     .clock = core.clock,
                     .counters = core.effect_counters,
                     .backoff = core.options.effect_backoff,
                     .threads = options.deterministic ? 0 : threads,
                     .send = [&core](const EntityRef& entity,
                                     Mail mail) { send_to_owner(core, entity, std::move(mail)); },
                     .point = [&core](std::string_view name) { core.point(name); },
                     .report = [&core](std::string_view line) { core.report(line); },
                     .wake = [&core] { core.ticker.wake(); }});
}

Part effects(Core& core, const PartsOptions& options) {
  return {.name = "effects", .start = [&core, options](const Failed&) -> Made {
            const auto made = make_effects(core, options);
            core.effects.put(made);
            if (auto wanted = want_effects(core, {}); !wanted) {
              return std::unexpected(wanted.error());
            }
            return handle([made] { made->stop(); }, [made] { return Health{made->open(), {}}; });
          }};
}

Part deadlines(Core& core) {
  return {.name = "deadlines", .start = [&core](const Failed&) {
            const auto made = std::make_shared<Deadlines>(
                core.log, core.clock,
                [&core](const storage::WorkKey& key, const WorkValue& why,
                        std::shared_ptr<void> place) {
                  const auto duty = unless_read(
                      core, [key, why](Core& later) { later.deadlines->again(key, why); });
                  core.send(key.entity, Fire{key, why, std::move(place), duty});
                },
                [&core] { core.ticker.wake(); });
            if (const auto gone = core.deadlines.put(made)) core.deadlines_fired += gone->fired();
            core.ticker.wake();
            return handle([] {}, [made] { return Health{made->waiting(), {}}; });
          }};
}

Part tells(Core& core) {
  return {.name = "tells", .start = [&core](Failed) -> Made {
            const auto made = make_tells(core);
            core.tells.put(made);
            if (auto found = made->find(); !found) return std::unexpected(found.error());
            core.ticker.wake();
            return handle([] {}, [made] { return Health{made->open(), {}}; });
          }};
}

Part ticker(Core& core, const PartsOptions& options) {
  return {.name = "ticker", .start = [&core, options](const Failed& failed) {
            if (options.deterministic) return handle([] {});
            core.ticker.start(
                [tick = options.tick, failed]() -> std::optional<std::chrono::microseconds> {
                  try {
                    return tick();
                  } catch (const std::exception& error) {
                    failed(error.what());
                    return std::nullopt;
                  }
                });
            return handle([&core] { core.ticker.stop(); });
          }};
}

/// Its end is the end of every entity's actor; the next mail to each starts another.
Part router(Core& core) {
  return {.name = "router", .start = [&core](const Failed&) {
            return handle([&core] { core.router->end_all(); },
                          [&core] { return Health{core.load->commands, {}}; });
          }};
}

}  // namespace

Result<void> take_up_turned_away(Core& core, const EntityRef& entity) {
  if (auto wanted = want_effects(core, entity); !wanted) return wanted;
  core.tells->hurry(entity);
  const auto now = core.clock.now();
  storage::WorkKey from;
  from.kind = storage::WorkKind::deadline;
  return scan(core, from, [&](const auto& key, const auto& why) {
    // The others have not fired yet.
    if (key.due > now) return false;
    if (key.entity == entity) core.deadlines->add(key, why);
    return true;
  });
}

Branch host_branches(Core& core, const PartsOptions& options) {
  const auto intensity = core.options.intensity;
  // What an earlier part of the work has missed, those behind it read again from the log.
  Branch work{.name = "work",
              .rules = {Strategy::rest_for_one, intensity},
              .branches = {},
              .parts = {completion(core), readers(core)}};
  if (!options.deterministic) work.parts.push_back(feeds(core));
  work.parts.push_back(effects(core, options));
  work.parts.push_back(deadlines(core));
  work.parts.push_back(tells(core));
  work.parts.push_back(ticker(core, options));
  Branch entities{.name = "entities",
                  .rules = {Strategy::one_for_one, intensity},
                  .branches = {},
                  .parts = {router(core)}};
  if (!options.deterministic && core.options.step_cpu_max.count() > 0) {
    entities.parts.push_back(watchdog(core));
  }
  const supervision::Rules one_for_one{Strategy::one_for_one, intensity};
  Branch storage{.name = "storage", .rules = one_for_one, .branches = {}, .parts = {journal(core)}};
  Branch bridges{.name = "bridges", .rules = one_for_one, .branches = {}, .parts = {}};
  return {
      .name = "node",
      .rules = {Strategy::rest_for_one, intensity},
      .branches = {std::move(storage), std::move(work), std::move(entities), std::move(bridges)},
      .parts = {}};
}

}  // namespace nightshift::runtime::host
