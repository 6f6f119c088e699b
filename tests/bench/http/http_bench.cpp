// Measures durable commands over HTTP beside bare cpp-httplib and, where asked for, Restate.
#include <httplib.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <thread>

#include "actors/all.hpp"
#include "bridges/http/server.hpp"
#include "messages/crypto.hpp"
#include "messages/principal.pb.h"
#include "runtime/clock.hpp"
#include "runtime/node.hpp"
#include "storage/rocks.hpp"
#include "tests/bench/http/fan_out.hpp"
#include "tests/bench/http/wrk.hpp"
#include "tests/support/kinds/counter.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::bench {
namespace {

constexpr const char* token = "ns_benchmark";
constexpr int seconds = 5;

/// A node with counters on a real journal, served over HTTP.
class Nightshift {
 public:
  Nightshift() {
    auto catalog = std::make_shared<runtime::Catalog>();
    actors::register_all(*catalog);
    catalog->add(tests::counter_kind());
    const auto clock = std::make_shared<runtime::SystemClock>();
    storage::RocksOptions options;
    options.path = folder_.path() / "journal";
    options.identity.emplace();
    options.identity->set_node("bench");
    options.identity->set_role("local");
    options.identity->set_log_id(to_hex(random_bytes(16)));
    options.now = [clock] { return clock->now(); };
    std::shared_ptr<storage::EventLog> log = storage::open_rocks(std::move(options)).value();
    node_ = runtime::start_node(log, catalog, clock, {}, {}).value();
    issue_token();
    bridges::http::HttpOptions http;
    // One principal asks for all.
    http.requests_per_s = 0;
    server_ = bridges::http::HttpServer::start(*node_, std::move(http)).value();
  }

  Load load() const {
    return {"http://127.0.0.1:" + std::to_string(server_->port()), "/v1/counter/c", "/add",
            R"({"by":1})", token};
  }

  FanOut fan_out(std::size_t followers) const {
    return measure_fan_out(*node_, server_->port(), token, followers);
  }

 private:
  void issue_token() {
    auto issue = std::make_shared<principal::Issue>();
    issue->set_token_hash(to_hex(as_bytes(sha256(token))));
    issue->add_scopes(SCOPE_OPERATE);
    issue->add_scopes(SCOPE_READ);
    runtime::Command command;
    command.entity = {"principal", "bench"};
    command.body = issue;
    command.caller = kernel::Caller::of_host();
    node_->call(std::move(command), std::chrono::seconds(10)).value();
  }

  tests::TemporaryFolder folder_;
  std::unique_ptr<runtime::Node> node_;
  std::unique_ptr<bridges::http::HttpServer> server_;
};

/// The library alone: reads the request, answers as many bytes as we do, keeps nothing.
class Bare {
 public:
  explicit Bare(std::string answer) : answer_(std::move(answer)) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(80); };
    server_.set_keep_alive_max_count(1'000'000'000);
    server_.set_tcp_nodelay(true);
    server_.Post("/v1/counter/([A-Za-z0-9._-]+)/add",
                 [this](const httplib::Request&, httplib::Response& response) {
                   response.set_content(answer_, "application/json");
                 });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Bare() {
    server_.stop();
    thread_.join();
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;

  Load load(Load like) const {
    like.url = "http://127.0.0.1:" + std::to_string(port_);
    return like;
  }

 private:
  std::string answer_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

/// Restate from npm with a counter as a virtual object; nothing where it cannot be had.
class Restate {
 public:
  Restate() : child_({"tests/bench/peers/restate/run"}) {
    while (const auto line = child_.line()) {
      if (line->starts_with("ready ")) url_ = line->substr(6);
      if (!url_.empty()) return;
    }
    std::cerr << "http: Restate did not start; left out\n";
  }

  std::optional<Load> load() const {
    if (url_.empty()) return std::nullopt;
    return Load{url_, "/counter/c", "/add", R"({"by":1})", ""};
  }

 private:
  Child child_;
  std::string url_;
};

void print(const std::string& name, const char* unit, double ours, const std::string& peer,
           double theirs) {
  std::cout << name << '\t' << ours << '\t' << unit << '\t' << peer << '\t' << theirs << '\n';
}

void compare(const Figures& ours, const Figures& theirs, int connections, const std::string& peer) {
  const std::string name = "http command, " + std::to_string(connections) + " connections";
  print(name, "requests/s", ours.requests_per_s, peer, theirs.requests_per_s);
  print(name + ", p50", "ms", ours.p50_ms, peer, theirs.p50_ms);
  print(name + ", p99", "ms", ours.p99_ms, peer, theirs.p99_ms);
  if (ours.errors + theirs.errors > 0) {
    std::cerr << name << ": " << ours.errors << " errors of ours, " << theirs.errors << " of "
              << peer << '\n';
  }
}

void measure() {
  const Nightshift nightshift;
  const Load load = nightshift.load();
  httplib::Client client(load.url);
  client.set_bearer_token_auth(token);
  const auto answer = client.Post(load.prefix + "0" + load.suffix, load.body, "application/json");
  if (!answer || answer->status / 100 != 2) throw std::runtime_error("the node does not answer");
  const Bare bare(answer->body);
  std::optional<Restate> restate;
  const char* peers = std::getenv("NIGHTSHIFT_PEERS");
  if (peers != nullptr && *peers != '\0') restate.emplace();
  run_wrk(load, 16, 2);  // every counter in memory
  for (const int connections : {1, 16, 64}) {
    const Figures ours = run_wrk(load, connections, seconds);
    compare(ours, run_wrk(bare.load(load), connections, seconds), connections, "cpp-httplib");
    if (!restate || !restate->load()) continue;
    compare(ours, run_wrk(*restate->load(), connections, seconds), connections, "Restate");
  }
  const FanOut fan_out = nightshift.fan_out(1'000);
  print("http events to 1000 subscribers", "frames/s", fan_out.frames_per_s, "bare sockets",
        fan_out.peer_frames_per_s);
}

}  // namespace
}  // namespace nightshift::bench

int main() {
  try {
    nightshift::bench::measure();
  } catch (const std::exception& error) {
    std::cerr << "http: " << error.what() << '\n';
    return 1;
  }
}
