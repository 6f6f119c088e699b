// A thread that follows the journal, and turns the servers.
#include "bridges/mcp/servers/servers.hpp"

#include <poll.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "bridges/mcp/servers/server.hpp"

namespace nightshift::bridges::mcp {
namespace {

constexpr std::size_t page = 1000;
constexpr std::string_view kind = "mcp_server";
/// Of the processes of servers.
constexpr std::string_view process_prefix = "mcp-";

}  // namespace

class Servers::Impl {
 public:
  Impl(runtime::Node& node, ServersOptions options) : node_(node), options_(std::move(options)) {
    watch_ = node_.watch([agenda = agenda_](std::uint64_t) { agenda->wake(); });
    streams_ = options_.streams->watch([this, agenda = agenda_](const std::string& process) {
      if (!process.starts_with(process_prefix)) return;
      agenda->add([this, name = process.substr(process_prefix.size())] {
        const auto found = servers_.find(name);
        if (found != servers_.end()) found->second->streams_changed();
      });
    });
  }

  ~Impl() {
    stopping_ = true;
    agenda_->wake();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> start() {
    if (auto loaded = load(); !loaded) return loaded;
    thread_ = std::thread([this] { run(); });
    return {};
  }

  void call(ToolCall call, OnEnd on_end) {
    agenda_->add([this, call = std::move(call), on_end = std::move(on_end)]() mutable {
      const auto found = servers_.find(call.server);
      if (found != servers_.end() && !stopping_) {
        return found->second->call(std::move(call), std::move(on_end));
      }
      const auto code = stopping_ ? ErrorCode::stopping : ErrorCode::not_found;
      on_end(Unanswered{{code, "there is no MCP server " + call.server, {}}, false});
    });
  }

  std::shared_ptr<const Tools> tools(const std::string& server) const {
    const std::lock_guard lock(mutex_);
    const auto found = offers_.find(server);
    return found == offers_.end() ? nullptr : found->second;
  }

  std::size_t reached() const { return reached_; }

 private:
  Result<void> load() {
    offset_ = node_.head().offset;
    runtime::ListQuery query;
    query.kind = kind;
    query.limit = page;
    do {
      const auto listed = node_.list(query);
      if (!listed) return std::unexpected(listed.error());
      for (const auto& item : listed->items) see(item);
      query.after = listed->next;
    } while (!query.after.empty());
    return {};
  }

  void see(const runtime::Answer& answer) {
    const auto view = std::dynamic_pointer_cast<const mcp_server::View>(answer.view);
    if (!view) return;
    const auto& name = answer.entity.id;
    auto& server = servers_[name];
    if (!server) {
      server = std::make_unique<Server>(
          name, Server::House{node_, options_, agenda_,
                              [this](const std::string& of, std::shared_ptr<const Tools> tools) {
                                const std::lock_guard lock(mutex_);
                                offers_[of] = std::move(tools);
                              }});
    }
    if (answer.status == "deleted") {
      server->forget();
    } else {
      server->see(*view);
    }
  }

  void hear_journal() {
    std::set<std::string> changed;
    while (true) {
      const auto events = node_.events(offset_, page);
      if (!events || events->empty()) break;
      for (const auto& event : *events) {
        offset_ = event.offset;
        if (event.record.kind() == kind) changed.insert(event.record.entity());
      }
    }
    for (const auto& name : changed) {
      if (const auto answer = node_.get({std::string(kind), name})) see(*answer);
    }
  }

  void run() {
    try {
      while (!stopping_) {
        for (auto& deed : agenda_->take()) deed();
        hear_journal();
        const auto now = options_.clock->elapsed();
        std::size_t reached = 0;
        for (auto& [name, server] : servers_) {
          server->turn(now);
          reached += server->is_reached() ? 1 : 0;
        }
        reached_ = reached;
        wait();
      }
    } catch (const std::exception& error) {
      if (options_.failed && !stopping_) options_.failed(error.what());
    }
    // Nothing of theirs comes any more, and what waited for it hears so.
    watch_.reset();
    streams_.reset();
    for (auto& [name, server] : servers_) server->close();
    for (auto deeds = agenda_->take(); !deeds.empty(); deeds = agenda_->take()) {
      for (auto& deed : deeds) deed();
    }
  }

  void wait() {
    std::optional<Moment> next;
    for (const auto& [name, server] : servers_) {
      const auto due = server->next();
      if (due) next = next ? std::min(*next, *due) : *due;
    }
    int patience = -1;
    if (next) {
      const auto left = std::max(*next - options_.clock->elapsed(), Moment(0));
      const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left);
      patience = static_cast<int>(std::min<std::int64_t>(ms.count(), 60'000));
    }
    pollfd wakes{agenda_->descriptor(), POLLIN, 0};
    ::poll(&wakes, 1, patience);
  }

  runtime::Node& node_;
  const ServersOptions options_;
  const std::shared_ptr<Agenda> agenda_ = std::make_shared<Agenda>();
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> reached_ = 0;
  /// Never fewer: what is on the agenda is about one of them.
  std::map<std::string, std::unique_ptr<Server>, std::less<>> servers_;
  /// Of the journal, up to which it is known here.
  std::uint64_t offset_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Tools>, std::less<>> offers_;
  runtime::Node::Watch watch_;
  runtime::Streams::Watch streams_;
  std::thread thread_;
};

Servers::Servers(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Servers::~Servers() = default;

Result<std::unique_ptr<Servers>> Servers::start(runtime::Node& node, ServersOptions options) {
  auto impl = std::make_unique<Impl>(node, std::move(options));
  if (auto started = impl->start(); !started) return std::unexpected(started.error());
  return std::unique_ptr<Servers>(new Servers(std::move(impl)));
}

void Servers::call(ToolCall call, OnEnd on_end) { impl_->call(std::move(call), std::move(on_end)); }

std::shared_ptr<const Tools> Servers::tools(const std::string& server) const {
  return impl_->tools(server);
}

std::size_t Servers::reached() const { return impl_->reached(); }

}  // namespace nightshift::bridges::mcp
