// Probes before real sockets: what holds, what fails, and the reason that is given.
#include "bridges/process/probe.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/test/unit_test.hpp>
#include <vector>

#include "bridges/process/inquiry.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/web/receiver.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::process;
using std::chrono::milliseconds;

constexpr milliseconds patience{60'000};

AnyOf question(const std::vector<std::string>& texts) {
  google::protobuf::RepeatedPtrField<std::string> field;
  for (const auto& text : texts) *field.Add() = text;
  auto any = parse_checks(field, "ready", CheckedFor::readiness);
  BOOST_TEST_REQUIRE(any.has_value(), (any ? "" : any.error().detail));
  return *any;
}

/// `holds`, or why it fails.
std::string outcome(const std::string& text, milliseconds timeout = patience) {
  Probe probe(question({text})[0][0], Moment(0), timeout);
  // Time passes only where the test wants it to.
  const auto now = timeout == patience ? Moment(0) : Moment(timeout);
  eventually(
      [&] {
        probe.go_on(now);
        return probe.state() != ProbeState::under_way;
      },
      text + " is over");
  return probe.state() == ProbeState::holds ? "holds" : probe.reason();
}

/// A port of 127.0.0.1 or ::1; nobody listens there unless it is asked to.
class Port {
 public:
  explicit Port(bool listens, int family = AF_INET) : socket_(::socket(family, SOCK_STREAM, 0)) {
    sockaddr_in ip4{};
    sockaddr_in6 ip6{};
    ip4.sin_family = AF_INET;
    ip4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ip6.sin6_family = AF_INET6;
    ip6.sin6_addr = in6addr_loopback;
    auto* address =
        family == AF_INET ? reinterpret_cast<sockaddr*>(&ip4) : reinterpret_cast<sockaddr*>(&ip6);
    auto size = static_cast<socklen_t>(family == AF_INET ? sizeof ip4 : sizeof ip6);
    bound_ = ::bind(socket_.get(), address, size) == 0;
    if (listens) ::listen(socket_.get(), 8);
    ::getsockname(socket_.get(), address, &size);
    number_ = std::to_string(ntohs(family == AF_INET ? ip4.sin_port : ip6.sin6_port));
  }
  bool is_bound() const { return bound_; }
  const std::string& number() const { return number_; }

 private:
  runtime::Descriptor socket_;
  bool bound_ = false;
  std::string number_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(process_probe)

BOOST_AUTO_TEST_CASE(a_connection_is_all_that_tcp_wants) {
  const Port open(true), closed(false);
  BOOST_TEST(outcome("tcp:" + open.number()) == "holds");
  BOOST_TEST(outcome("tcp:127.0.0.1:" + open.number()) == "holds");
  const auto refused = "tcp:" + closed.number();
  BOOST_TEST(outcome(refused) == refused + " refused the connection");
  BOOST_TEST(outcome("tcp:1.2.3:80") == "tcp:1.2.3:80: 1.2.3 is no address");
}

BOOST_AUTO_TEST_CASE(localhost_is_both_loopback_addresses) {
  const Port open(true, AF_INET6);
  if (!open.is_bound()) {
    BOOST_TEST_MESSAGE("skipped: this machine has no ::1");
    return;
  }
  BOOST_TEST(outcome("tcp:localhost:" + open.number()) == "holds");
  BOOST_TEST(outcome("tcp:" + open.number()) == "holds");
  BOOST_TEST(outcome("tcp:[::1]:" + open.number()) == "holds");
  BOOST_TEST(outcome("tcp:127.0.0.1:" + open.number()).ends_with("refused the connection"));
}

BOOST_AUTO_TEST_CASE(http_wants_an_answer_of_200_to_399) {
  WebReceiver server;
  const auto url = server.url("/health?deep=1");
  for (const int status : {200, 204, 302, 399}) {
    server.behave([status](const Received&) { return answer(status); });
    BOOST_TEST(outcome(url) == "holds", status);
  }
  for (const int status : {400, 404, 500, 503}) {
    server.behave([status](const Received&) { return answer(status); });
    BOOST_TEST(outcome(url) == url + " answered " + std::to_string(status));
  }
  const auto asked = server.received().front();
  BOOST_TEST(asked.line == "GET /health?deep=1 HTTP/1.1");
  BOOST_TEST(asked.headers.at("host") == "127.0.0.1:" + std::to_string(server.port()));
  server.behave([](const Received&) { return Reply{"SSH-2.0-OpenSSH_9.2\r\n", {}}; });
  BOOST_TEST(outcome(url) == url + " did not answer in HTTP");
  server.behave([](const Received&) { return Reply{"", Reply::End::close}; });
  BOOST_TEST(outcome(url) == url + " closed the connection without an answer");
}

BOOST_AUTO_TEST_CASE(who_takes_too_long_has_not_answered) {
  WebReceiver server([](const Received&) { return Reply{"", Reply::End::hang}; });
  BOOST_TEST(outcome(server.url("/"), milliseconds(70)) ==
             server.url("/") + " did not answer within 70 ms");
}

BOOST_AUTO_TEST_CASE(all_of_an_entry_must_hold_and_one_entry_suffices) {
  const Port open(true), closed(false);
  const auto up = "tcp:" + open.number(), down = "tcp:" + closed.number();
  struct Case {
    std::vector<std::string> texts;
    bool has_said;
    /// The entry that holds; -1 for none, -2 where nothing can be asked yet.
    int held;
  };
  for (const auto& [texts, has_said, held] :
       {Case{{up}, false, 0}, Case{{down}, false, -1}, Case{{down, up}, false, 1},
        Case{{up + " and " + up}, false, 0}, Case{{up + " and " + down}, false, -1},
        Case{{down + " and " + up, up}, false, 1}, Case{{"notify"}, false, -2},
        Case{{"notify"}, true, 0}, Case{{"notify and " + up}, false, -2},
        Case{{"notify and " + up}, true, 0}, Case{{"notify and " + down}, true, -1},
        Case{{down, "output:ready"}, true, 1}, Case{{"notify and " + down, up}, false, 1}}) {
    Inquiry inquiry(question(texts), patience);
    std::optional<Inquiry::Answer> answer;
    const auto says = [said = has_said](const Check&) { return said; };
    const auto asks = [&] {
      if (!answer) answer = inquiry.look(Moment(0), says);
      return answer || !inquiry.next_look();
    };
    eventually(asks, "it is answered");
    const int found = !answer ? -2 : answer->held ? static_cast<int>(*answer->held) : -1;
    BOOST_TEST(found == held, texts.front() << ", " << has_said);
    if (found == -1) BOOST_TEST(answer->reasons == down + " refused the connection");
  }
}

BOOST_AUTO_TEST_CASE(rounds_begin_when_they_are_due) {
  const Port closed(false);
  Inquiry inquiry(question({"tcp:" + closed.number()}), patience);
  const auto silent = [](const Check&) { return false; };
  std::optional<Inquiry::Answer> answer;
  eventually([&] { return (answer = inquiry.look(Moment(5), silent)).has_value(); }, "it fails");
  inquiry.ask_at(Moment(100));
  BOOST_TEST(!inquiry.look(Moment(99), silent).has_value());
  BOOST_TEST((inquiry.next_look() == Moment(100)));
  std::vector<pollfd> watched;
  inquiry.add_to(watched);
  BOOST_TEST(watched.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
