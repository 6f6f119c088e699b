// The protocol of a session, between two ends in memory.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/cluster/session.hpp"
#include "tests/runtime/cluster/town.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::runtime::cluster;
using nightshift::tests::Town;
using std::chrono::days;
using std::chrono::milliseconds;
using Side = TlsStream::Side;

/// Remembers what a session told.
struct Owner : SessionOwner {
  Result<void> admit(const CertificateFacts& peer) override {
    admitted.push_back(peer.subject.node);
    return {};
  }
  Result<void> up(const SessionPeer& peer) override {
    peers.push_back(peer);
    return {};
  }
  void delivered(Channel, std::string body) override { bodies.push_back(std::move(body)); }
  void credited(Channel) override { ++credits; }
  Result<std::string> renewal_asked(const CertificateFacts&, std::string_view) override {
    return "a certificate";
  }
  void renewal_came(const Renewed& answer) override { renewed.push_back(answer.certificate()); }
  void revocations(std::string_view) override {}

  std::vector<std::string> admitted;
  std::vector<SessionPeer> peers;
  std::vector<std::string> bodies;
  std::vector<std::string> renewed;
  int credits = 0;
};

struct End {
  End(const Credentials& credentials, Side side, Time now, Greeting greeting = {},
      std::string expected = {}) {
    Session::Options options;
    options.context = TlsContext::make(credentials).value();
    options.greeting = std::move(greeting);
    options.side = side;
    options.now = now;
    options.expected = std::move(expected);
    session = std::make_unique<Session>(owner, std::move(options), milliseconds(0));
  }

  Owner owner;
  std::unique_ptr<Session> session;
};

/// Carries bytes to and fro until there are none.
void carry(Session& a, Session& b, milliseconds now = milliseconds(0)) {
  while (true) {
    const auto to_b = a.take_wire();
    if (!to_b.empty()) b.receive(to_b, now);
    const auto to_a = b.take_wire();
    if (!to_a.empty()) a.receive(to_a, now);
    if (to_a.empty() && to_b.empty()) return;
  }
}

struct Pair {
  Pair(Town& town, const Credentials& dials, const Credentials& accepts, Time now)
      : dialing(dials, Side::dials, now), accepting(accepts, Side::accepts, now) {
    static_cast<void>(town);
    carry(*dialing.session, *accepting.session);
  }
  bool is_up() const {
    return dialing.session->phase() == Session::Phase::up &&
           accepting.session->phase() == Session::Phase::up;
  }
  bool nobody_is_up() const {
    return accepting.owner.peers.empty() && accepting.owner.bodies.empty() &&
           dialing.owner.peers.empty() && dialing.owner.bodies.empty();
  }

  End dialing;
  End accepting;
};

/// Has a certificate and says whatever it likes.
struct Rogue {
  Rogue(const Credentials& credentials, Time now)
      : stream(TlsContext::make(credentials).value(), Side::dials, now) {}

  void meet(Session& honest) {
    std::string plain;
    for (int i = 0; i < 8; ++i) {
      honest.receive(stream.take_wire(), milliseconds(0));
      static_cast<void>(stream.receive(honest.take_wire(), plain));
    }
  }
  void say(Session& honest, std::string_view plain) {
    BOOST_TEST_REQUIRE(stream.send(plain).has_value());
    honest.receive(stream.take_wire(), milliseconds(0));
  }
  void say(Session& honest, const Frame& frame) {
    std::string bytes;
    append_frame(frame, bytes);
    say(honest, bytes);
  }
  void greet(Session& honest, const std::string& node = "cloud",
             const std::string& role = "cloud") {
    Frame frame;
    auto& hello = *frame.mutable_hello();
    hello.set_node(node);
    hello.set_role(role);
    hello.set_protocol_min(protocol_oldest);
    hello.set_protocol_max(protocol_newest);
    hello.set_command_window_bytes(1000);
    say(honest, frame);
  }

  TlsStream stream;
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Frame envelope(Channel channel, std::string body) {
  Frame frame;
  frame.mutable_envelope()->set_channel(channel);
  frame.mutable_envelope()->set_body(std::move(body));
  return frame;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cluster_session)

BOOST_AUTO_TEST_CASE(two_members_meet_and_know_each_other_by_their_certificates) {
  Town town;
  const auto cloud = town.member("cloud");
  Pair pair(town, cloud, town.credentials("laptop"), town.now());
  BOOST_TEST_REQUIRE(pair.is_up());
  const auto& seen = pair.accepting.owner.peers.at(0);
  BOOST_TEST((seen.certificate.subject == Subject{"cloud", "cloud"}));
  BOOST_TEST(!seen.dialed_by_us);
  BOOST_TEST(pair.dialing.owner.peers.at(0).certificate.subject.node == "laptop");
  auto& session = *pair.dialing.session;
  BOOST_TEST(session.windows()->commands.take(5));
  session.send(CHANNEL_COMMANDS, "first");
  session.send(CHANNEL_REPLICATION, "second");
  carry(session, *pair.accepting.session);
  BOOST_TEST((pair.accepting.owner.bodies == std::vector<std::string>{"first", "second"}));
}

BOOST_AUTO_TEST_CASE(strangers_and_the_expelled_are_refused_in_the_handshake) {
  Town town;
  Town elsewhere;
  const auto laptop = town.credentials("laptop");
  const auto cloud = town.member("cloud");
  const auto foreign = elsewhere.member("cloud");
  const auto later = town.now() + days(366);
  {
    Pair pair(town, foreign, laptop, town.now());
    BOOST_TEST(pair.nobody_is_up());
    BOOST_TEST(pair.accepting.owner.admitted.empty());
  }
  {
    // Believes the right authority, and shows a certificate of another.
    auto disguised = foreign;
    disguised.authority = laptop.authority;
    disguised.revocations = laptop.revocations;
    Pair pair(town, disguised, laptop, town.now());
    BOOST_TEST(pair.nobody_is_up());
    BOOST_TEST(has(pair.accepting.session->reason(), "certificate does not hold"));
  }
  {
    Pair pair(town, cloud, laptop, later);
    BOOST_TEST(pair.nobody_is_up());
  }
  BOOST_TEST_REQUIRE(town.trust("laptop").revoke("cloud", town.now()).has_value());
  Pair pair(town, cloud, town.credentials("laptop"), town.now());
  BOOST_TEST(pair.accepting.owner.admitted.empty());
  BOOST_TEST(pair.accepting.owner.peers.empty());
  BOOST_TEST(has(pair.accepting.session->reason(), "revoked"));
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_refused_by_whoever_looks_at_it) {
  Town town;
  const auto cloud = town.member("cloud");
  End dialing(cloud, Side::dials, town.now());
  End accepting(town.credentials("laptop"), Side::accepts, town.now() + days(366));
  carry(*dialing.session, *accepting.session);
  BOOST_TEST(accepting.owner.peers.empty());
  BOOST_TEST(has(accepting.session->reason(), "expired"));
}

BOOST_AUTO_TEST_CASE(another_nodes_name_is_refused) {
  Town town;
  const auto cloud = town.member("cloud");
  const auto other = town.member("cloud-2");
  {
    End dialing(cloud, Side::dials, town.now(), {}, "laptop");
    End accepting(other, Side::accepts, town.now());
    carry(*dialing.session, *accepting.session);
    BOOST_TEST(dialing.owner.peers.empty());
    BOOST_TEST(has(dialing.session->reason(), "laptop was dialed, and the peer is cloud-2"));
  }
  {
    Pair pair(town, cloud, cloud, town.now());
    BOOST_TEST(pair.nobody_is_up());
    BOOST_TEST(has(pair.accepting.session->reason(), "own name"));
  }
  Rogue rogue(cloud, town.now());
  End honest(town.credentials("laptop"), Side::accepts, town.now());
  rogue.meet(*honest.session);
  rogue.greet(*honest.session, "cloud", "local");
  BOOST_TEST(honest.owner.peers.empty());
  BOOST_TEST(has(honest.session->reason(), "its certificate is for cloud cloud"));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_tls_end_the_session_and_deliver_nothing) {
  Town town;
  for (const auto& bytes :
       {std::string("GET / HTTP/1.1\r\n\r\n"), std::string(512, '\0'), std::string(100, '\xff'),
        std::string("\x16\x03\x01\xff\xff", 5) + std::string(70'000, 'a')}) {
    End honest(town.credentials("laptop"), Side::accepts, town.now());
    honest.session->receive(bytes, milliseconds(0));
    BOOST_TEST((honest.session->phase() == Session::Phase::closed));
    BOOST_TEST(honest.owner.admitted.empty());
  }
}

BOOST_AUTO_TEST_CASE(frames_are_bounded_before_and_after_the_greeting) {
  Town town;
  const auto cloud = town.member("cloud");
  for (const bool greeted : {false, true}) {
    Rogue rogue(cloud, town.now());
    End honest(town.credentials("laptop"), Side::accepts, town.now());
    rogue.meet(*honest.session);
    if (greeted) rogue.greet(*honest.session);
    rogue.say(*honest.session, "\xff\xff\xff\xff");
    BOOST_TEST((honest.session->phase() == Session::Phase::closed));
    BOOST_TEST(has(honest.session->reason(), "4294967295"));
  }
}

BOOST_AUTO_TEST_CASE(a_member_that_does_not_keep_to_the_protocol_is_let_go) {
  Town town;
  const auto cloud = town.member("cloud");
  const auto end_after = [&](auto misbehave) {
    Rogue rogue(cloud, town.now());
    End honest(town.credentials("laptop"), Side::accepts, town.now());
    rogue.meet(*honest.session);
    misbehave(rogue, honest);
    BOOST_TEST((honest.session->phase() == Session::Phase::closed));
    return honest.session->reason();
  };
  const auto early = end_after([](Rogue& rogue, End& honest) {
    rogue.say(*honest.session, envelope(CHANNEL_COMMANDS, "early"));
    BOOST_TEST(honest.owner.bodies.empty());
  });
  BOOST_TEST(has(early, "did not greet first"));
  const auto no_frame = end_after([](Rogue& rogue, End& honest) {
    rogue.greet(*honest.session);
    rogue.say(*honest.session, std::string("\0\0\0\3\xff\xff\xff", 7));
  });
  BOOST_TEST(has(no_frame, "not a frame"));
  const auto channel = end_after([](Rogue& rogue, End& honest) {
    rogue.greet(*honest.session);
    rogue.say(*honest.session, envelope(CHANNEL_UNSPECIFIED, "where to"));
  });
  BOOST_TEST(has(channel, "channel"));
}

BOOST_AUTO_TEST_CASE(more_than_the_credit_is_not_taken) {
  Town town;
  Rogue rogue(town.member("cloud"), town.now());
  End honest(town.credentials("laptop"), Side::accepts, town.now());
  rogue.meet(*honest.session);
  rogue.greet(*honest.session);
  const std::string megabyte(1u << 20, 'x');
  int sent = 0;
  while (honest.session->phase() == Session::Phase::up && sent < 100) {
    rogue.say(*honest.session, envelope(CHANNEL_COMMANDS, megabyte));
    ++sent;
  }
  BOOST_TEST(has(honest.session->reason(), "credit"));
  BOOST_TEST(honest.owner.bodies.size() == SessionLimits().command_window_bytes >> 20);
}

BOOST_AUTO_TEST_CASE(credit_is_given_back_for_what_is_done_with) {
  Town town;
  Pair pair(town, town.member("cloud"), town.credentials("laptop"), town.now());
  BOOST_TEST_REQUIRE(pair.is_up());
  auto& windows = *pair.dialing.session->windows();
  const auto whole = windows.commands.left();
  const std::string body(1u << 20, 'x');
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST_REQUIRE(windows.commands.take(body.size()));
    pair.dialing.session->send(CHANNEL_COMMANDS, body);
    carry(*pair.dialing.session, *pair.accepting.session);
    pair.accepting.session->consumed(CHANNEL_COMMANDS, body.size());
    carry(*pair.dialing.session, *pair.accepting.session);
  }
  BOOST_TEST(pair.accepting.owner.bodies.size() == 20u);
  BOOST_TEST(windows.commands.left() == whole);
  BOOST_TEST(pair.dialing.owner.credits > 0);
}

BOOST_AUTO_TEST_CASE(a_window_never_grows_beyond_what_was_said_first) {
  Window window;
  BOOST_TEST(!window.take(1));
  window.give(100);
  window.give(1'000'000);
  BOOST_TEST(window.left() == 100);
  // The last frame may overshoot.
  BOOST_TEST(window.take(99));
  BOOST_TEST(window.take(50));
  BOOST_TEST(!window.take(1));
}

BOOST_AUTO_TEST_CASE(a_silent_peer_is_gone_and_a_living_one_is_heard) {
  Town town;
  Pair pair(town, town.member("cloud"), town.credentials("laptop"), town.now());
  BOOST_TEST_REQUIRE(pair.is_up());
  for (int s = 1; s <= 60; ++s) {
    const auto now = std::chrono::seconds(s);
    pair.dialing.session->tick(now);
    pair.accepting.session->tick(now);
    carry(*pair.dialing.session, *pair.accepting.session, now);
  }
  BOOST_TEST(pair.is_up());
  pair.accepting.session->tick(std::chrono::seconds(70));
  BOOST_TEST((pair.accepting.session->phase() == Session::Phase::closed));
}

BOOST_AUTO_TEST_CASE(a_handshake_has_a_deadline) {
  Town town;
  End honest(town.credentials("laptop"), Side::accepts, town.now());
  honest.session->tick(milliseconds(4'999));
  BOOST_TEST((honest.session->phase() == Session::Phase::handshake));
  honest.session->tick(milliseconds(5'001));
  BOOST_TEST((honest.session->phase() == Session::Phase::closed));
  Rogue rogue(town.member("cloud"), town.now());
  End greeting(town.credentials("laptop"), Side::accepts, town.now());
  rogue.meet(*greeting.session);
  BOOST_TEST((greeting.session->phase() == Session::Phase::greeting));
  greeting.session->tick(milliseconds(5'001));
  BOOST_TEST((greeting.session->phase() == Session::Phase::closed));
}

BOOST_AUTO_TEST_CASE(an_invitation_is_good_for_a_certificate_and_nothing_else) {
  Town town;
  const auto invitation = town.invitation("cloud");
  BOOST_TEST_REQUIRE(town.trust("cloud").join(invitation, std::nullopt, town.now()).has_value());
  Pair pair(town, town.credentials("cloud"), town.credentials("laptop"), town.now());
  BOOST_TEST_REQUIRE(pair.is_up());
  pair.dialing.session->ask_renewal("a request");
  carry(*pair.dialing.session, *pair.accepting.session);
  BOOST_TEST((pair.dialing.owner.renewed == std::vector<std::string>{"a certificate"}));
  pair.dialing.session->send(CHANNEL_COMMANDS, "approve");
  carry(*pair.dialing.session, *pair.accepting.session);
  BOOST_TEST(pair.accepting.owner.bodies.empty());
  BOOST_TEST((pair.accepting.session->phase() == Session::Phase::closed));
}

BOOST_AUTO_TEST_CASE(neighbouring_versions_work_together_and_others_say_who_must_upgrade) {
  struct Row {
    Greeting cloud;
    Greeting laptop;
    std::uint32_t protocol;
    std::string_view upgrade;
  };
  const std::vector<Row> rows{
      {{1, 2, "", ""}, {1, 2, "", ""}, 2, ""},
      {{1, 2, "", ""}, {2, 3, "", ""}, 2, ""},
      {{2, 3, "", ""}, {1, 2, "", ""}, 2, ""},
      {{1, 1, "", ""}, {1, 2, "", ""}, 1, ""},
      {{1, 2, "", ""}, {3, 4, "", ""}, 0, "upgrade cloud"},
      {{3, 4, "", ""}, {1, 2, "", ""}, 0, "upgrade laptop"},
  };
  Town town;
  const auto cloud = town.member("cloud");
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT("row " << &row - rows.data()) {
      End dialing(cloud, Side::dials, town.now(), row.cloud);
      End accepting(town.credentials("laptop"), Side::accepts, town.now(), row.laptop);
      carry(*dialing.session, *accepting.session);
      if (row.protocol == 0) {
        BOOST_TEST(dialing.owner.peers.empty());
        BOOST_TEST(accepting.owner.peers.empty());
        BOOST_TEST(has(dialing.session->reason(), row.upgrade), dialing.session->reason());
        BOOST_TEST(has(accepting.session->reason(), row.upgrade), accepting.session->reason());
      } else {
        BOOST_TEST_REQUIRE(dialing.owner.peers.size() == 1u);
        BOOST_TEST(dialing.owner.peers[0].protocol == row.protocol);
        BOOST_TEST(accepting.owner.peers.at(0).protocol == row.protocol);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
