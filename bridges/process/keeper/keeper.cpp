// The keeper's loop.
#include "bridges/process/keeper/keeper.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "bridges/process/keeper/strays.hpp"

namespace nightshift::bridges::process {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t buffer_bytes = 256u << 10;
/// Many who print a line now and then are read together; who prints much is not kept waiting.
constexpr milliseconds outputs_rest{5};
constexpr std::uint64_t much_bytes = 64u << 10;

sigset_t watched_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT}) ::sigaddset(&set, signal);
  return set;
}

}  // namespace

Keeper::Keeper(Place place, std::shared_ptr<runtime::Clock> clock, KeeperOptions options)
    : place_(std::move(place)),
      clock_(std::move(clock)),
      options_(std::move(options)),
      boot_id_(boot_id()),
      buffer_(buffer_bytes) {}

Keeper::~Keeper() {
  children_.clear();
  groups_.remove();
}

Result<std::unique_ptr<Keeper>> Keeper::make(Place place, std::shared_ptr<runtime::Clock> clock,
                                             KeeperOptions options) {
  std::unique_ptr<Keeper> keeper(
      new Keeper(std::move(place), std::move(clock), std::move(options)));
  auto lock = keeper->place_.lock();
  if (!lock) return std::unexpected(lock.error());
  if (!*lock) return nullptr;
  keeper->lock_ = std::move(**lock);
  if (auto opened = keeper->open(); !opened) return std::unexpected(opened.error());
  return keeper;
}

Result<void> Keeper::open() {
  const auto set = watched_signals();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGHUP, SIG_IGN);
  // Whoever loses its parent within a child's tree becomes a child of this process.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  signals_ = runtime::Descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  poll_ = runtime::Descriptor(::epoll_create1(EPOLL_CLOEXEC));
  outputs_ = runtime::Descriptor(::epoll_create1(EPOLL_CLOEXEC));
  if (!signals_ || !poll_ || !outputs_) return fail(ErrorCode::io, std::strerror(errno));
  auto ledger = Ledger::open(place_.ledger());
  if (!ledger) return std::unexpected(ledger.error());
  ledger_ = std::move(*ledger);
  if (options_.use_groups) groups_ = GroupPlaces::find(place_.mark());
  for (const auto& run : end_strays(*ledger_, place_.mark(), boot_id_)) {
    keeper::Exited exited;
    exited.set_run(run.run());
    exited.set_instance(run.instance());
    exited.set_unseen(true);
    exited.set_at_us(to_us(clock_->now()));
    exited.set_detail("its keeper had ended before it");
    *exited.mutable_started() = run;
    ledger_->exited(exited);
  }
  // Of runs of a keeper before this one, which are over.
  std::error_code ignored;
  std::filesystem::remove_all(place_.folder() / "streams", ignored);
  auto listener = place_.listen();
  if (!listener) return std::unexpected(listener.error());
  listener_ = std::move(*listener);
  watch(poll_, listener_.get());
  watch(poll_, signals_.get());
  watch(poll_, outputs_.get());
  idle_since_ = clock_->elapsed();
  return {};
}

void Keeper::watch(const runtime::Descriptor& poll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, descriptor, &event);
}

void Keeper::watch_all(Child& child) {
  const auto watch_each = [&](const runtime::Descriptor& poll, const std::vector<int>& all) {
    for (const int descriptor : all) {
      watch(poll, descriptor);
      // One of this number that a child before has closed is gone.
      readers_[descriptor] = &child;
    }
  };
  watch_each(poll_, child.channels());
  watch_each(outputs_, child.outputs());
}

void Keeper::run() {
  if (options_.listening) options_.listening();
  while (!is_done()) {
    wait_for_something();
    collect();
    bury_what_is_over();
  }
}

bool Keeper::is_done() const {
  if (!children_.empty()) return false;
  if (quitting_) return true;
  return !node_ && clock_->elapsed() - idle_since_ >= options_.idle_for;
}

int Keeper::patience_ms() const {
  const auto now = clock_->elapsed();
  std::optional<microseconds> next;
  const auto consider = [&next](microseconds at) { next = next ? std::min(*next, at) : at; };
  for (const auto& [run, child] : children_) {
    if (const auto look = child->next_look()) consider(*look);
  }
  if (!node_ && children_.empty()) consider(idle_since_ + options_.idle_for);
  if (outputs_rest_until_) consider(*outputs_rest_until_);
  if (!next) return -1;
  return static_cast<int>(
      std::chrono::ceil<milliseconds>(std::max(*next - now, microseconds(0))).count());
}

void Keeper::wait_for_something() {
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(poll_.get(), events.data(), events.size(), patience_ms());
  for (int i = 0; i < count; ++i) {
    const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
    if (descriptor == listener_.get()) {
      accept();
    } else if (node_ && descriptor == node_->descriptor()) {
      hear_node();
    } else if (descriptor == outputs_.get()) {
      read_outputs();
    } else if (descriptor == signals_.get()) {
      signalfd_siginfo info{};
      while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD) continue;
        quitting_ = true;
        for (const auto& [run, child] : children_) child->stop(false);
      }
    } else if (const auto reader = readers_.find(descriptor); reader != readers_.end()) {
      reader->second->read(descriptor, buffer_);
    }
  }
  if (outputs_rest_until_ && clock_->elapsed() >= *outputs_rest_until_) {
    outputs_rest_until_.reset();
    heed_outputs(true);
  }
}

void Keeper::read_outputs() {
  std::array<epoll_event, 256> events;
  const int count = ::epoll_wait(outputs_.get(), events.data(), events.size(), 0);
  std::uint64_t printed = 0;
  for (int i = 0; i < count; ++i) {
    const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
    const auto reader = readers_.find(descriptor);
    if (reader == readers_.end()) continue;
    const auto before = reader->second->printed_bytes();
    reader->second->read(descriptor, buffer_);
    printed += reader->second->printed_bytes() - before;
  }
  if (printed >= much_bytes) return;
  outputs_rest_until_ = clock_->elapsed() + outputs_rest;
  heed_outputs(false);
}

void Keeper::heed_outputs(bool heed) {
  epoll_event event{};
  event.events = heed ? EPOLLIN : 0u;
  event.data.fd = outputs_.get();
  ::epoll_ctl(poll_.get(), EPOLL_CTL_MOD, outputs_.get(), &event);
}

// ---- the node

void Keeper::accept() {
  runtime::Descriptor peer(
      ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!peer || !is_own_peer(peer.get())) return;
  // What the node before has asked for and was not read yet, the new one asks for again.
  node_.emplace(std::move(peer));
  watch(poll_, node_->descriptor());
  greet();
}

void Keeper::greet() {
  keeper::FromKeeper news;
  auto& hello = *news.mutable_hello();
  hello.set_pid(static_cast<std::uint32_t>(::getpid()));
  hello.set_boot_id(boot_id_);
  hello.set_version(options_.version);
  for (const auto& [run, child] : children_) {
    if (child->is_running()) *hello.add_running() = child->started();
  }
  for (const auto& [run, kept] : ledger_->runs()) {
    if (kept.ended) *hello.add_ended() = kept.exited;
  }
  tell(news);
}

void Keeper::tell(const keeper::FromKeeper& news) {
  if (!node_) return;
  node_->send(news);
  epoll_event event{};
  event.events = EPOLLIN | (node_->has_unsent() ? EPOLLOUT : 0u);
  event.data.fd = node_->descriptor();
  ::epoll_ctl(poll_.get(), EPOLL_CTL_MOD, node_->descriptor(), &event);
}

void Keeper::hear_node() {
  const bool alive = node_->flush() && node_->receive([this](auto frame) { return take(frame); });
  if (!alive) {
    node_.reset();
    idle_since_ = clock_->elapsed();
    return;
  }
  epoll_event event{};
  event.events = EPOLLIN | (node_->has_unsent() ? EPOLLOUT : 0u);
  event.data.fd = node_->descriptor();
  ::epoll_ctl(poll_.get(), EPOLL_CTL_MOD, node_->descriptor(), &event);
}

bool Keeper::take(std::string_view frame) {
  keeper::ToKeeper asked;
  if (!asked.ParseFromArray(frame.data(), static_cast<int>(frame.size()))) return false;
  switch (asked.what_case()) {
    case keeper::ToKeeper::kStart: start(asked.start()); break;
    case keeper::ToKeeper::kStop: stop(asked.stop()); break;
    case keeper::ToKeeper::kKnock: knock(asked.knock()); break;
    case keeper::ToKeeper::kForget: ledger_->forget(asked.forget().run()); break;
    case keeper::ToKeeper::kQuit: quitting_ = true; break;
    default: break;
  }
  return true;
}

void Keeper::start(const keeper::Start& start) {
  keeper::FromKeeper news;
  const auto refuse = [&](const std::string& why, bool lasting) {
    news.mutable_refused()->set_run(start.run());
    news.mutable_refused()->set_detail(why);
    news.mutable_refused()->set_lasting(lasting);
    tell(news);
  };
  if (const auto known = children_.find(start.run()); known != children_.end()) {
    if (!known->second->is_running()) return;
    *news.mutable_started() = known->second->started();
    return tell(news);
  }
  if (const auto kept = ledger_->runs().find(start.run()); kept != ledger_->runs().end()) {
    *news.mutable_exited() = kept->second.exited;
    return tell(news);
  }
  const auto same = [&](const auto& entry) { return entry.second->instance() == start.instance(); };
  if (std::ranges::any_of(children_, same)) {
    return refuse("another run of it has not ended yet", false);
  }
  ChildNews of_child;
  of_child.started = [this](const keeper::Started& started) {
    ledger_->started(started, boot_id_);
    keeper::FromKeeper said;
    *said.mutable_started() = started;
    tell(said);
  };
  of_child.said = [this](const keeper::Said& said_by_child) {
    keeper::FromKeeper said;
    *said.mutable_said() = said_by_child;
    tell(said);
  };
  auto child = Child::start(
      start, groups_, [this](const keeper::OutputFile& wanted) { return file(wanted); }, *clock_,
      std::move(of_child));
  if (!child) return refuse(child.error().detail, child.error().lasting);
  quitting_ = false;
  watch_all(**child);
  children_.emplace(start.run(), std::move(*child));
}

void Keeper::stop(const keeper::Stop& stop) {
  const auto found = children_.find(stop.run());
  if (found != children_.end()) found->second->stop(stop.at_once());
}

void Keeper::knock(const keeper::Knock& knock) {
  const auto found = children_.find(knock.run());
  keeper::FromKeeper news;
  news.mutable_knocked()->set_run(knock.run());
  news.mutable_knocked()->set_id(knock.id());
  news.mutable_knocked()->set_refused(
      found == children_.end()
          ? "it does not run"
          : found->second->knock(knock.id(), static_cast<int>(knock.signal())));
  tell(news);
}

Result<std::shared_ptr<LogFile>> Keeper::file(const keeper::OutputFile& wanted) {
  if (auto open = files_[wanted.path()].lock()) return open;
  auto made = LogFile::open(wanted);
  if (!made) return std::unexpected(made.error());
  auto shared = std::make_shared<LogFile>(std::move(*made));
  files_[wanted.path()] = shared;
  return shared;
}

// ---- ends

void Keeper::collect() {
  while (true) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0) return;
    for (const auto& [run, child] : children_) {
      if (child->pid() == info.si_pid) child->first_ended(info.si_code, info.si_status);
    }
  }
}

void Keeper::bury_what_is_over() {
  for (auto entry = children_.begin(); entry != children_.end();) {
    auto& child = *entry->second;
    if (!child.is_over()) {
      ++entry;
      continue;
    }
    child.drain(buffer_);
    keeper::FromKeeper news;
    if (const auto& failure = child.failure()) {
      news.mutable_refused()->set_run(child.run());
      news.mutable_refused()->set_detail(failure->detail);
      news.mutable_refused()->set_lasting(failure->lasting);
    } else {
      *news.mutable_exited() = child.exited();
      ledger_->exited(news.exited());
    }
    // Before its group is taken away, which takes longer; what is asked for then is heard later.
    tell(news);
    std::erase_if(readers_, [&](const auto& reader) { return reader.second == &child; });
    entry = children_.erase(entry);
    if (!children_.empty()) continue;
    end_orphans();
    idle_since_ = clock_->elapsed();
  }
}

}  // namespace nightshift::bridges::process
