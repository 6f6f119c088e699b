// One simulated node.
#include "tests/simulation/world.hpp"

#include <algorithm>
#include <utility>

#include "runtime/host/entropy.hpp"
#include "tests/support/kinds/counter.hpp"
#include "tests/support/kinds/errand.hpp"
#include "tests/support/kinds/purse.hpp"

namespace nightshift::tests {
namespace {

using runtime::supervision::PartState;
using Body = std::shared_ptr<const google::protobuf::Message>;

constexpr std::uint64_t counters = 3;
constexpr std::uint64_t errands = 12;
constexpr std::uint64_t purses = 4;

kernel::Caller caller() {
  kernel::Caller caller;
  caller.principal = "simulation";
  caller.scopes = {SCOPE_OPERATE};
  return caller;
}

Body counter_command(std::mt19937_64& random) {
  if (random() % 5 == 0) return std::make_shared<counter_pb::Reset>();
  auto add = std::make_shared<counter_pb::Add>();
  add->set_by(static_cast<std::int64_t>(random() % 10));
  return add;
}

Body errand_command(std::mt19937_64& random, Time now) {
  switch (random() % 8) {
    case 0: return std::make_shared<errand_pb::Cancel>();
    case 1: return std::make_shared<errand_pb::Throw>();
    case 2: return std::make_shared<errand_pb::Spoil>();
    case 3: {
      auto reserve = std::make_shared<errand_pb::Reserve>();
      *reserve->mutable_until() = to_proto(now + std::chrono::seconds(random() % 100));
      return reserve;
    }
    case 4:
    case 5: {
      auto note = std::make_shared<errand_pb::Note>();
      note->set_copies(static_cast<std::uint32_t>(1 + random() % 3));
      note->set_text(std::string(random() % 800, 'x'));
      return note;
    }
    default: {
      auto order = std::make_shared<errand_pb::Order>();
      order->set_gated(random() % 8 == 0);
      return order;
    }
  }
}

std::string purse(std::uint64_t dice) { return "w" + std::to_string(dice % purses); }

Body purse_command(std::mt19937_64& random) {
  switch (random() % 8) {
    case 0: return std::make_shared<purse_pb::Close>();
    case 1:
    case 2: {
      auto fill = std::make_shared<purse_pb::Fill>();
      fill->set_amount(static_cast<std::int64_t>(random() % 100));
      return fill;
    }
    default: {
      auto pay = std::make_shared<purse_pb::Pay>();
      pay->set_to(purse(random()));
      // Now and then more than is taken at once.
      pay->set_amount(static_cast<std::int64_t>(random() % 1100));
      pay->set_times(static_cast<std::uint32_t>(1 + random() % 4));
      return pay;
    }
  }
}

}  // namespace

World::World(WorldOptions options)
    : options_(options),
      random_(options.seed),
      clock_(std::make_shared<runtime::ManualClock>(*from_rfc3339("2026-11-21T07:00:00Z"))),
      receiver_(std::make_shared<Receiver>(options.receiver)) {
  runtime::host::seed_this_thread(options.seed);
  receiver_->instead = [this](const runtime::Permit&) -> std::optional<runtime::Outcome> {
    // A dead process reaches nobody.
    if (left_) return runtime::Outcome{EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, "dead"};
    if (quiet_ || !chance(30)) return std::nullopt;
    return runtime::Outcome{EFFECT_STATE_FAILED_BEFORE_EFFECT, "no connection"};
  };
  Identity identity;
  identity.set_node("here");
  identity.set_role("local");
  identity.set_log_id("0123456789abcdef0123456789abcdef");
  log_ = storage::open_memory(identity, [clock = clock_] { return clock->now(); });
  start();
}

World::~World() {
  // What is still under way answers as it goes, to nobody.
  ++process_;
  host_.reset();
  log_.reset();
}

void World::install() {
  using Make = std::unique_ptr<const kernel::Kind> (*)();
  constexpr Make programs[] = {errand_kind, errand_kind_derived_anew, errand_kind_folded_anew};
  // Now and then another program starts, also an older one.
  if (chance(30)) program_ = random_() % std::size(programs);
  catalog_ = std::make_shared<runtime::Catalog>();
  catalog_->add(counter_kind());
  catalog_->add(programs[program_]());
  catalog_->add(purse_kind());
}

void World::start() {
  install();
  runtime::NodeOptions options;
  options.idle_after = std::chrono::seconds(5);
  options.crash_point = [this](std::string_view point) {
    // Rows are rarely made anew, but then it is a start that breaks off.
    const auto odds = point == "after_rederive" ? 4 : 2000;
    if (!quiet_ && !left_ && random_() % odds == 0) die();
  };
  auto host = runtime::host::start(log_, catalog_, clock_, {receiver_}, options,
                                   {.deterministic = true, .drive = [this] { log_->pump(); }});
  if (!host) return complain("the node did not start: " + host.error().detail);
  host_ = std::move(*host);
}

void World::complain(const std::string& what) {
  if (complaint_.empty()) complaint_ = what;
}

void World::run() {
  for (int i = 0; i < options_.steps && complaint_.empty(); ++i) {
    step();
    rise();
  }
  quiet_ = true;
  settle();
}

void World::step() {
  const auto dice = random_() % 1000;
  if (dice < 250) return send_new();
  if (dice < 300) return send_again();
  if (dice < 650) return (void)host_->step(random_());
  if (dice < 880) return pump();
  if (dice < 990) return pass_time();
  if (dice < 995) return kill_something();
  if (dice < 998) {
    log_->fail_next(chance(50));
    log_->pump();
    if (!left_) left_ = log_->reopen();
    return;
  }
  die();
}

void World::send_new() {
  const auto dice = random_() % 100;
  Sent sent;
  sent.key = "k" + std::to_string(sent_.size());
  if (dice < 25) {
    sent.entity = {"counter", "c" + std::to_string(random_() % counters)};
    sent.body = counter_command(random_);
  } else if (dice < 70) {
    sent.entity = {"errand", "p" + std::to_string(random_() % errands)};
    sent.body = errand_command(random_, clock_->now());
  } else {
    sent.entity = {"purse", purse(random_())};
    sent.body = purse_command(random_);
  }
  sent_.push_back(std::move(sent));
  ask(sent_.size() - 1, sent_.back().body);
}

void World::send_again() {
  if (sent_.empty()) return;
  // Mostly what was sent last: that may still be under way.
  const auto back =
      chance(70) ? random_() % std::min<std::size_t>(sent_.size(), 20) : random_() % sent_.size();
  const auto index = sent_.size() - 1 - back;
  ask(index, sent_[index].body);
}

void World::ask(std::size_t index, Body body) {
  auto& sent = sent_[index];
  // What was refused is decided anew.
  if (sent.outcome == Sent::refused) sent.outcome = Sent::waiting;
  // A repeat may be answered from the log, before what was sent earlier.
  const bool first = !std::exchange(sent.asked, true);
  runtime::Command command;
  command.entity = sent.entity;
  command.body = std::move(body);
  command.key = sent.key;
  command.caller = caller();
  const auto turn = ++turns_;
  if (first) queues_[sent.entity].push_back(turn);
  host_->submit(std::move(command), [this, index, turn, first, process = process_](auto answer) {
    // Nobody hears what a dead process says.
    if (process != process_ || left_) return;
    answered(index, turn, first, std::move(answer));
  });
}

void World::answered(std::size_t index, std::size_t turn, bool first,
                     Result<runtime::Answer> answer) {
  auto& sent = sent_[index];
  if (first) {
    auto& queue = queues_[sent.entity];
    if (unordered_.erase(turn) > 0) queue.push_front(turn);
    if (queue.empty() || queue.front() != turn) {
      return complain(sent.key + " was answered before an earlier command of " +
                      to_string(sent.entity));
    }
    queue.pop_front();
  }
  if (answer) return accept(sent, *answer);
  const auto code = answer.error().code;
  if (code == ErrorCode::unavailable) {
    if (sent.outcome != Sent::accepted) sent.outcome = Sent::unknown;
    if (answer.error().instance != sent.key) complain(sent.key + " is unknown without its id");
    return;
  }
  const bool passing = code == ErrorCode::quarantined || code == ErrorCode::conflict;
  if (sent.outcome == Sent::accepted && !passing) {
    return complain(sent.key +
                    " was accepted and then refused: " + std::string(answer.error().message()));
  }
  if (sent.outcome == Sent::waiting) sent.outcome = Sent::refused;
}

void World::accept(Sent& sent, const runtime::Answer& answer) {
  if (sent.outcome == Sent::accepted) {
    if (answer.sequence != sent.sequence || answer.created != sent.created) {
      complain(sent.key + " (" + sent.body->GetDescriptor()->name() + ") was at " +
               std::to_string(sent.sequence) + " the first time, and at " +
               std::to_string(answer.sequence) + " the second");
    }
    return;
  }
  sent.outcome = Sent::accepted;
  sent.sequence = answer.sequence;
  sent.created = answer.created;
}

void World::pump() { log_->pump(1 + random_() % 8); }

void World::pass_time() {
  const auto dice = random_() % 100;
  if (dice < 90) {
    clock_->advance(std::chrono::milliseconds(random_() % 2000));
  } else if (dice < 98) {
    clock_->advance(std::chrono::seconds(random_() % 60));
  } else {
    clock_->set(clock_->now() + std::chrono::seconds(random_() % 200) - std::chrono::seconds(100));
  }
  (void)host_->tick();
}

void World::kill_something() {
  std::vector<std::string> paths;
  for (const auto& part : host_->tree().view()) paths.push_back(part.path);
  // The journal and the node end with the process: `die` does that.
  std::erase_if(paths, [](const auto& path) {
    return path == "node" || path.starts_with("storage") || path.starts_with("entities");
  });
  const auto parts = paths.size();
  std::vector<EntityRef> entities;
  for (const auto& [entity, queue] : queues_) {
    entities.push_back(entity);
    paths.push_back("entities/" + to_string(entity));
  }
  const auto chosen = random_() % paths.size();
  // An entity that is not active cannot be killed.
  if (!host_->tree().kill(paths[chosen])) return;
  ++kills_;
  if (chosen >= parts) return loosen(entities[chosen - parts]);
  if (paths[chosen] != "work") return;
  // The entities rest on it, and are ended as well.
  for (const auto& entity : entities) loosen(entity);
  const auto running = [&] {
    return std::ranges::all_of(host_->tree().view(), [](const auto& part) {
      return part.type == "entity" || part.state == PartState::running;
    });
  };
  while (!left_ && running()) host_->step(random_());
  while (!left_ && !running()) host_->step(random_());
}

void World::loosen(const EntityRef& entity) {
  auto& queue = queues_[entity];
  unordered_.insert(queue.begin(), queue.end());
  queue.clear();
}

void World::die() { left_ = log_->reopen(); }

void World::rise() {
  if (!left_) return;
  ++crashes_;
  ++process_;
  for (auto& sent : sent_) {
    if (sent.outcome == Sent::waiting) sent.outcome = Sent::unknown;
  }
  queues_.clear();
  unordered_.clear();
  host_.reset();
  log_ = std::move(left_);
  left_.reset();
  start();
}

void World::settle() {
  rise();
  for (int calm = 0; calm < 20 && complaint_.empty();) {
    bool moved = host_->step(random_());
    moved = log_->pump() > 0 || moved;
    if (moved) {
      calm = 0;
      continue;
    }
    ++calm;
    clock_->advance(std::chrono::seconds(100));
    (void)host_->tick();
  }
}

}  // namespace nightshift::tests
