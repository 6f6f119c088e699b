// Streams of events (SSE): one thread serves all subscribers.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "bridges/http/budget.hpp"
#include "bridges/http/deadlines.hpp"
#include "bridges/http/exchange.hpp"
#include "bridges/http/front_metrics.hpp"
#include "bridges/http/page.hpp"
#include "bridges/http/places.hpp"
#include "bridges/http/poller.hpp"
#include "bridges/http/presence.hpp"
#include "bridges/http/server.hpp"
#include "bridges/http/sessions.hpp"
#include "bridges/http/socket.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::http {

/// Somebody on the way to the feed, with a place in it.
struct Guest {
  Follow cursor;
  Presence place;
  Socket socket;
  Presence presence;
};

/// A subscriber is a cursor: what it has not taken yet is in the journal, not in memory, but for
/// the rest of one frame. Thread-safe.
class Feed {
 public:
  /// `memory` and the others must outlive it.
  Feed(runtime::Node& node, const HttpOptions& options, Sessions& sessions, Budget& memory,
       FrontMetrics& metrics);
  ~Feed();

  /// Refused where as many follow as may: in all, or of this principal.
  Result<std::unique_ptr<Guest>> invite(Follow cursor);
  /// Writes frames until the peer leaves or takes nothing for too long, its session ends, or the
  /// node's authority changes: then the subscriber must show its token again.
  void seat(std::unique_ptr<Guest> guest);
  /// Ends all streams; no one is seated any more.
  void stop();

 private:
  struct Follower;

  void run();
  void turn();
  bool stopping();
  void take_in();
  void admit(Follower& follower);
  /// Has the node tell of news as long as there is somebody who wants to know.
  void listen();
  void look_at_news();
  void look_at_authority();
  /// Those whom no news would end: nothing tells the feed that a session has ended.
  void patrol(SteadyTime now);
  void drop_if(const std::function<bool(const Follow&)>& unwelcome);
  /// Those who follow an entity of which something became durable.
  void tell_of_entities();
  void ready(Follower& follower);
  void happened(Follower& follower, std::uint32_t events);
  /// One page at most.
  void serve(Follower& follower);
  void write_page(Follower& follower, const Page& page);
  /// How much the socket took; all of it, or the follower is blocked or dropped.
  std::size_t write(Follower& follower, std::string_view text);
  void look_at(Follower& follower, SteadyTime now);
  void drop(Follower& follower);

  runtime::Node& node_;
  const HttpOptions& options_;
  Sessions& sessions_;
  Budget& memory_;
  FrontMetrics& metrics_;
  Places places_;

  std::mutex mutex_;
  std::vector<std::unique_ptr<Guest>> guests_;
  bool stopping_ = false;
  /// Durable, as the node said last.
  std::atomic<std::uint64_t> said_;
  Bell bell_;

  // The thread's.
  Poller poller_;
  Deadlines deadlines_;
  Pages pages_;
  std::unordered_map<Follower*, std::unique_ptr<Follower>> followers_;
  std::vector<std::unique_ptr<Follower>> dropped_;
  std::deque<Follower*> ready_;
  std::multimap<std::string, Follower*> by_entity_;
  /// Durable, as far as the thread has heard; of that, what those of entities have been told of.
  std::uint64_t newest_ = 0;
  std::uint64_t told_ = 0;
  std::shared_ptr<const Authority> authority_;
  SteadyTime patrol_at_{};

  /// Calls until it goes.
  runtime::Node::Watch watch_;
  std::thread thread_;
};

}  // namespace nightshift::bridges::http
