// A run's life.
#include "bridges/process/keeper/child.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace nightshift::bridges::process {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// Between looks at a tree that is to be gone: short, since most are gone at the first.
constexpr microseconds look_every{2'000};
constexpr std::size_t ipc_line_bytes_max = 1u << 16;

/// An abstract name that nobody can guess: the run's id is random.
std::string notify_name(const std::string& run) { return "nightshift/notify/" + run; }

runtime::Descriptor notify_socket(const std::string& run) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto name = notify_name(run);
  std::memcpy(address.sun_path + 1, name.data(),
              std::min(name.size(), sizeof address.sun_path - 1));
  runtime::Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto size = offsetof(sockaddr_un, sun_path) + 1 + name.size();
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address),
             static_cast<socklen_t>(size)) != 0) {
    socket.close();
  }
  return socket;
}

std::int64_t now_us(const runtime::Clock& clock) { return to_us(clock.now()); }

bool has_line(std::string_view text, std::string_view line) {
  return ("\n" + std::string(text) + "\n").contains("\n" + std::string(line) + "\n");
}

}  // namespace

std::expected<std::unique_ptr<Child>, SpawnFailure> Child::start(const keeper::Start& start,
                                                                 const GroupPlaces& places,
                                                                 const Files& files,
                                                                 const runtime::Clock& clock,
                                                                 ChildNews news) {
  auto out =
      start.streams().empty() ? files(start.out()) : Result<std::shared_ptr<LogFile>>(nullptr);
  if (!out) return std::unexpected(SpawnFailure{out.error().detail, true});
  auto error = files(start.error());
  if (!error) return std::unexpected(SpawnFailure{error.error().detail, true});
  auto group = Group::make(places, start.run(), start.limits());
  if (!group) return std::unexpected(SpawnFailure{group.error().detail, true});

  auto rlimits = Rlimits::instead(*group, start.limits(), start.user());
  if (!rlimits) {
    group->remove();
    return std::unexpected(SpawnFailure{rlimits.error().detail, true});
  }

  std::unique_ptr<Child> child(new Child(start, clock, std::move(news)));
  child->group_ = std::move(*group);
  runtime::Descriptor ipc_of_child;
  if (start.notify()) {
    child->notify_ = notify_socket(start.run());
    child->start_.add_environment("NOTIFY_SOCKET=@" + notify_name(start.run()));
  }
  int ends[2];
  if (start.ipc() && ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
    child->ipc_ = runtime::Descriptor(ends[0]);
    ipc_of_child = runtime::Descriptor(ends[1]);
    child->start_.add_environment("NODE_CHANNEL_FD=3");
    child->start_.add_environment("NODE_CHANNEL_SERIALIZATION_MODE=json");
  }
  if (!start.streams().empty()) {
    auto speech = Speech::make(start.streams());
    if (!speech) {
      child->group_.remove();
      return std::unexpected(SpawnFailure{speech.error().detail, true});
    }
    child->speech_ = std::move(*speech);
    child->start_.set_stdin_file(speech_input(start.streams()).string());
  }
  auto spawned =
      spawn(child->start_, child->group_,
            {.ipc = ipc_of_child.get(), .out = child->speech_.child_output(), .rlimits = *rlimits});
  child->speech_.given();
  // Secrets among it: not needed any more.
  child->start_.clear_environment();
  if (!spawned) {
    child->group_.remove();
    return std::unexpected(spawned.error());
  }
  const auto row = read_process(spawned->pid);
  child->tree_ = {start.run(), {spawned->pid, row ? row->id.start_ticks : 0}};
  child->listen_to(*spawned, std::move(*out), std::move(*error));
  return child;
}

Child::~Child() { group_.remove(); }

void Child::listen_to(Spawned& spawned, std::shared_ptr<LogFile> out,
                      std::shared_ptr<LogFile> error) {
  begin_ = std::move(spawned.news);
  if (!speech_) out_.emplace(std::move(spawned.out), std::move(out), start_.out().time(), clock_);
  error_.emplace(std::move(spawned.error), std::move(error), start_.error().time(), clock_);
  started_.set_run(start_.run());
  started_.set_instance(start_.instance());
  started_.set_pid(static_cast<std::uint32_t>(spawned.pid));
  started_.set_start_ticks(tree_.first.start_ticks);
  started_.set_at_us(now_us(clock_));
  if (!speech_) started_.set_out_file(start_.out().path());
  started_.set_streams(start_.streams());
  started_.set_error_file(start_.error().path());
  started_.set_cgroup(group_.path().string());
  const std::set<std::string> texts(start_.patterns().begin(), start_.patterns().end());
  const auto seen = [this](const std::string& text) {
    keeper::Said said;
    said.set_pattern(text);
    say(said);
  };
  if (out_) out_->look_for(texts, seen);
  error_->look_for(texts, seen);
}

std::vector<int> Child::outputs() const {
  std::vector<int> all;
  if (out_) all.push_back(out_->descriptor());
  if (error_) all.push_back(error_->descriptor());
  return all;
}

std::vector<int> Child::channels() const {
  std::vector<int> all;
  for (const int descriptor : {begin_.get(), notify_.get(), ipc_.get()}) {
    if (descriptor >= 0) all.push_back(descriptor);
  }
  return all;
}

void Child::read(int descriptor, std::span<char> buffer) {
  if (descriptor == begin_.get()) return begin(descriptor);
  if (descriptor == notify_.get()) return read_notify();
  if (descriptor == ipc_.get()) return read_ipc(buffer);
  for (auto* output : {&out_, &error_}) {
    if (!*output || (*output)->descriptor() != descriptor) continue;
    const auto before = (*output)->bytes();
    const bool open = (*output)->drain(buffer);
    printed_bytes_ += (*output)->bytes() - before;
    if (!open) output->reset();
  }
}

void Child::begin(int news) {
  failure_ = read_failure(start_, news);
  begin_.close();
  if (failure_) return;
  running_ = true;
  news_.started(started_);
}

void Child::say(const keeper::Said& said) {
  // It may be heard before it is seen that it runs.
  if (begin_) begin(begin_.get());
  auto whole = said;
  whole.set_run(run());
  *started_.add_said() = whole;
  news_.said(whole);
}

void Child::read_notify() {
  std::array<char, 4096> buffer;
  ssize_t count = 0;
  while ((count = ::recv(notify_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) >= 0) {
    if (!has_line({buffer.data(), static_cast<std::size_t>(count)}, "READY=1")) continue;
    keeper::Said said;
    said.set_notify_ready(true);
    if (started_.said_size() < 64) say(said);
  }
}

/// Lines of JSON. `process.send('ready')` is all that is listened to.
void Child::read_ipc(std::span<char> buffer) {
  const auto count = ::recv(ipc_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return ipc_.close();
  ipc_line_.append(buffer.data(), static_cast<std::size_t>(count));
  for (auto end = ipc_line_.find('\n'); end != ipc_line_.npos; end = ipc_line_.find('\n')) {
    keeper::Said said;
    said.set_ipc_ready(ipc_line_.substr(0, end) == "\"ready\"");
    ipc_line_.erase(0, end + 1);
    if (said.ipc_ready() && started_.said_size() < 64) say(said);
  }
  if (ipc_line_.size() > ipc_line_bytes_max) ipc_line_.clear();
}

void Child::stop(bool at_once) {
  if (stopping_ && !at_once) return;
  stopping_ = true;
  // The end of its input is how a server is told first.
  speech_.let_go();
  if (at_once) return kill_all();
  const auto signal = static_cast<int>(start_.kill_signal());
  if (start_.kill_first_only()) {
    signal_process(tree_.first, signal);
  } else {
    signal_tree(tree_, group_, signal);
  }
  kill_at_ = clock_.elapsed() + milliseconds(start_.kill_timeout_ms());
}

std::string Child::knock(const std::string& id, int signal) {
  if (id == last_knock_) return {};
  last_knock_ = id;
  return signal_process(tree_.first, signal) ? "" : "it has just ended";
}

void Child::first_ended(int code, int status) {
  keeper::Exited end;
  end.set_run(run());
  end.set_instance(instance());
  if (code == CLD_EXITED) {
    end.set_code(static_cast<std::uint32_t>(status));
  } else {
    end.set_signal(static_cast<std::uint32_t>(status));
  }
  end.set_at_us(now_us(clock_));
  end_ = std::move(end);
  speech_.let_go();
  if (begin_) begin(begin_.get());
  if (is_gone(tree_, group_)) return;
  if (!stopping_) leftover_ = "what it left running was ended";
  // Whoever was asked to end as well has the rest of the time.
  if (!stopping_) kill_all();
}

void Child::kill_all() {
  if (stopping_ && !killed_ && end_) leftover_ = "what it left running was killed";
  killed_ = true;
  kill_at_.reset();
  kill_tree(tree_, group_);
}

bool Child::is_over() {
  if (kill_at_ && clock_.elapsed() >= *kill_at_) kill_all();
  if (!end_) return false;
  if (is_gone(tree_, group_)) return true;
  if (killed_) kill_tree(tree_, group_);
  return false;
}

std::optional<microseconds> Child::next_look() const {
  if (end_) return clock_.elapsed() + look_every;
  return kill_at_;
}

keeper::Exited Child::exited() const {
  auto end = *end_;
  *end.mutable_started() = started_;
  const auto memory = group_.out_of_memory();
  end.set_detail(memory.empty() ? leftover_ : memory);
  return end;
}

void Child::drain(std::span<char> buffer) {
  constexpr int rounds_max = 64;
  for (auto* output : {&out_, &error_}) {
    for (int i = 0; i < rounds_max && *output; ++i) {
      if (!(*output)->drain(buffer)) output->reset();
    }
  }
}

}  // namespace nightshift::bridges::process
