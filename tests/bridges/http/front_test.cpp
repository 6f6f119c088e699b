// The front on real sockets: bounds, deadlines, smuggling, reuse of connections, many of them.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "bridges/http/mailbox.hpp"
#include "tests/bridges/http/served.hpp"
#include "tests/support/eventually.hpp"

namespace nightshift::tests {

namespace {

using bridges::http::HttpOptions;
using bridges::http::HttpServer;
using std::chrono::milliseconds;

const std::string live = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

Asked add(const std::string& body) {
  return {.method = "POST", .target = "/v1/counter/c/add", .body = body, .fields = {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(front)

BOOST_AUTO_TEST_CASE(a_connection_serves_one_request_after_another) {
  Served served;
  Wire wire(served.port());
  for (int i = 1; i <= 100; ++i) {
    const auto answer = wire.ask(request_text(add(R"({"by":1})")));
    BOOST_REQUIRE(answer.status == (i == 1 ? 201 : 200));
    BOOST_TEST(answer.member("value") == std::to_string(i));
  }
}

BOOST_AUTO_TEST_CASE(requests_that_arrive_together_are_answered_in_order) {
  Served served;
  Wire wire(served.port());
  wire.send(request_text(add(R"({"by":1})")) + request_text(add(R"({"by":2})")) + live);
  BOOST_TEST(wire.read().member("value") == "1");
  BOOST_TEST(wire.read().member("value") == "3");
  BOOST_TEST(wire.read().body == R"({"status":"alive"})");
}

BOOST_AUTO_TEST_CASE(a_request_that_arrives_byte_by_byte_is_understood) {
  Served served;
  Wire wire(served.port());
  for (const char byte : request_text(add(R"({"by":7})"))) wire.send(std::string(1, byte));
  BOOST_TEST(wire.read().member("value") == "7");
}

BOOST_AUTO_TEST_CASE(ambiguous_requests_are_refused_and_nothing_behind_them_is_read) {
  Served served;
  const std::string hidden = request_text(add(R"({"by":666})"));
  const std::string post =
      "POST /v1/counter/c/add HTTP/1.1\r\nHost: localhost\r\n"
      "Authorization: Bearer admin-token\r\n";
  const std::string attacks[] = {
      post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
      post + "Transfer-Encoding: chunked\r\n\r\n-2\r\n" + hidden,
      post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n" + hidden,
      post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden,
      post + "Content-Length: 2\r\nContent-Length: 0\r\n\r\n{}" + hidden,
      post + "Content-Length: -2\r\n\r\n" + hidden,
      post + "X: y\r\n Content-Length: 0\r\n\r\n" + hidden,
      post + "Content-Length: 0\n\r\n" + hidden,
      "GET / HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n\r\n" + hidden,
      "GET / HTTP/1.1\r\n\r\n" + hidden,
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + hidden,
  };
  for (const std::string& attack : attacks) {
    BOOST_TEST_CONTEXT(attack) {
      Wire wire(served.port());
      const auto answer = wire.ask(attack);
      BOOST_TEST(answer.status == 400);
      BOOST_TEST(answer.fields.at("connection") == "close");
      BOOST_TEST(wire.closed());
    }
  }
  BOOST_TEST(served.node.commands_seen() == 0u);
}

BOOST_AUTO_TEST_CASE(the_body_of_a_get_is_not_taken_for_the_next_request) {
  Served served;
  const std::string hidden = request_text(add(R"({"by":666})"));
  for (const char* target : {"/livez", "/v1/kinds", "/nowhere"}) {
    const std::string head =
        request_text({.target = target,
                      .body = {},
                      .fields = "Content-Length: " + std::to_string(hidden.size()) + "\r\n"});
    const int status = std::string(target) == "/nowhere" ? 404 : 200;
    Wire at_once(served.port());
    BOOST_TEST(at_once.ask(head + hidden).status == status);
    BOOST_TEST(at_once.closed());
    Wire later(served.port());
    BOOST_TEST(later.ask(head).status == status);
    later.send(hidden);
    BOOST_TEST(later.closed());
  }
  BOOST_TEST(served.node.commands_seen() == 0u);
}

BOOST_AUTO_TEST_CASE(bodies_and_header_blocks_that_are_too_large_are_413) {
  HttpOptions options;
  options.body_bytes_max = 1000;
  Served served(options);
  Wire body(served.port());
  const auto refused = body.ask(request_text(add(std::string(1001, ' '))));
  BOOST_TEST(refused.status == 413);
  BOOST_TEST(refused.member("code") == "too_large");
  BOOST_TEST(body.closed());
  BOOST_TEST(Wire(served.port()).ask(request_text(add(std::string(998, ' ') + "{}"))).status ==
             201);
  Wire head(served.port());
  BOOST_TEST(head.ask("GET /" + std::string(9000, 'x')).status == 413);
  BOOST_TEST(head.closed());
}

BOOST_AUTO_TEST_CASE(a_large_body_is_read_whole_within_its_bounds) {
  Served served;
  Wire wire(served.port());
  const std::string body = std::string(3u << 20, ' ') + R"({"by":3})";
  BOOST_TEST(wire.ask(request_text(add(body))).member("value") == "3");
  BOOST_TEST(wire.ask(request_text(add(R"({"by":1})"))).member("value") == "4");
}

BOOST_AUTO_TEST_CASE(who_may_not_send_a_body_is_refused_before_it_is_read) {
  Served served;
  Wire wire(served.port());
  const auto answer = wire.ask(
      "POST /v1/counter/c/add HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n");
  BOOST_TEST(answer.status == 401);
  BOOST_TEST(wire.closed());
}

BOOST_AUTO_TEST_CASE(bodies_beyond_the_memory_for_bodies_are_503) {
  HttpOptions options;
  options.memory_bytes_max = 100'000;
  Served served(options);
  const std::string body = std::string(80'000, ' ') + "{}";
  Wire first(served.port());
  Asked expecting = add(body);
  expecting.fields = "Expect: 100-continue\r\n";
  const std::string text = request_text(expecting);
  first.send(text.substr(0, text.size() - body.size()));
  BOOST_TEST(first.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  const std::string large = request_text(add(body));
  const auto second = Wire(served.port()).ask(large);
  BOOST_TEST(second.status == 503);
  BOOST_TEST(second.member("code") == "overloaded");
  BOOST_TEST(first.ask(body).status == 201);
  BOOST_TEST(Wire(served.port()).ask(large).status == 200);
}

BOOST_AUTO_TEST_CASE(who_wants_to_be_told_to_go_on_is_told) {
  Served served;
  Wire wire(served.port());
  wire.send(
      "POST /v1/counter/c/add HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n"
      "Authorization: Bearer admin-token\r\nExpect: 100-continue\r\n\r\n");
  BOOST_TEST(wire.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  BOOST_TEST(wire.ask(R"({"by":5})").member("value") == "5");
}

BOOST_AUTO_TEST_CASE(slow_headers_bodies_and_silence_end_the_connection) {
  HttpOptions options;
  options.idle_timeout = options.head_timeout = milliseconds(100);
  {
    Served served(options);
    Wire silent(served.port());
    BOOST_TEST(silent.closed());
    Wire head(served.port());
    head.send("GET /livez HTTP/1.1\r\nHost:");
    BOOST_TEST(head.closed());
  }
  // One that has time for its head, or a client that is not scheduled is cut before its body.
  options = {};
  options.body_timeout = milliseconds(100);
  Served served(options);
  Wire body(served.port());
  const auto answer = body.ask(
      "POST /v1/counter/c/add HTTP/1.1\r\nHost: localhost\r\n"
      "Authorization: Bearer admin-token\r\nContent-Length: 8\r\n\r\n{\"by\"");
  BOOST_TEST(answer.status == 400);
  BOOST_TEST(answer.member("detail").contains("ended 3 bytes before"));
  BOOST_TEST(body.closed());
  BOOST_TEST(served.node.commands_seen() == 0u);
}

BOOST_AUTO_TEST_CASE(a_client_that_sends_a_byte_now_and_then_does_not_win_time) {
  HttpOptions options;
  options.head_timeout = milliseconds(200);
  Served served(options);
  Wire wire(served.port());
  wire.send("GET /livez HTTP/1.1\r\n");
  std::jthread drip([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      wire.send("X");
      served.get("/livez", {});
    }
  });
  BOOST_TEST(wire.closed(), "each byte gave it new time");
}

BOOST_AUTO_TEST_CASE(beyond_the_bound_idle_and_slow_connections_make_room_for_new_ones) {
  HttpOptions options;
  options.connections_max = 3;
  Served served(options);
  Wire idle(served.port());
  BOOST_TEST(idle.ask(live).status == 200);
  Wire slow(served.port());
  slow.send("GET /livez HTTP/1.1\r\nHost:");
  Wire honest(served.port());
  BOOST_TEST(honest.ask(live).status == 200);
  served.node.hold_answers(true);
  honest.send(request_text(add("{}")));
  while (served.node.commands_seen() == 0) std::this_thread::yield();

  Wire first(served.port());
  BOOST_TEST(first.ask(live).status == 200);
  BOOST_TEST(idle.closed());
  first.send(request_text(add("{}")));
  while (served.node.commands_seen() < 2) std::this_thread::yield();
  Wire second(served.port());
  BOOST_TEST(second.ask(live).status == 200);
  BOOST_TEST(slow.closed());
  served.node.hold_answers(false);
  BOOST_TEST(honest.read().status == 503);
  BOOST_TEST(first.read().status == 503);
}

BOOST_AUTO_TEST_CASE(who_does_not_take_his_answers_makes_room_for_others) {
  HttpOptions options;
  options.connections_max = 3;
  Served served(options);
  served.node.hold_answers(true);
  std::vector<std::unique_ptr<Wire>> busy;
  for (std::size_t i = 1; i <= 2; ++i) {
    busy.push_back(std::make_unique<Wire>(served.port()));
    busy.back()->send(request_text(add("{}")));
    while (served.node.commands_seen() < i) std::this_thread::yield();
  }
  Wire deaf(served.port(), 4096);
  // More than the system takes for somebody who does not read.
  std::string many;
  for (int i = 0; i < 400; ++i) {
    many += request_text({.target = "/v1/openapi.json", .body = {}, .fields = {}});
  }
  deaf.send(many);
  eventually([&] { return Wire(served.port()).ask(live).status == 200; }, "there is room");
  served.node.hold_answers(false);
  for (const auto& wire : busy) BOOST_TEST(wire->read().member("code") == "stopping");
}

BOOST_AUTO_TEST_CASE(beyond_the_bound_of_busy_connections_new_ones_are_turned_away) {
  HttpOptions options;
  options.connections_max = 2;
  Served served(options);
  served.node.hold_answers(true);
  std::vector<std::unique_ptr<Wire>> busy;
  for (std::size_t i = 1; i <= 2; ++i) {
    busy.push_back(std::make_unique<Wire>(served.port()));
    busy.back()->send(request_text(add("{}")));
    while (served.node.commands_seen() < i) std::this_thread::yield();
  }
  Wire late(served.port());
  const auto refused = late.ask(live);
  BOOST_TEST(refused.status == 503);
  BOOST_TEST(refused.member("code") == "overloaded");
  BOOST_TEST(refused.fields.at("retry-after") == "1");
  BOOST_TEST(late.closed());
  served.node.hold_answers(false);
  for (const auto& wire : busy) BOOST_TEST(wire->read().member("code") == "stopping");
}

BOOST_AUTO_TEST_CASE(more_reads_than_workers_wait_and_beyond_that_are_503) {
  HttpOptions options;
  options.workers = 1;
  options.waiting_max = 1;
  Served served(options);
  const auto refused = [&] {
    std::vector<std::unique_ptr<Wire>> wires;
    for (int i = 0; i < 16; ++i) {
      wires.push_back(std::make_unique<Wire>(served.port()));
      wires.back()->send(request_text({.target = "/v1/openapi.json", .body = {}, .fields = {}}));
    }
    int count = 0;
    for (const auto& wire : wires) {
      const auto answer = wire->read();
      BOOST_TEST((answer.status == 200 || answer.member("code") == "overloaded"));
      count += answer.status == 503 ? 1 : 0;
    }
    return count;
  };
  int count = 0;
  for (int i = 0; count == 0 && i < 1000; ++i) count += refused();
  BOOST_TEST(count > 0);
}

BOOST_AUTO_TEST_CASE(who_may_not_ask_is_refused_without_a_worker) {
  HttpOptions options;
  options.workers = 0;
  Served served(options);
  BOOST_TEST(served.get("/v1/node").status == 503);
  BOOST_TEST(served.get("/v1/node", "unknown").status == 401);
  BOOST_TEST(served.get("/v1/backups", "propose-token").status == 403);
  BOOST_TEST(served.get("/nowhere").status == 404);
}

BOOST_AUTO_TEST_CASE(many_connections_at_once_lose_nothing) {
  Served served;
  constexpr int clients = 64;
  constexpr int requests = 50;
  std::atomic<int> accepted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&] {
      Wire wire(served.port());
      for (int n = 0; n < requests; ++n) {
        if (wire.ask(request_text(add(R"({"by":1})"))).status / 100 == 2) ++accepted;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(accepted == clients * requests);
  BOOST_TEST(served.get("/v1/counter/c").member("value") == std::to_string(clients * requests));
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_refused_with_the_address) {
  Served served;
  HttpOptions options;
  options.port = served.port();
  const auto second = HttpServer::start(served.node, options);
  BOOST_REQUIRE(!second.has_value());
  BOOST_TEST((second.error().code == ErrorCode::io));
  BOOST_TEST(second.error().instance == "127.0.0.1:" + std::to_string(served.port()));
}

BOOST_AUTO_TEST_CASE(what_comes_as_a_loop_ends_is_dropped) {
  bridges::http::Mailbox mailbox;
  int ends[2];
  BOOST_REQUIRE_EQUAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  mailbox.adopt(bridges::http::Socket(ends[0]));
  mailbox.close();
  char byte = 0;
  BOOST_TEST(recv(ends[1], &byte, 1, MSG_DONTWAIT) == 0);
  close(ends[1]);
}

BOOST_AUTO_TEST_CASE(stopping_answers_what_is_under_way_and_refuses_what_comes) {
  Served served;
  served.node.hold_answers(true);
  Wire busy(served.port());
  Wire idle(served.port());
  BOOST_TEST(idle.ask(live).status == 200);
  busy.send(request_text(add("{}")));
  while (served.node.commands_seen() == 0) std::this_thread::yield();
  served.server->stop();
  BOOST_TEST(idle.closed());
  served.node.hold_answers(false);
  const auto answer = busy.read();
  BOOST_TEST(answer.member("code") == "stopping");
  BOOST_TEST(answer.fields.at("connection") == "close");
  BOOST_TEST(busy.closed());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
