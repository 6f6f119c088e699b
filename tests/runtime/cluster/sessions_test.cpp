// Sessions over real sockets: who meets, who is refused, who stays.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/cluster/sessions.hpp"
#include "runtime/descriptor.hpp"
#include "tests/runtime/cluster/town.hpp"
#include "tests/support/eventually.hpp"

// CAF 0.17 does not free the acceptor of a broker that ends as its system does, now and then: 200
// bytes, once per end of a node. Asked by name, by the leak checker.
extern "C" const char* __lsan_default_suppressions();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  return "leak:caf::io::network::default_multiplexer::new_doorman\n";
}

namespace {

using namespace nightshift;
using namespace nightshift::runtime::cluster;
using nightshift::runtime::Descriptor;
using nightshift::tests::eventually;
using nightshift::tests::Town;
using std::chrono::milliseconds;

std::shared_ptr<runtime::Clock> the_clock() {
  static const auto clock = std::make_shared<runtime::SystemClock>();
  return clock;
}

/// What sessions told, by any thread.
struct Heard {
  void add(std::string line) {
    const std::lock_guard lock(mutex);
    lines.push_back(std::move(line));
  }
  std::size_t count(const std::string& line) const {
    const std::lock_guard lock(mutex);
    return static_cast<std::size_t>(std::ranges::count(lines, line));
  }
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex);
    return lines;
  }

  mutable std::mutex mutex;
  std::vector<std::string> lines;
};

struct Running {
  Running(const Town& town, const std::string& node, std::vector<PeerAddress> peers,
          bool listens = true, SessionLimits limits = {}, std::uint16_t port = 0) {
    SessionsOptions options;
    options.host = listens ? "127.0.0.1" : "";
    options.port = port;
    options.peers = std::move(peers);
    options.trust = town.folder(node);
    options.limits = limits;
    options.dial_pause = milliseconds(20);
    options.dial_pause_max = milliseconds(200);
    options.clock = the_clock();
    options.report = [this](std::string_view line) { heard.add("report " + std::string(line)); };
    options.up = [this](const SessionPeer& peer) {
      heard.add("up " + peer.certificate.subject.node);
    };
    options.down = [this](const std::string& peer) { heard.add("down " + peer); };
    options.delivered = [this](const std::string& peer, Channel, std::string body) {
      heard.add(peer + ": " + body);
    };
    auto started = Sessions::start(std::move(options));
    BOOST_TEST_REQUIRE(started.has_value());
    sessions = std::move(*started);
  }

  bool is_up(const std::string& node) const {
    for (const auto& peer : sessions->peers()) {
      if (peer.node == node && peer.up) return true;
    }
    return false;
  }
  bool was_refused_for(std::string_view why) const {
    for (const auto& refusal : sessions->refusals()) {
      if (refusal.why.find(why) != std::string::npos) return true;
    }
    return false;
  }
  PeerAddress as(const std::string& node) const { return {node, "127.0.0.1", sessions->port()}; }

  Heard heard;
  std::unique_ptr<Sessions> sessions;
};

Town present() { return Town(the_clock()->now()); }

Descriptor connect_to(std::uint16_t port) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  BOOST_TEST_REQUIRE(
      ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  return socket;
}

/// Says something and waits until the other side has hung up.
void say_and_wait(std::uint16_t port, const std::string& bytes) {
  const auto socket = connect_to(port);
  static_cast<void>(::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
  char buffer[256];
  while (::recv(socket.get(), buffer, sizeof buffer, 0) > 0) {
  }
}

/// Some bytes of CAF's own protocol: a handshake's header with a payload of 4 GB.
std::string basp_header() {
  std::string bytes("\x10\x00\x00\x00\xff\xff\xff\xff", 8);
  bytes.append(28, '\0');
  return bytes + std::string(64, 'x');
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cluster_sessions)

BOOST_AUTO_TEST_CASE(the_port_does_not_open_without_certificates) {
  nightshift::tests::TemporaryFolder nothing;
  SessionsOptions options;
  options.host = "127.0.0.1";
  options.trust = nothing / "cluster";
  options.clock = the_clock();
  const auto started = Sessions::start(std::move(options));
  BOOST_TEST_REQUIRE(!started.has_value());
  BOOST_TEST((started.error().detail.find("nightshift cluster init") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(two_nodes_meet_whichever_of_them_dials) {
  auto town = present();
  town.member("cloud");
  for (const bool cloud_dials : {true, false}) {
    Running listening(town, cloud_dials ? "laptop" : "cloud", {});
    Running dialing(town, cloud_dials ? "cloud" : "laptop",
                    {listening.as(cloud_dials ? "laptop" : "cloud")}, false);
    auto& cloud = cloud_dials ? dialing : listening;
    auto& laptop = cloud_dials ? listening : dialing;
    eventually([&] { return cloud.is_up("laptop") && laptop.is_up("cloud"); }, "both are up");
    for (int i = 0; i < 100; ++i) {
      BOOST_TEST(cloud.sessions->send("laptop", CHANNEL_COMMANDS, std::to_string(i)));
      BOOST_TEST(laptop.sessions->send("cloud", CHANNEL_REPLICATION, std::to_string(i)));
    }
    eventually([&] { return laptop.heard.count("cloud: 99") && cloud.heard.count("laptop: 99"); },
               "all was delivered");
    std::vector<std::string> expected{"up cloud"};
    for (int i = 0; i < 100; ++i) expected.push_back("cloud: " + std::to_string(i));
    BOOST_TEST((laptop.heard.all() == expected));
  }
}

BOOST_AUTO_TEST_CASE(of_two_that_dial_each_other_one_session_stays) {
  auto town = present();
  town.member("cloud");
  // A port that is free for the second to be known by the first.
  const auto port = [&] {
    const Running taken(town, "cloud", {});
    return taken.sessions->port();
  }();
  Running laptop(town, "laptop", {{"cloud", "127.0.0.1", port}});
  Running cloud(town, "cloud", {laptop.as("laptop")}, true, {}, port);
  const auto settled = [&] {
    return cloud.is_up("laptop") && laptop.is_up("cloud") &&
           cloud.sessions->stats().half_open == 0 && laptop.sessions->stats().half_open == 0;
  };
  eventually(settled, "one session is left");
  BOOST_TEST(cloud.sessions->send("laptop", CHANNEL_COMMANDS, "hello"));
  eventually([&] { return laptop.heard.count("cloud: hello") == 1; }, "it was delivered");
}

BOOST_AUTO_TEST_CASE(a_node_that_ends_is_noticed_and_found_again) {
  auto town = present();
  town.member("cloud");
  Running laptop(town, "laptop", {});
  const auto address = laptop.as("laptop");
  for (std::size_t life = 1; life <= 3; ++life) {
    Running cloud(town, "cloud", {address}, false);
    eventually([&] { return laptop.heard.count("up cloud") == life; }, "the cloud came");
    cloud.sessions.reset();
    eventually([&] { return laptop.heard.count("down cloud") == life; }, "the cloud went");
  }
  Running cloud(town, "cloud", {address}, false);
  eventually([&] { return cloud.is_up("laptop"); }, "the cloud came");
  laptop.sessions.reset();
  eventually([&] { return cloud.heard.count("down laptop") == 1; }, "the laptop went");
  Running again(town, "laptop", {}, true, {}, address.port);
  eventually([&] { return cloud.heard.count("up laptop") == 2; }, "the laptop was found again");
}

BOOST_AUTO_TEST_CASE(whatever_else_connects_is_refused_and_recorded_and_delivers_nothing) {
  auto town = present();
  town.member("cloud");
  auto elsewhere = present();
  elsewhere.member("cloud");
  Running laptop(town, "laptop", {});
  const auto port = laptop.sessions->port();
  say_and_wait(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  say_and_wait(port, std::string(4096, '\0'));
  say_and_wait(port, basp_header());
  say_and_wait(port, std::string("\xff\xff\xff\xff", 4) + std::string(200'000, 'a'));
  const Running foreign(elsewhere, "cloud", {laptop.as("laptop")}, false);
  eventually([&] { return laptop.sessions->stats().refused >= 5; }, "all were refused");
  BOOST_TEST(laptop.heard.all().empty());
  BOOST_TEST(!foreign.is_up("laptop"));
  // By a name that may have more addresses than the one that is listened at.
  Running cloud(town, "cloud", {{"laptop", "localhost", port}}, false);
  eventually([&] { return cloud.is_up("laptop"); }, "the honest one is served");
}

BOOST_AUTO_TEST_CASE(hundreds_of_half_open_handshakes_do_not_keep_the_honest_out) {
  auto town = present();
  town.member("cloud");
  Running laptop(town, "laptop", {});
  std::vector<Descriptor> crowd;
  for (int i = 0; i < 300; ++i) crowd.push_back(connect_to(laptop.sessions->port()));
  eventually([&] { return laptop.sessions->stats().accepted >= 300; }, "all are accepted");
  BOOST_TEST(laptop.sessions->stats().half_open <= 64u);
  Running cloud(town, "cloud", {laptop.as("laptop")}, false);
  eventually([&] { return cloud.is_up("laptop") && laptop.is_up("cloud"); }, "the cloud is served");
  // Those that gave way were hung up on.
  char byte = 0;
  BOOST_TEST(::recv(crowd.front().get(), &byte, 1, 0) <= 0);
}

BOOST_AUTO_TEST_CASE(a_frozen_peer_is_gone_in_the_time_that_was_set) {
  auto town = present();
  const auto credentials = town.member("cloud");
  SessionLimits limits;
  limits.silence_max = milliseconds(500);
  limits.heartbeat = milliseconds(100);
  Running laptop(town, "laptop", {}, true, limits);
  const auto socket = connect_to(laptop.sessions->port());
  TlsStream stream(TlsContext::make(credentials).value(), TlsStream::Side::dials,
                   the_clock()->now());
  std::string plain;
  char buffer[16'384];
  while (!stream.established()) {
    const auto wire = stream.take_wire();
    BOOST_TEST_REQUIRE(::send(socket.get(), wire.data(), wire.size(), MSG_NOSIGNAL) ==
                       static_cast<ssize_t>(wire.size()));
    const auto count = ::recv(socket.get(), buffer, sizeof buffer, 0);
    BOOST_TEST_REQUIRE(count > 0);
    BOOST_TEST_REQUIRE(
        stream.receive({buffer, static_cast<std::size_t>(count)}, plain).has_value());
  }
  Frame frame;
  auto& hello = *frame.mutable_hello();
  hello.set_node("cloud");
  hello.set_role("cloud");
  hello.set_protocol_min(protocol_oldest);
  hello.set_protocol_max(protocol_newest);
  std::string bytes;
  append_frame(frame, bytes);
  BOOST_TEST_REQUIRE(stream.send(bytes).has_value());
  const auto wire = stream.take_wire();
  static_cast<void>(::send(socket.get(), wire.data(), wire.size(), MSG_NOSIGNAL));
  eventually([&] { return laptop.heard.count("up cloud") == 1; }, "it came up");
  eventually([&] { return laptop.heard.count("down cloud") == 1; }, "it was given up");
}

BOOST_AUTO_TEST_CASE(an_invited_node_joins_and_a_revoked_one_is_out) {
  auto town = present();
  BOOST_TEST_REQUIRE(
      town.trust("cloud").join(town.invitation("cloud"), std::nullopt, town.now()).has_value());
  Running laptop(town, "laptop", {});
  Running cloud(town, "cloud", {laptop.as("laptop")}, false);
  eventually([&] { return laptop.heard.count("up cloud") == 1; }, "it joined with its own key");
  BOOST_TEST(!town.credentials("cloud").facts.subject.invitation);
  const auto first = town.credentials("cloud").facts.key_hash;
  BOOST_TEST_REQUIRE(town.trust("cloud").rotate(the_clock()->now()).has_value());
  eventually([&] { return laptop.heard.count("up cloud") == 2; }, "it came back with another key");
  BOOST_TEST(town.credentials("cloud").facts.key_hash != first);
  BOOST_TEST_REQUIRE(town.trust("laptop").revoke("cloud", the_clock()->now()).has_value());
  eventually([&] { return laptop.heard.count("down cloud") == 2; }, "its session was ended");
  eventually([&] { return laptop.was_refused_for("revoked"); }, "it was refused");
  BOOST_TEST(!laptop.is_up("cloud"));
}

BOOST_AUTO_TEST_SUITE_END()
