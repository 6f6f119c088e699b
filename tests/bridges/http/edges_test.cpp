// Where one request ends and the next begins, and peers that leave halfway: what is allowed, but
// rare.
#include <sys/socket.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <thread>

#include "tests/bridges/http/served.hpp"
#include "tests/support/eventually.hpp"

namespace nightshift::tests {

namespace {

const std::string host = "Host: localhost\r\n";
const std::string live = "GET /livez HTTP/1.1\r\n" + host + "\r\n";
const std::string token = "Authorization: Bearer admin-token\r\n";

std::string add(int by) {
  return request_text({.method = "POST",
                       .target = "/v1/counter/c/add",
                       .body = "{\"by\":" + std::to_string(by) + "}",
                       .fields = {}});
}

void await_commands(const Served& served, std::size_t count) {
  eventually([&] { return served.node.commands_seen() >= count; }, "the node has the command");
}

/// True if something has arrived that nobody has read.
bool something_arrived(const Wire& wire) {
  char byte = 0;
  return recv(wire.socket(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) > 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(edges)

BOOST_AUTO_TEST_CASE(who_sends_no_more_still_gets_his_answers) {
  Served served;
  for (const auto& [request, status] : {std::pair(live, 200), std::pair(add(1), 201)}) {
    Wire wire(served.port());
    wire.send(request);
    wire.stop_sending();
    BOOST_TEST(wire.read().status == status);
    BOOST_TEST(wire.closed());
  }
  served.node.hold_answers(true);
  Wire waiting(served.port());
  waiting.send(add(1));
  waiting.stop_sending();
  await_commands(served, 2);
  BOOST_TEST(Wire(served.port()).ask(live).status == 200);
  BOOST_TEST(!something_arrived(waiting));
  served.node.hold_answers(false);
  BOOST_TEST(waiting.read().member("code") == "stopping");
  BOOST_TEST(waiting.closed());
}

BOOST_AUTO_TEST_CASE(who_sends_no_more_in_the_middle_of_a_request_is_told_or_cut) {
  Served served;
  Wire head(served.port());
  head.send("GET /livez HTTP/1.1\r\nHost:");
  head.stop_sending();
  BOOST_TEST(head.closed());
  Wire body(served.port());
  body.send("POST /v1/counter/c/add HTTP/1.1\r\n" + host + token +
            "Content-Length: 8\r\n\r\n{\"by");
  body.stop_sending();
  BOOST_TEST(body.read().status == 400);
  BOOST_TEST(body.closed());
  BOOST_TEST(served.node.commands_seen() == 0u);
}

BOOST_AUTO_TEST_CASE(what_stands_behind_a_pending_command_waits_for_it) {
  Served served;
  served.node.hold_answers(true);
  Wire wire(served.port());
  wire.send(add(1) + live + request_text({.target = "/nowhere", .body = {}, .fields = {}}));
  await_commands(served, 1);
  BOOST_TEST(Wire(served.port()).ask(live).status == 200);
  BOOST_TEST(!something_arrived(wire));
  served.node.hold_answers(false);
  BOOST_TEST(wire.read().member("code") == "stopping");
  BOOST_TEST(wire.read().member("status") == "alive");
  BOOST_TEST(wire.read().status == 404);
}

BOOST_AUTO_TEST_CASE(who_leaves_while_his_command_is_pending_leaves_nothing_behind) {
  Served served;
  served.node.hold_answers(true);
  constexpr linger at_once{.l_onoff = 1, .l_linger = 0};
  for (const bool rudely : {false, true}) {
    Wire gone(served.port());
    gone.send(add(1) + add(1));
    await_commands(served, rudely ? 2 : 1);
    if (rudely) setsockopt(gone.socket(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  served.node.hold_answers(false);
  eventually([&] { return served.server->connections() == 0; }, "both connections have ended");
  BOOST_TEST(served.post("/v1/counter/d/add", R"({"by":1})").status == 201);
}

BOOST_AUTO_TEST_CASE(bytes_behind_a_body_are_the_next_request) {
  Served served;
  Wire wire(served.port());
  wire.send(add(7) + "{\"by\":1}\r\n\r\n" + add(1));
  BOOST_TEST(wire.read().member("value") == "7");
  BOOST_TEST(wire.read().status == 400);
  BOOST_TEST(wire.closed());
  BOOST_TEST(served.get("/v1/counter/c").member("value") == "7");
}

BOOST_AUTO_TEST_CASE(a_client_of_1996_is_answered_and_closed_unless_it_asks) {
  Served served;
  const std::string old = "GET /livez HTTP/1.0\r\n" + host;
  Wire once(served.port());
  BOOST_TEST(once.ask(old + "\r\n").status == 200);
  BOOST_TEST(once.closed());
  Wire more(served.port());
  BOOST_TEST(more.ask(old + "Connection: keep-alive\r\n\r\n").status == 200);
  BOOST_TEST(more.ask(old + "\r\n").status == 200);
  BOOST_TEST(more.closed());
  Wire expecting(served.port());
  expecting.send("POST /v1/counter/c/add HTTP/1.0\r\n" + host + token +
                 "Expect: 100-continue\r\nContent-Length: 8\r\n\r\n");
  BOOST_TEST(Wire(served.port()).ask(live).status == 200);
  BOOST_TEST(!something_arrived(expecting), "it would take 100 for the answer");
  BOOST_TEST(expecting.ask(R"({"by":5})").member("value") == "5");
}

BOOST_AUTO_TEST_CASE(nobody_is_told_to_go_on_with_a_body_that_is_there_or_refused) {
  Served served;
  const std::string post = "POST /v1/counter/c/add HTTP/1.1\r\n" + host;
  const std::string expects = "Expect: 100-continue\r\nContent-Length: 8\r\n\r\n";
  BOOST_TEST(Wire(served.port()).ask(post + token + expects + R"({"by":5})").status == 201);
  Wire stranger(served.port());
  BOOST_TEST(stranger.ask(post + expects).status == 401);
  BOOST_TEST(stranger.closed());
}

BOOST_AUTO_TEST_CASE(a_subscriber_has_nothing_more_to_ask) {
  Served served;
  const auto follow = [](const char* method) {
    return std::string(method) + " /v1/events HTTP/1.1\r\n" + host + token +
           "Accept: text/event-stream\r\n\r\n";
  };
  Wire wire(served.port());
  wire.send(follow("GET") + live);
  BOOST_TEST(wire.read_fields().status == 200);
  wire.send(live);
  BOOST_TEST(served.post("/v1/counter/c/add", R"({"by":1})").status == 201);
  const auto frame = wire.read_until("\n\n");
  BOOST_TEST(frame.starts_with("id: "), frame);
  Wire head(served.port());
  head.send(follow("HEAD") + live);
  BOOST_TEST(head.read_fields().fields.at("content-type") == "text/event-stream");
  BOOST_TEST(head.closed());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
