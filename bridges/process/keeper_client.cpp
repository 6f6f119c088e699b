// Connects, starts, listens.
#include "bridges/process/keeper_client.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace nightshift::bridges::process {
namespace {

/// A slow disk, a machine under load.
constexpr int keeper_ready_ms = 30'000;
/// It is asked to go: what it does not hear, it does by itself when it is idle.
constexpr int farewell_ms = 1'000;

/// What the system needs, and nothing of the node's: its environment held secrets.
std::vector<std::string> keeper_environment() {
  std::vector<std::string> environment{
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
  for (const char* name : {"NIGHTSHIFT_CORE_DUMPS", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = ::getenv(name)) environment.push_back(std::string(name) + "=" + value);
  }
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

bool becomes_readable(int descriptor, int within_ms) {
  pollfd watched{descriptor, POLLIN, 0};
  return ::poll(&watched, 1, within_ms) > 0;
}

}  // namespace

Result<bool> KeeperClient::connect(bool start) {
  auto socket = place_.connect();
  if (!socket) return std::unexpected(socket.error());
  if (!*socket && start) {
    if (auto started = start_keeper(); !started) return std::unexpected(started.error());
    socket = place_.connect();
    if (!socket) return std::unexpected(socket.error());
    if (!*socket) return fail(ErrorCode::io, "the keeper has started, and does not listen");
  }
  if (!*socket) return false;
  channel_.emplace(std::move(**socket));
  children_.clear();
  greeted_ = false;
  if (auto greeted = greet(); !greeted) {
    disconnect();
    return std::unexpected(greeted.error());
  }
  return true;
}

/// The keeper goes its own way at once (it forks, and its parent ends), so it is no child of the
/// node's that somebody would have to wait for.
Result<void> KeeperClient::start_keeper() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorCode::io, std::strerror(errno));
  const runtime::Descriptor news(ends[0]);
  runtime::Descriptor telling(ends[1]);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, telling.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  std::vector<std::string> arguments{command_.program};
  arguments.insert(arguments.end(), command_.arguments.begin(), command_.arguments.end());
  auto environment = keeper_environment();
  pid_t child = 0;
  const int error = ::posix_spawn(&child, command_.program.c_str(), &files, nullptr,
                                  pointers(arguments).data(), pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&files);
  telling.close();
  if (error != 0) {
    return fail(ErrorCode::io,
                "the keeper cannot be started: " + std::string(std::strerror(error)));
  }
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  std::array<char, 512> said{};
  if (!becomes_readable(news.get(), keeper_ready_ms)) {
    return fail(ErrorCode::timed_out, "the keeper is not ready in time");
  }
  const auto count = ::read(news.get(), said.data(), said.size());
  const std::string_view text(said.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  if (text.starts_with("ready")) return {};
  return fail(ErrorCode::io, text.empty() ? "the keeper ended as it started" : std::string(text));
}

Result<void> KeeperClient::greet() {
  while (!greeted_) {
    if (!becomes_readable(channel_->descriptor(), keeper_ready_ms)) {
      return fail(ErrorCode::timed_out, "the keeper does not answer");
    }
    if (!hear([](const keeper::FromKeeper&) {})) {
      return fail(ErrorCode::io, "the keeper has closed the connection");
    }
  }
  return {};
}

void KeeperClient::send(const keeper::ToKeeper& asked) {
  if (channel_) channel_->send(asked);
}

bool KeeperClient::hear(const std::function<void(const keeper::FromKeeper&)>& told) {
  return channel_->flush() && channel_->receive([&](std::string_view bytes) {
    keeper::FromKeeper news;
    if (!news.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return false;
    note(news);
    told(news);
    return true;
  });
}

void KeeperClient::note(const keeper::FromKeeper& news) {
  switch (news.what_case()) {
    case keeper::FromKeeper::kHello:
      greeted_ = true;
      boot_id_ = news.hello().boot_id();
      for (const auto& running : news.hello().running()) children_[running.run()].started = running;
      for (const auto& ended : news.hello().ended()) {
        children_[ended.run()] = {ended.started(), ended};
      }
      break;
    case keeper::FromKeeper::kStarted:
      children_[news.started().run()].started = news.started();
      break;
    case keeper::FromKeeper::kSaid:
      *children_[news.said().run()].started.add_said() = news.said();
      break;
    case keeper::FromKeeper::kExited:
      children_[news.exited().run()] = {news.exited().started(), news.exited()};
      break;
    default: break;
  }
}

void KeeperClient::forget(const std::string& run) {
  if (children_.erase(run) == 0) return;
  keeper::ToKeeper asked;
  asked.mutable_forget()->set_run(run);
  send(asked);
}

void KeeperClient::finish_sending() {
  while (has_unsent()) {
    pollfd writable{descriptor(), POLLOUT, 0};
    if (::poll(&writable, 1, farewell_ms) <= 0 || !channel_->flush()) return;
  }
}

void KeeperClient::disconnect() {
  channel_.reset();
  children_.clear();
}

}  // namespace nightshift::bridges::process
