// One supervisor: orders of the rules become actors that start and end, and their ends become
// events.
#include "runtime/host/supervisor.hpp"

#include <algorithm>
#include <utility>

namespace nightshift::runtime::host {

using supervision::Component;
using supervision::Exit;
using supervision::Order;

namespace {

/// Between attempts to start what could not be started again.
constexpr std::chrono::milliseconds pause{50};
constexpr std::size_t doublings_max = 5;

}  // namespace

/// Lives in the actor of one part: with the actor goes the component.
struct Supervisor::Carrier {
  explicit Carrier(std::shared_ptr<Plate> its_plate) : plate(std::move(its_plate)) {}
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;
  ~Carrier() { plate->closing(); }

  std::shared_ptr<Plate> plate;
  std::unique_ptr<Component> component;
};

std::shared_ptr<Supervisor> Supervisor::start(World& world, std::shared_ptr<Branch> branch,
                                              const std::string& path, Ears ears) {
  const auto ended = ears.ended;
  std::shared_ptr<Supervisor> made(new Supervisor(world, std::move(branch), path, std::move(ears)));
  made->strand_ = world.actors.spawn_strand({.resident = made, .own_thread = true, .ended = ended});
  made->plate_->starting(made->strand_, made);
  made->strand_->post([self = made.get()] { self->begin(); });
  return made;
}

Supervisor::Supervisor(World& world, std::shared_ptr<Branch> branch, const std::string& path,
                       Ears ears)
    : world_(world),
      branch_(std::move(branch)),
      plate_(world.board.place(path, "supervisor", word(branch_->rules.strategy), world.clock)),
      ears_(std::move(ears)),
      engine_(branch_->rules) {}

Supervisor::~Supervisor() = default;

std::function<void()> Supervisor::here(std::function<void(Supervisor&)> job) {
  return [weak = weak_from_this(), strand = std::weak_ptr(strand_), job = std::move(job)] {
    const auto open = strand.lock();
    if (!open) return;
    open->post([weak, job] {
      if (const auto self = weak.lock()) job(*self);
    });
  };
}

void Supervisor::begin() {
  const auto path_of = [&](const std::string& name) {
    return plate_->path() == "node" ? name : plate_->path() + "/" + name;
  };
  for (const auto& branch : branch_->branches) {
    Child child;
    child.branch = std::make_shared<Branch>(branch);
    child.plate = world_.board.place(path_of(branch.name), "supervisor",
                                     word(branch.rules.strategy), world_.clock);
    adopt(std::move(child), std::nullopt, supervision::Restart::permanent);
  }
  for (const auto& part : branch_->parts) {
    Child child;
    child.part = part;
    child.plate = world_.board.place(path_of(part.name), "part", {}, world_.clock);
    adopt(std::move(child), part.patience, part.restart);
  }
  obey(engine_.begin());
}

void Supervisor::adopt(Child child, supervision::Patience patience, supervision::Restart restart) {
  const auto name = child.plate->path();
  children_.push_back(std::move(child));
  const auto order = engine_.add({.name = name, .restart = restart, .patience = patience});
  obey(order);
}

void Supervisor::add(supervision::Part part, std::function<void(Result<void>)> done) {
  here([part = std::move(part), done = std::move(done)](Supervisor& self) {
    Child child;
    child.part = part;
    child.plate = self.world_.board.place(self.plate_->path() + "/" + part.name, "part", {},
                                          self.world_.clock);
    child.added = done;
    self.adopt(std::move(child), part.patience, part.restart);
  })();
}

void Supervisor::shut_down(Exit exit) {
  here([exit](Supervisor& self) {
    self.exit_ = exit;
    self.plate_->closing();
    self.obey(self.engine_.shut_down());
  })();
}

void Supervisor::obey(Order order) {
  if (world_.abandoned) return;
  switch (order.what) {
    case Order::What::wait:
      if (engine_.settled() && !std::exchange(told_up_, true)) {
        plate_->running();
        ears_.up();
      }
      return;
    case Order::What::start: return start_child(order.child);
    case Order::What::stop: return stop_child(order.child);
    case Order::What::kill:
      return world_.stuck({ErrorCode::stopping,
                           children_[order.child].plate->path() +
                               " did not stop in time; the process must begin anew",
                           children_[order.child].plate->path()});
    case Order::What::end: return finish();
  }
}

void Supervisor::start_child(std::size_t index) {
  auto& child = children_[index];
  ++child.life;
  child.error = std::make_shared<std::optional<Error>>();
  if (child.branch) {
    start_branch(index);
  } else {
    start_part(index);
  }
  strand_->monitor(*child.strand,
                   [self = this, index](const Ending& ending) { self->down(index, ending); });
}

void Supervisor::start_branch(std::size_t index) {
  auto& child = children_[index];
  const auto life = child.life;
  child.supervisor =
      start(world_, child.branch, child.plate->path(),
            {.up = here([index, life](Supervisor& self) { self.up(index, life); }),
             .cannot_start = [error = child.error](Error what) { *error = std::move(what); },
             .ended = {}});
  child.strand = child.supervisor->strand_;
}

void Supervisor::start_part(std::size_t index) {
  auto& child = children_[index];
  auto carrier = std::make_shared<Carrier>(child.plate);
  auto* carried = carrier.get();
  child.strand = world_.actors.spawn_strand({.resident = std::move(carrier), .ended = {}});
  child.plate->starting(child.strand, {});
  const std::weak_ptr weak(child.strand);
  const auto failed = [weak](std::string why) {
    if (const auto strand = weak.lock()) strand->end({Exit::failed, std::move(why)});
  };
  const auto life = child.life;
  const auto up = here([index, life](Supervisor& self) { self.up(index, life); });
  child.strand->post([carried, failed, up, error = child.error, start = child.part.start] {
    auto made = start(failed);
    if (!made) {
      *error = made.error();
      return failed(std::string(made.error().message()));
    }
    carried->component = std::move(*made);
    carried->plate->attach(*carried->component);
    carried->plate->running();
    up();
  });
}

void Supervisor::stop_child(std::size_t index) {
  auto& child = children_[index];
  if (const auto patience = engine_.child(index).patience) {
    const auto overdue = [index, life = child.life](Supervisor& self) {
      if (self.children_[index].life == life) self.obey(self.engine_.overdue(index));
    };
    strand_->post_in(*patience, [weak = weak_from_this(), overdue] {
      if (const auto self = weak.lock()) overdue(*self);
    });
  }
  if (child.supervisor) return child.supervisor->shut_down(Exit::shutdown);
  child.strand->end({Exit::shutdown, {}});
}

void Supervisor::up(std::size_t index, std::uint64_t life) {
  auto& child = children_[index];
  if (child.life != life || engine_.state(index) != supervision::Engine::State::starting) return;
  child.failed_starts = 0;
  const auto added = std::exchange(child.added, nullptr);
  // From now on it is there after a restart of this supervisor as well.
  if (added) branch_->parts.push_back(child.part);
  obey(engine_.started(index));
  if (added) added({});
}

void Supervisor::down(std::size_t index, const Ending& ending) {
  auto& child = children_[index];
  child.strand.reset();
  child.supervisor.reset();
  const bool unasked = ending.exit == Exit::failed || ending.exit == Exit::asked;
  child.plate->down(unasked ? ending.why : std::string());
  if (ending.exit == Exit::failed) {
    world_.report(child.plate->path() + " has failed: " + ending.why);
    cause_ = child.plate->path() + " failed: " + ending.why;
  }
  const bool again =
      told_up_ && !child.added && engine_.state(index) == supervision::Engine::State::starting;
  if (!again || ending.exit != Exit::failed) return lost(index, ending);
  // A start that fails at once would use up all attempts at once.
  const auto doublings = std::min(child.failed_starts++, doublings_max);
  strand_->post_in(pause * (1 << doublings), [weak = weak_from_this(), index, ending] {
    if (const auto self = weak.lock()) self->lost(index, ending);
  });
}

void Supervisor::lost(std::size_t index, const Ending& ending) {
  auto& child = children_[index];
  const bool cannot_start =
      engine_.state(index) == supervision::Engine::State::starting && ending.exit != Exit::asked;
  const Error why = *child.error ? **child.error
                                 : Error{ErrorCode::bug, child.plate->path() + ": " + ending.why,
                                         child.plate->path()};
  if (cannot_start && !told_up_) ears_.cannot_start(why);
  const auto added = cannot_start ? std::exchange(child.added, nullptr) : nullptr;
  obey(engine_.exited(index, ending.exit, world_.clock.elapsed()));
  if (added) added(std::unexpected(why));
}

void Supervisor::finish() {
  if (engine_.gave_up()) return strand_->end({Exit::failed, cause_ + "; that was too often"});
  strand_->end({exit_, {}});
}

}  // namespace nightshift::runtime::host
