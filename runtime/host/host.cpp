// The node: edge checks, start, time, stop.
#include "runtime/host/host.hpp"

#include <algorithm>
#include <condition_variable>
#include <utility>

#include "runtime/host/inspection.hpp"
#include "runtime/host/owner.hpp"
#include "runtime/host/rederivation.hpp"
#include "runtime/host/turns.hpp"

namespace nightshift::runtime::host {
namespace {

constexpr std::size_t reader_threads = 2;

std::shared_ptr<Core> make_core(storage::EventLog& log, const Catalog& catalog, Clock& clock,
                                const std::vector<std::shared_ptr<Executor>>& executors,
                                NodeOptions options) {
  auto core = std::make_shared<Core>(log, catalog, clock, std::move(options));
  const auto& identity = log.identity();
  core->facts = {.name = identity.node(),
                 .role = identity.role(),
                 .capabilities = {identity.capabilities().begin(), identity.capabilities().end()},
                 .policy_version = identity.policy_version(),
                 .executors = {},
                 .data = core->options.data};
  for (const auto& executor : executors) {
    core->facts.executors.emplace(executor->effect_type(), executor->targets());
  }
  core->log_id = identity.log_id();
  core->boot_epoch = log.boot_epoch();
  core->load->commands_max = core->options.commands_in_flight_max;
  core->load->bytes_max = core->options.bytes_in_flight_max;
  return core;
}

}  // namespace

Host::Host(std::shared_ptr<storage::EventLog> log, std::shared_ptr<const Catalog> catalog,
           std::shared_ptr<Clock> clock, std::vector<std::shared_ptr<Executor>> executors,
           NodeOptions options, HostMode mode)
    : log_(std::move(log)),
      catalog_(std::move(catalog)),
      clock_(std::move(clock)),
      mode_(std::move(mode)),
      reading_(*log_, *catalog_),
      core_(make_core(*log_, *catalog_, *clock_, executors, std::move(options))),
      actors_(Actors::start({core_->options.threads, mode_.deterministic})) {
  auto& core = *core_;
  for (const auto& executor : executors) {
    if (auto surveyor = std::dynamic_pointer_cast<Surveyor>(executor)) {
      surveyors_.emplace(executor->effect_type(), std::move(surveyor));
    }
  }
  core.abroad = mode_.abroad;
  core.readers = std::make_unique<Workers>(mode_.deterministic ? 0 : reader_threads);
  core.router = std::make_unique<Router>(
      [this](const EntityRef& entity, std::uint64_t activation) {
        return spawn(entity, activation);
      },
      core.options.commands_per_entity_max);
  tree_ = std::make_unique<LivingTree>(tree_parts());
  branches_ = host_branches(core, {.executors = std::move(executors),
                                   .tick = [this] { return tick(); },
                                   .deterministic = mode_.deterministic});
}

LivingTree::Parts Host::tree_parts() {
  auto& core = *core_;
  const auto end = [&core](ProcessEnd how) {
    return [&core, how](const Error& error) { core.end_process(how, error); };
  };
  LivingTree::Parts parts{.actors = *actors_,
                          .clock = *clock_,
                          .report = [&core](std::string_view line) { core.report(line); },
                          .gave_up = end(ProcessEnd::failed),
                          .asked = end(ProcessEnd::asked),
                          .stuck = end(ProcessEnd::stuck),
                          .step = {},
                          .entities = [&core] { return core.quarantine.view(); },
                          .kill_entity = [this](const auto& entity) { return kill(entity); },
                          .resume_entity = [this](const auto& entity) { return resume(entity); }};
  if (mode_.deterministic) parts.step = [this] { actors_->step(0); };
  return parts;
}

Result<void> Host::rederive() {
  const Rederivation::Surroundings surroundings{
      .log = *log_,
      .drive = mode_.drive,
      .report = [this](std::string_view line) { core_->report(line); },
      .point = [this](std::string_view name) { core_->point(name); }};
  for (const auto* kind : catalog_->all()) {
    if (auto done = Rederivation(surroundings, *kind).run(); !done) return done;
  }
  return {};
}

Result<void> Host::start() {
  if (auto known = catalog_->check(); !known) return known;
  if (auto made = rederive(); !made) return made;
  if (auto loaded = core_->authority.load(*log_, *catalog_); !loaded) return loaded;
  if (auto started = tree_->start(std::move(branches_)); !started) return started;
  if (core_->abroad) {
    core_->abroad->open(*this, [this](Command command, Telling telling, Reply reply) {
      hear(std::move(command), std::move(telling), std::move(reply));
    });
  }
  return {};
}

Host::~Host() {
  core_->calls->stopping = true;
  if (core_->abroad) core_->abroad->close();
  if (mode_.deterministic) {
    tree_->abandon();
  } else {
    tree_->stop();
    // What the log still answers is passed on.
    core_->completion.open({});
  }
  core_->readers->stop();
  core_->router->stop();
  actors_.reset();
  if (!mode_.deterministic) drain();
  core_->completion.drop();
}

Result<void> Host::kill(const EntityRef& entity) {
  if (!core_->router->end(entity)) {
    return fail(ErrorCode::not_found,
                to_string(entity) + " is not active: nothing runs to be killed", to_string(entity));
  }
  core_->restarts.fetch_add(1);
  core_->quarantine.killed(entity);
  return {};
}

Result<void> Host::resume(const EntityRef& entity) {
  if (!core_->quarantine.lift(entity)) {
    return fail(ErrorCode::not_found, to_string(entity) + " is not quarantined", to_string(entity));
  }
  core_->report(to_string(entity) + " was taken out of quarantine");
  core_->router->end(entity);
  return take_up_turned_away(*core_, entity);
}

void Host::drain() {
  // The log answers soon, or never if nobody drives it; the answers hold what they need.
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const auto step = std::chrono::milliseconds(1);
  for (int i = 0; i < 2000 && core_->outstanding > 0; ++i) never.wait_for(lock, step);
}

std::unique_ptr<Mailbox> Host::spawn(const EntityRef& entity, std::uint64_t activation) {
  const auto* kind = catalog_->find(entity.kind);
  auto owner = std::make_unique<Owner>(core_, *kind, entity, activation);
  return actors_->spawn(std::move(owner), [&core = *core_, entity, activation](auto what) {
    core.restarts.fetch_add(1);
    const bool again = core.quarantine.failed(entity, what);
    core.report(to_string(entity) + (again ? ": its actor crashed: " : " is quarantined: ") +
                std::string(what));
    core.router->leave(entity, activation);
  });
}

void Host::send_abroad(const std::string& home, Command command, Reply reply) {
  core_->abroad->submit(
      home, std::move(command), true,
      [reply = std::move(reply)](Result<std::variant<Answer, Waiting>> sent) mutable {
        if (!sent) return reply(std::unexpected(std::move(sent.error())));
        if (auto* answer = std::get_if<Answer>(&*sent)) return reply(std::move(*answer));
        const auto& waiting = std::get<Waiting>(*sent);
        reply(fail(ErrorCode::timed_out,
                   "the command waits in the outbox for " + waiting.node + ", which is away",
                   waiting.command_id));
      });
}

void Host::hear(Command command, Telling telling, Reply reply) {
  if (auto fit = inspect(*catalog_, command); !fit) {
    return reply(std::unexpected(std::move(fit.error())));
  }
  const auto target = command.entity;
  auto call = std::make_unique<Call>(std::move(command), std::move(reply), core_->calls);
  call->set_telling(std::move(telling));
  core_->send(target, Deliver{std::move(call)});
}

void Host::submit(Command command, Reply reply) {
  if (core_->abroad && !command.caller.host) {
    if (const auto home = core_->abroad->home_of(command.entity)) {
      return send_abroad(*home, std::move(command), std::move(reply));
    }
  }
  const auto refuse = [&](Error error) {
    core_->calls->refused.fetch_add(1, std::memory_order_relaxed);
    reply(std::unexpected(std::move(error)));
  };
  if (auto fit = inspect(*catalog_, command); !fit) return refuse(std::move(fit.error()));
  auto call = std::make_unique<Call>(std::move(command), std::move(reply), core_->calls);
  auto admission = Admission::take(core_->load, call->bytes());
  if (!admission) return call->answer(fail(ErrorCode::overloaded));
  call->admit(std::move(*admission));
  if (!survey(call)) core_->router->deliver(std::move(call), clock_->elapsed());
}

bool Host::survey(std::unique_ptr<Call>& call) {
  const auto wanted = [&](const auto& surveyor) {
    return surveyor.second->surveys(*call->command().body);
  };
  const auto found = std::ranges::find_if(surveyors_, wanted);
  if (found == surveyors_.end()) return false;
  core_->readers->post([this, &surveyor = *found, call = std::move(call)]() mutable {
    const auto& command = call->command();
    Result<Survey> survey;
    try {
      auto targets = surveyor.second->survey(command.entity, *command.body);
      if (targets) {
        survey = Survey{surveyor.first, std::move(*targets)};
      } else {
        survey = std::unexpected(std::move(targets.error()));
      }
    } catch (const std::exception& error) {
      core_->report("what " + to_string(command.entity) + " needs for " +
                    command.body->GetDescriptor()->name() + " was not found: " + error.what());
      survey = fail(ErrorCode::bug, error.what(), to_string(command.entity));
    }
    call->set_survey(std::move(survey));
    core_->router->deliver(std::move(call), clock_->elapsed());
  });
  return true;
}

std::shared_ptr<const Authority> Host::authority() const { return core_->authority.snapshot(); }

Node::Watch Host::watch(std::function<void(std::uint64_t)> notify) {
  return core_->watchers.add(std::move(notify));
}

std::chrono::microseconds Host::sweep() {
  const auto now = clock_->elapsed();
  const auto idle =
      std::chrono::duration_cast<std::chrono::microseconds>(core_->options.idle_after);
  const auto interval = std::max<std::chrono::microseconds>(idle / 4, std::chrono::milliseconds(5));
  if (now < swept_at_ + interval) return swept_at_ + interval - now;
  swept_at_ = now;
  core_->router->sweep(now - idle);
  return interval;
}

std::optional<std::chrono::microseconds> Host::tick() {
  std::optional<std::chrono::microseconds> next = core_->effects->poll();
  const auto earlier = [&](std::optional<std::chrono::microseconds> other) {
    if (other) next = next ? std::min(*next, *other) : *other;
  };
  earlier(core_->tells->poll());
  auto due = core_->deadlines->poll();
  if (due) {
    earlier(*due);
  } else {
    core_->report("deadlines cannot be read: " + std::string(due.error().message()));
    earlier(std::chrono::seconds(1));
  }
  earlier(sweep());
  return next;
}

NodeStats Host::stats() const {
  const auto& effects = core_->effect_counters;
  NodeStats stats;
  stats.commands_accepted = core_->calls->accepted;
  stats.commands_refused = core_->calls->refused;
  stats.commands_in_flight = core_->load->commands;
  stats.entities_active = core_->router->active();
  stats.entities_restarted = core_->restarts;
  stats.entities_quarantined = core_->quarantine.size();
  stats.parts_restarted = tree_->restarts();
  stats.effects_dispatched = effects.dispatched;
  stats.effects_committed = effects.committed;
  stats.effects_failed = effects.failed;
  stats.effects_unknown = effects.unknown;
  stats.deadlines_fired = core_->deadlines_fired + core_->deadlines->fired();
  stats.tells_accepted = core_->tell_counters.accepted;
  stats.tells_refused = core_->tell_counters.refused;
  stats.tells_waiting = core_->tells->waiting().size();
  stats.boot_epoch = core_->boot_epoch;
  stats.log = log_->stats();
  return stats;
}

std::vector<Error> Host::obstacles() const {
  std::vector<Error> found;
  if (core_->calls->stopping) found.push_back({ErrorCode::stopping, {}, {}});
  if (core_->failed) {
    found.push_back(
        {ErrorCode::unavailable, "the node has stopped and starts anew; its log says why", {}});
  }
  if (log_->stats().full) {
    found.push_back({ErrorCode::no_space,
                     "the disk that holds the journal is full; commands are refused until there is "
                     "room, reading goes on",
                     {}});
  }
  return found;
}

Result<Answer> Host::get(const EntityRef& entity) const {
  const Turn turn(entity, "its view");
  auto answer = reading_.get(entity);
  if (answer) answer->quarantined = core_->quarantine.cause(entity).value_or(std::string());
  return answer;
}

std::vector<WaitingTell> Host::waiting_tells() const { return core_->tells->waiting(); }

Result<std::unique_ptr<Host>> start(std::shared_ptr<storage::EventLog> log,
                                    std::shared_ptr<const Catalog> catalog,
                                    std::shared_ptr<Clock> clock,
                                    std::vector<std::shared_ptr<Executor>> executors,
                                    NodeOptions options, HostMode mode) {
  auto host = std::make_unique<Host>(std::move(log), std::move(catalog), std::move(clock),
                                     std::move(executors), std::move(options), std::move(mode));
  if (auto started = host->start(); !started) return std::unexpected(started.error());
  return host;
}

}  // namespace nightshift::runtime::host
