// Listens.
#include "bridges/http/front.hpp"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>

namespace nightshift::bridges::http {
namespace {

/// Descriptors that the rest of the process needs: the journal's files above all.
constexpr std::size_t descriptors_of_others = 1024;

/// As many as are wanted, or as many as the process may have.
std::size_t connections_max(const HttpOptions& options) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t all = limit.rlim_cur;
  const std::size_t left = all > 2 * descriptors_of_others ? all - descriptors_of_others : all / 2;
  return std::min(options.connections_max, left);
}

}  // namespace

Front::Front(Api& api, Feed& feed, Budget& memory, std::atomic<std::size_t>& connections,
             const HttpOptions& options)
    : workers_(options.workers, options.waiting_max),
      premises_{.api = api,
                .feed = feed,
                .workers = workers_,
                .options = options,
                .memory = memory,
                .connections = connections,
                .connections_max = connections_max(options),
                .stopping = stopping_} {
  for (std::size_t i = 0; i < options.loops; ++i) {
    loops_.push_back(std::make_unique<Loop>(premises_));
  }
}

Front::~Front() { stop(); }

Result<int> Front::start() {
  auto listener = listen_on(premises_.options.host, premises_.options.port);
  if (!listener) return std::unexpected(listener.error());
  listener_ = std::move(*listener);
  // The first loop accepts for all.
  for (std::size_t i = loops_.size(); i-- > 0;) {
    loops_[i]->start(i == 0 ? &listener_ : nullptr, [this](Socket socket) {
      loops_[next_++ % loops_.size()]->adopt(std::move(socket));
    });
  }
  return port_of(listener_);
}

void Front::stop() {
  if (stopping_.exchange(true)) return;
  if (listener_.open()) shutdown(listener_.descriptor(), SHUT_RDWR);
  for (const auto& loop : loops_) loop->stop();
}

}  // namespace nightshift::bridges::http
