// The actors on CAF: one event-based actor per resident or strand, one message type each. All of
// CAF that the host uses is here.
#include "runtime/host/actors.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

namespace nightshift::runtime::host {
/// CAF wants its messages copyable: the mail itself stays where it is.
struct Letter {
  std::shared_ptr<Mail> mail;
};

struct Task {
  std::shared_ptr<Strand::Job> job;
};

struct Quit {
  caf::error reason;
};

struct Watch {
  caf::actor other;
  std::shared_ptr<Strand::Down> down;
};
}  // namespace nightshift::runtime::host

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(nightshift::runtime::host::Letter)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(nightshift::runtime::host::Task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(nightshift::runtime::host::Quit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(nightshift::runtime::host::Watch)

namespace nightshift::runtime::host {
namespace {

struct Config : caf::actor_system_config {
  explicit Config(const ActorsOptions& options) {
    const auto cores = std::max<std::size_t>(2, std::thread::hardware_concurrency());
    set("scheduler.policy", options.deterministic ? caf::atom("testing") : caf::atom("sharing"));
    set("scheduler.max-threads", options.threads == 0 ? cores : options.threads);
    // A busy entity gives way to others after so many mails.
    set("scheduler.max-throughput", std::size_t{64});
    set("logger.verbosity", caf::atom("quiet"));
    set("logger.console", caf::atom("none"));
    set("logger.file-verbosity", caf::atom("quiet"));
  }
};

std::string what(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is not an exception";
  }
}

// A class, not a stateful_actor: CAF destroys the state of one in on_exit alone, and does not call
// that for actors which still have mail when the system ends.
class EntityActor final : public caf::event_based_actor {
 public:
  EntityActor(caf::actor_config& config, std::shared_ptr<Resident> resident,
              std::function<void(std::string_view)> crashed)
      : event_based_actor(config), resident_(std::move(resident)) {
    set_exception_handler([crashed = std::move(crashed)](std::exception_ptr& thrown) -> caf::error {
      crashed(what(thrown));
      return caf::make_error(caf::sec::runtime_error);
    });
  }

  const char* name() const override { return "entity"; }
  caf::behavior make_behavior() override {
    return {[this](Letter& letter) { resident_->receive(std::move(*letter.mail)); }};
  }
  void on_exit() override { resident_.reset(); }

 private:
  std::shared_ptr<Resident> resident_;
};

class CafMailbox final : public Mailbox {
 public:
  explicit CafMailbox(caf::actor actor) : actor_(std::move(actor)) {}

  void send(Mail mail) override {
    caf::anon_send(actor_, Letter{std::make_shared<Mail>(std::move(mail))});
  }
  void stop() override { caf::anon_send_exit(actor_, caf::exit_reason::kill); }

 private:
  caf::actor actor_;
};

caf::error failure(std::string why) {
  return caf::make_error(caf::sec::runtime_error, std::move(why));
}

Ending ending_of(const caf::error& reason) {
  using supervision::Exit;
  if (!reason) return {Exit::normal, {}};
  if (reason == caf::exit_reason::kill) return {Exit::asked, "killed on request"};
  if (reason == caf::exit_reason::user_shutdown) return {Exit::shutdown, {}};
  const auto& context = reason.context();
  if (context.match_elements<std::string>()) return {Exit::failed, context.get_as<std::string>(0)};
  return {Exit::failed, "its actor ended without a reason"};
}

class PartActor final : public caf::event_based_actor {
 public:
  PartActor(caf::actor_config& config, std::shared_ptr<void> resident)
      : event_based_actor(config), resident_(std::move(resident)) {
    set_exception_handler(
        [](std::exception_ptr& thrown) -> caf::error { return failure(what(thrown)); });
    set_down_handler([this](caf::down_msg& down) {
      const auto at = monitored_.find(down.source);
      if (at == monitored_.end()) return;
      const auto told = std::move(at->second);
      monitored_.erase(at);
      told(ending_of(down.reason));
    });
  }

  const char* name() const override { return "part"; }
  caf::behavior make_behavior() override {
    return {[](Task& task) { (*task.job)(); }, [this](Quit& quit) { this->quit(quit.reason); },
            [this](Watch& watch) {
              monitored_.emplace(watch.other.address(), std::move(*watch.down));
              monitor(watch.other);
            }};
  }
  void on_exit() override {
    monitored_.clear();
    resident_.reset();
  }

 private:
  std::shared_ptr<void> resident_;
  std::map<caf::actor_addr, Strand::Down> monitored_;
};

class CafStrand final : public Strand {
 public:
  explicit CafStrand(caf::actor actor) : actor_(std::move(actor)) {}

  void post(Job job) override {
    caf::anon_send(actor_, Task{std::make_shared<Job>(std::move(job))});
  }
  void post_in(std::chrono::milliseconds delay, Job job) override {
    caf::delayed_anon_send(actor_, delay, Task{std::make_shared<Job>(std::move(job))});
  }
  void end(Ending ending) override {
    using supervision::Exit;
    if (ending.exit == Exit::asked) {
      return caf::anon_send_exit(actor_, caf::exit_reason::kill);
    }
    if (ending.exit == Exit::shutdown) {
      return caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
    }
    caf::anon_send(actor_, Quit{ending.exit == Exit::failed ? failure(ending.why) : caf::error()});
  }
  void monitor(Strand& other, Down down) override {
    caf::anon_send(actor_, Watch{dynamic_cast<CafStrand&>(other).actor_,
                                 std::make_shared<Down>(std::move(down))});
  }

 private:
  caf::actor actor_;
};

class CafActors final : public Actors {
 public:
  explicit CafActors(const ActorsOptions& options)
      : deterministic_(options.deterministic), config_(options), system_(config_) {
    // Whoever is still there ends with the system; nobody shall wait for it.
    system_.await_actors_before_shutdown(false);
    forget_logger();
  }

  std::unique_ptr<Mailbox> spawn(std::unique_ptr<Resident> resident,
                                 std::function<void(std::string_view)> crashed) override {
    auto actor = system_.spawn<EntityActor, caf::lazy_init>(
        std::shared_ptr<Resident>(std::move(resident)), std::move(crashed));
    forget_logger();
    return std::make_unique<CafMailbox>(std::move(actor));
  }

  std::shared_ptr<Strand> spawn_strand(StrandOptions options) override {
    const bool own_thread = options.own_thread && !deterministic_;
    caf::actor actor = own_thread
                           ? system_.spawn<PartActor, caf::detached>(std::move(options.resident))
                           : system_.spawn<PartActor>(std::move(options.resident));
    forget_logger();
    if (options.ended) {
      actor->attach_functor([ended = std::move(options.ended)](const caf::error& reason) {
        ended(ending_of(reason));
      });
    }
    return std::make_shared<CafStrand>(std::move(actor));
  }

  bool step(std::uint64_t pick) override {
    auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
    auto& jobs = scheduler.jobs;
    if (jobs.empty()) return false;
    const auto chosen = jobs.begin() + static_cast<std::ptrdiff_t>(pick % jobs.size());
    std::rotate(jobs.begin(), chosen, chosen + 1);
    scheduler.run_once();
    return true;
  }

 private:
  /// CAF leaves a reference to the system's logger with each thread that makes the system or
  /// spawns, and the system's end would wait for that thread's.
  static void forget_logger() { caf::logger::set_current_actor_system(nullptr); }

  const bool deterministic_;
  Config config_;
  caf::actor_system system_;
};

}  // namespace

std::unique_ptr<Actors> Actors::start(const ActorsOptions& options) {
  return std::make_unique<CafActors>(options);
}

}  // namespace nightshift::runtime::host
